-- Moments are microseconds since 1970 UTC. Columns named *_sealed hold secrets, sealed with the configured key.

CREATE TABLE customers (
    id                    INTEGER PRIMARY KEY,
    name                  TEXT NOT NULL,
    enabled               INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    pattern_inline        INTEGER NOT NULL CHECK (pattern_inline IN (0, 1)),
    pattern_ad_hoc        INTEGER NOT NULL CHECK (pattern_ad_hoc IN (0, 1)),
    trigger_statuses      TEXT NOT NULL,              -- numbers, separated by blanks
    events_username       TEXT NOT NULL UNIQUE,       -- tells who is calling, so no two customers may share one
    events_sealed         BLOB NOT NULL,
    webhooks_username     TEXT NOT NULL UNIQUE,
    webhooks_sealed       BLOB NOT NULL,
    ats_base_url          TEXT NOT NULL,
    ats_token_url         TEXT,                       -- OAuth2 has one, Basic has none: the method is told from it
    ats_user              TEXT NOT NULL,              -- client id or user name
    ats_sealed            BLOB NOT NULL,              -- one secret only: switching the method forgets the other's
    harver_base_url       TEXT NOT NULL,
    harver_account        TEXT NOT NULL,
    harver_client_id      TEXT NOT NULL,
    harver_sealed         BLOB NOT NULL,
    reports_progress      INTEGER NOT NULL CHECK (reports_progress IN (0, 1)),
    sender_name           TEXT NOT NULL,
    support_email         TEXT NOT NULL
) STRICT;

CREATE TABLE orders (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    workflow              INTEGER NOT NULL,
    person                INTEGER NOT NULL,
    job                   INTEGER NOT NULL,
    vacancy               TEXT NOT NULL,
    package_label         TEXT NOT NULL,
    first_name            TEXT NOT NULL,
    last_name             TEXT NOT NULL,
    email                 TEXT NOT NULL,
    job_title             TEXT NOT NULL,
    pattern               TEXT NOT NULL CHECK (pattern IN ('inline', 'ad_hoc')),
    return_url            TEXT,
    state                 TEXT NOT NULL,
    round                 INTEGER NOT NULL,
    application           TEXT,
    link                  TEXT,
    link_expires_at       INTEGER,
    result_row            INTEGER,
    failure               TEXT,
    received_at           INTEGER NOT NULL
) STRICT;

-- The same event any number of times, also at once: one order. What has ended without a result may be ordered anew.
CREATE UNIQUE INDEX one_live_order ON orders (customer, workflow, vacancy)
    WHERE state NOT IN ('failed', 'expired', 'cancelled');
-- A webhook names the application only; the same person on two jobs with the same vacancy has one application and two orders.
CREATE INDEX orders_by_application ON orders (application) WHERE application IS NOT NULL;

-- What happened to an order, for people. Never read by a rule.
CREATE TABLE order_history (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id              INTEGER NOT NULL REFERENCES orders (id),
    at                    INTEGER NOT NULL,
    what                  TEXT NOT NULL
) STRICT;
CREATE INDEX order_history_by_order ON order_history (order_id, id);

CREATE TABLE jobs (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id              INTEGER NOT NULL REFERENCES orders (id),
    kind                  TEXT NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    due_at                INTEGER NOT NULL,
    leased_until          INTEGER,                    -- somebody works on it until then; a crashed worker's lease runs out
    tried                 INTEGER NOT NULL DEFAULT 0, -- attempts that count against the ladder
    replayed              INTEGER NOT NULL DEFAULT 0 CHECK (replayed IN (0, 1)), -- the next attempt was asked for by a person
    added_at              INTEGER NOT NULL
) STRICT;
-- Asking twice for the same step is asking once.
CREATE UNIQUE INDEX one_waiting_job ON jobs (order_id, kind) WHERE state = 'waiting';
CREATE INDEX waiting_jobs ON jobs (due_at) WHERE state = 'waiting';

CREATE TABLE attempts (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id                INTEGER NOT NULL REFERENCES jobs (id),
    started_at            INTEGER NOT NULL,
    took_ms               INTEGER NOT NULL,
    caused_by             TEXT NOT NULL CHECK (caused_by IN ('schedule', 'person')),
    outcome               TEXT NOT NULL CHECK (outcome IN ('done', 'later', 'dead')),
    detail                TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_by_job ON attempts (job_id, id);

-- People who may sign in to the console.
CREATE TABLE admins (
    email                 TEXT PRIMARY KEY,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    password_hash         TEXT NOT NULL
) STRICT;

CREATE TABLE admin_sessions (
    token_hash            TEXT PRIMARY KEY,           -- whoever reads the database cannot sign in with it
    email                 TEXT NOT NULL REFERENCES admins (email) ON DELETE CASCADE,
    form_token            TEXT NOT NULL,
    expires_at            INTEGER NOT NULL
) STRICT;
