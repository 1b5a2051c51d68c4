-- What the platform announces is looked at before it is believed.
ALTER TABLE orders ADD COLUMN result_written_at INTEGER;              -- when iCIMS was told the result
UPDATE orders SET result_written_at = received_at
    WHERE EXISTS (SELECT 1 FROM jobs WHERE order_id = orders.id AND kind = 'report_result' AND state = 'done');

-- A step that is asked for while it is being done is done once more: it may have read what was true before.
ALTER TABLE jobs ADD COLUMN asked_again INTEGER NOT NULL DEFAULT 0 CHECK (asked_again IN (0, 1));

-- What webhooks have said of an application, also before there is an order for it: a webhook may overtake the answer that tells which
-- application it is about.
CREATE TABLE announcements (
    application           TEXT NOT NULL,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    started               INTEGER NOT NULL CHECK (started IN (0, 1)),
    finished              INTEGER NOT NULL CHECK (finished IN (0, 1)),
    unclaimed_since       INTEGER,                    -- NULL: an order has this application
    PRIMARY KEY (application, customer)
) STRICT;
-- Those that no order ever claims are of candidates who did not come from iCIMS. They are forgotten after a while.
CREATE INDEX unclaimed_announcements ON announcements (unclaimed_since) WHERE unclaimed_since IS NOT NULL;
