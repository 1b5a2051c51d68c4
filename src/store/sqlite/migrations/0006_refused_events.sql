-- Events that were not acted on, for people. Never read by a rule. A refusal that is repeated replaces its line and is counted.
CREATE TABLE refused_events (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    kind                  TEXT NOT NULL,
    http_status           INTEGER NOT NULL,
    pattern               TEXT CHECK (pattern IN ('inline', 'ad_hoc')),
    workflow              INTEGER,
    person                INTEGER,
    job                   INTEGER,
    reason                TEXT NOT NULL,
    detail                TEXT NOT NULL,
    payload               TEXT NOT NULL,
    first_at              INTEGER NOT NULL,
    last_at               INTEGER NOT NULL,
    times                 INTEGER NOT NULL
) STRICT;
CREATE INDEX refused_events_by_customer ON refused_events (customer);
CREATE INDEX refused_events_by_workflow ON refused_events (customer, workflow, kind);

-- The platform knows candidates by their address: the same one of two people would be one application.
CREATE INDEX orders_by_address ON orders (customer, vacancy, lower(email));
