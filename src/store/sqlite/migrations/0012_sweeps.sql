-- What a webhook has not told is asked for: who has finished in a vacancy with open orders, and what became of an order that is silent.
CREATE TABLE sweeps (
    vacancy               TEXT NOT NULL,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    since                 INTEGER NOT NULL,           -- what changed before is known
    due_at                INTEGER NOT NULL,
    PRIMARY KEY (vacancy, customer)
) STRICT;
CREATE INDEX sweeps_by_customer ON sweeps (customer, due_at);
CREATE INDEX open_orders ON orders (customer, vacancy) WHERE state NOT IN ('completed', 'failed', 'expired', 'cancelled');

-- When the platform was last asked about an order because it was silent; at first, when its application became known.
ALTER TABLE orders ADD COLUMN swept_at INTEGER;
CREATE INDEX silent_orders ON orders (customer, swept_at)
    WHERE application IS NOT NULL AND state NOT IN ('completed', 'failed', 'expired', 'cancelled');
CREATE INDEX jobs_of_sweeps ON jobs (order_id) WHERE kind = 'sweep';

UPDATE orders SET swept_at = received_at WHERE application IS NOT NULL;
INSERT INTO sweeps (customer, vacancy, since, due_at)
    SELECT customer, vacancy, MIN(received_at), 0 FROM orders
    WHERE application IS NOT NULL AND state NOT IN ('completed', 'failed', 'expired', 'cancelled') GROUP BY customer, vacancy;
INSERT INTO jobs (order_id, kind, state, due_at, added_at)
    SELECT MIN(id), 'sweep', 'waiting', 0, 0 FROM orders
    WHERE application IS NOT NULL AND state NOT IN ('completed', 'failed', 'expired', 'cancelled') GROUP BY customer;

-- A mail is noted before its last line goes out and after the server's answer. How often it was begun without a known answer says
-- how many copies a candidate may have of it already.
CREATE TABLE mails (
    message_id            TEXT PRIMARY KEY,
    order_id              INTEGER NOT NULL REFERENCES orders (id),
    begun_at              INTEGER NOT NULL,
    unanswered            INTEGER NOT NULL,
    taken_at              INTEGER                     -- when the server took it
) STRICT;
CREATE INDEX mails_by_order ON mails (order_id);
