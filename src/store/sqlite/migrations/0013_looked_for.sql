-- What pages and rules look for: the steps of an order, a customer's dead letters and orders.
CREATE INDEX jobs_by_order ON jobs (order_id, id);

CREATE INDEX dead_letters ON jobs (customer, id) WHERE state = 'dead' AND dismissed_at IS NULL;

CREATE INDEX orders_by_customer ON orders (customer, id);
