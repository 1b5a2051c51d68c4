-- How every order reaches its end. A customer that was there before sends no reminders until somebody switches them on.
ALTER TABLE customers ADD COLUMN ended_statuses TEXT NOT NULL DEFAULT '';   -- numbers, separated by blanks
ALTER TABLE customers ADD COLUMN reports_sent INTEGER NOT NULL DEFAULT 0 CHECK (reports_sent IN (0, 1));
ALTER TABLE customers ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0 CHECK (reminders IN (0, 1));
ALTER TABLE customers ADD COLUMN reminder_subject TEXT;               -- NULL: the language's own
ALTER TABLE customers ADD COLUMN reminder_body TEXT;
ALTER TABLE customers ADD COLUMN closes_after_days INTEGER NOT NULL DEFAULT 14;

ALTER TABLE orders ADD COLUMN registered_email TEXT;                  -- keeps the application when the candidate's address is corrected
ALTER TABLE orders ADD COLUMN read_at INTEGER;                        -- NULL: iCIMS is asked again before the next mail
UPDATE orders SET registered_email = email WHERE application IS NOT NULL;

-- Who has completed an assessment may be ordered anew where the platform lets candidates take it again: such an order is open beside
-- the completed one.
DROP INDEX one_live_order;
CREATE UNIQUE INDEX one_open_order ON orders (customer, workflow, vacancy)
    WHERE state NOT IN ('completed', 'failed', 'expired', 'cancelled');


-- Every open order has jobs that are due in days, and hardly any has one that somebody works on.
CREATE INDEX leased_jobs ON jobs (order_id, leased_until) WHERE leased_until IS NOT NULL;

-- Invitations that were open before are closed in time, too.
INSERT INTO jobs (order_id, kind, state, due_at, added_at)
    SELECT id, 'close_invitation', 'waiting', COALESCE(link_expires_at, received_at) + 14 * 86400 * 1000000, received_at
    FROM orders WHERE state IN ('received', 'invited', 'in_progress');
