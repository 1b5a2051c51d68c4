-- The fourteenth change of the file: how many orders of each customer are in which state.
CREATE INDEX orders_by_state ON orders (customer, state);
