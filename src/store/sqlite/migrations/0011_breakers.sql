-- What is known of a customer's neighbour that has failed, has asked to be left alone, or refuses the customer altogether. It is found with
-- the settings of that moment and says nothing of the neighbour that others name.
CREATE TABLE breakers (
    customer              INTEGER NOT NULL REFERENCES customers (id),
    neighbour             TEXT NOT NULL CHECK (neighbour IN ('icims', 'harver', 'mail')),
    settings              INTEGER NOT NULL,           -- number of the newest change to the settings
    failures              INTEGER NOT NULL,           -- in a row
    open_until            INTEGER,                    -- nobody calls it before, and one step then
    parked_since          INTEGER,                    -- it refuses whatever is asked for the customer
    refusals              INTEGER NOT NULL,
    reason                TEXT,
    PRIMARY KEY (customer, neighbour),
    CHECK (parked_since IS NULL OR (open_until IS NOT NULL AND reason IS NOT NULL))
) STRICT, WITHOUT ROWID;
