-- What is looked for to be forgotten: steps that were done, and orders that have ended, the oldest first; and all orders of a person.
CREATE INDEX done_jobs ON jobs (added_at) WHERE state = 'done';

CREATE INDEX ended_orders ON orders (received_at) WHERE state IN ('completed', 'failed', 'expired', 'cancelled');

CREATE INDEX orders_by_person ON orders (customer, person);
