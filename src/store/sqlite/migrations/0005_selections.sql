-- Choices of packages that recruiters are asked for. No personal data: the page asks iCIMS each time.
CREATE TABLE selections (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    workflow              INTEGER NOT NULL,
    person                INTEGER NOT NULL,
    job                   INTEGER NOT NULL,
    recruiter             INTEGER,                    -- who advanced the candidate
    opened_at             INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL,
    ended                 TEXT CHECK (ended IN ('sent', 'cancelled', 'ran_out')),
    ended_at              INTEGER
) STRICT;
-- The same event any number of times: one choice.
CREATE UNIQUE INDEX one_open_selection ON selections (customer, workflow) WHERE ended IS NULL;
CREATE INDEX orders_by_workflow ON orders (customer, workflow);
