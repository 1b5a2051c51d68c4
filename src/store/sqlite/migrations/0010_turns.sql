-- Work is given out by turns, to customer after customer, so that ten thousand steps of one keep nobody else waiting. A step belongs to
-- the customer of its order, whoever adds it.
ALTER TABLE jobs ADD COLUMN customer INTEGER REFERENCES customers (id);
UPDATE jobs SET customer = (SELECT customer FROM orders WHERE orders.id = order_id);
CREATE TRIGGER job_of_customer AFTER INSERT ON jobs BEGIN
    UPDATE jobs SET customer = (SELECT customer FROM orders WHERE orders.id = NEW.order_id) WHERE id = NEW.id;
END;
DROP INDEX waiting_jobs;
CREATE INDEX waiting_by_customer ON jobs (customer, due_at) WHERE state = 'waiting';
CREATE INDEX waiting_by_kind ON jobs (customer, kind, due_at) WHERE state = 'waiting';
