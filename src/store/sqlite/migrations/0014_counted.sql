-- Monitoring counts the orders of each customer by their state every few seconds. The index alone answers it, a sixth of what the rows are.
CREATE INDEX orders_by_state ON orders (customer, state);
