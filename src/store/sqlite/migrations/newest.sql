-- The schema that all changes together come to. A database that is empty begins with it; a test holds it against the changes.
-- After a new change: UPDATE_SCHEMA=1 cargo test --lib what_a_fresh_database_begins_with

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
, added INTEGER NOT NULL DEFAULT 1 CHECK (added IN (0, 1)), instance TEXT NOT NULL DEFAULT 'default', events_former_sealed BLOB, events_former_until INTEGER, webhooks_former_sealed BLOB, webhooks_former_until INTEGER, next_ats_base_url TEXT, next_ats_token_url TEXT, next_ats_user TEXT, next_ats_sealed BLOB, next_ats_from INTEGER, multi_phase INTEGER NOT NULL DEFAULT 0 CHECK (multi_phase IN (0, 1)), status_in_progress TEXT NOT NULL DEFAULT 'D37002019003', status_complete TEXT NOT NULL DEFAULT 'D37002019001', status_incomplete TEXT NOT NULL DEFAULT 'D37002019002', report_type TEXT NOT NULL DEFAULT 'reports_hub', report_field TEXT NOT NULL DEFAULT 'assessmenturl', return_url TEXT, addresses TEXT NOT NULL DEFAULT    -- separated by blanks
    '80.113.26.114 35.158.208.210 54.229.248.124 52.51.44.10 124.43.10.11 52.29.23.29 34.241.38.163 34.247.200.75 54.171.191.142 52.48.58.158 3.19.247.132 18.217.100.151 3.139.115.195', language TEXT NOT NULL DEFAULT 'en-GB', mail_subject TEXT, mail_body TEXT, ended_statuses TEXT NOT NULL DEFAULT '', reports_sent INTEGER NOT NULL DEFAULT 0 CHECK (reports_sent IN (0, 1)), reminders INTEGER NOT NULL DEFAULT 0 CHECK (reminders IN (0, 1)), reminder_subject TEXT, reminder_body TEXT, closes_after_days INTEGER NOT NULL DEFAULT 14, event_sources TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE orders (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    workflow              INTEGER NOT NULL,
    person                INTEGER NOT NULL,
    job                   INTEGER NOT NULL,
    vacancy               TEXT NOT NULL,
    package_label         TEXT NOT NULL,
    job_title             TEXT NOT NULL,
    pattern               TEXT NOT NULL CHECK (pattern IN ('inline', 'ad_hoc')),
    return_url            TEXT,
    state                 TEXT NOT NULL,
    round                 INTEGER NOT NULL,
    application           TEXT,
    link_expires_at       INTEGER,
    result_row            INTEGER,
    failure               TEXT,
    received_at           INTEGER NOT NULL
, read_at INTEGER, result_written_at INTEGER, swept_at INTEGER, candidate_sealed BLOB NOT NULL DEFAULT x'', address_mark BLOB NOT NULL DEFAULT x'', registered_sealed BLOB, link_sealed BLOB) STRICT;

CREATE INDEX orders_by_application ON orders (application) WHERE application IS NOT NULL;

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
, dismissed_at INTEGER, dismissed_by TEXT, dismissed_reason TEXT, asked_again INTEGER NOT NULL DEFAULT 0 CHECK (asked_again IN (0, 1)), customer INTEGER REFERENCES customers (id)) STRICT;

CREATE UNIQUE INDEX one_waiting_job ON jobs (order_id, kind) WHERE state = 'waiting';

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

CREATE TABLE admins (
    email                 TEXT PRIMARY KEY,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    password_hash         TEXT NOT NULL
, role TEXT NOT NULL DEFAULT 'harver_admin') STRICT;

CREATE TABLE admin_sessions (
    token_hash            TEXT PRIMARY KEY,           -- whoever reads the database cannot sign in with it
    email                 TEXT NOT NULL REFERENCES admins (email) ON DELETE CASCADE,
    form_token            TEXT NOT NULL,
    expires_at            INTEGER NOT NULL
) STRICT;

CREATE TABLE api_tokens (
    token_hash            TEXT PRIMARY KEY,           -- whoever reads the database cannot use it
    email                 TEXT NOT NULL REFERENCES admins (email) ON DELETE CASCADE,
    name                  TEXT NOT NULL,
    created_at            INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL
) STRICT;

CREATE INDEX api_tokens_by_admin ON api_tokens (email);

CREATE TABLE settings_history (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    at                    INTEGER NOT NULL,
    who                   TEXT NOT NULL,
    way                   TEXT NOT NULL,              -- console, api, file, command line
    setting               TEXT NOT NULL,
    was                   TEXT NOT NULL,
    became                TEXT NOT NULL
) STRICT;

CREATE INDEX settings_history_by_customer ON settings_history (customer, id);

CREATE TABLE report_links (
    token_hash            TEXT PRIMARY KEY,           -- whoever reads the database cannot open the report
    token_sealed          BLOB NOT NULL,              -- a report that is written again keeps its address
    order_id              INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    report_type           TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_link_of_each_type ON report_links (order_id, report_type);

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

CREATE UNIQUE INDEX one_open_selection ON selections (customer, workflow) WHERE ended IS NULL;

CREATE INDEX orders_by_workflow ON orders (customer, workflow);

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
    first_at              INTEGER NOT NULL,
    last_at               INTEGER NOT NULL,
    times                 INTEGER NOT NULL
, payload_sealed BLOB NOT NULL DEFAULT x'') STRICT;

CREATE INDEX refused_events_by_customer ON refused_events (customer);

CREATE INDEX refused_events_by_workflow ON refused_events (customer, workflow, kind);

CREATE UNIQUE INDEX one_open_order ON orders (customer, workflow, vacancy)
    WHERE state NOT IN ('completed', 'failed', 'expired', 'cancelled');

CREATE INDEX leased_jobs ON jobs (order_id, leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE announcements (
    application           TEXT NOT NULL,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    started               INTEGER NOT NULL CHECK (started IN (0, 1)),
    finished              INTEGER NOT NULL CHECK (finished IN (0, 1)),
    unclaimed_since       INTEGER,                    -- NULL: an order has this application
    PRIMARY KEY (application, customer)
) STRICT;

CREATE INDEX unclaimed_announcements ON announcements (unclaimed_since) WHERE unclaimed_since IS NOT NULL;

CREATE TRIGGER job_of_customer AFTER INSERT ON jobs BEGIN
    UPDATE jobs SET customer = (SELECT customer FROM orders WHERE orders.id = NEW.order_id) WHERE id = NEW.id;
END;

CREATE INDEX waiting_by_customer ON jobs (customer, due_at) WHERE state = 'waiting';

CREATE INDEX waiting_by_kind ON jobs (customer, kind, due_at) WHERE state = 'waiting';

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

CREATE TABLE sweeps (
    vacancy               TEXT NOT NULL,
    customer              INTEGER NOT NULL REFERENCES customers (id),
    since                 INTEGER NOT NULL,           -- what changed before is known
    due_at                INTEGER NOT NULL,
    PRIMARY KEY (vacancy, customer)
) STRICT;

CREATE INDEX sweeps_by_customer ON sweeps (customer, due_at);

CREATE INDEX open_orders ON orders (customer, vacancy) WHERE state NOT IN ('completed', 'failed', 'expired', 'cancelled');

CREATE INDEX silent_orders ON orders (customer, swept_at)
    WHERE application IS NOT NULL AND state NOT IN ('completed', 'failed', 'expired', 'cancelled');

CREATE INDEX jobs_of_sweeps ON jobs (order_id) WHERE kind = 'sweep';

CREATE TABLE mails (
    message_id            TEXT PRIMARY KEY,
    order_id              INTEGER NOT NULL REFERENCES orders (id),
    begun_at              INTEGER NOT NULL,
    unanswered            INTEGER NOT NULL,
    taken_at              INTEGER                     -- when the server took it
) STRICT;

CREATE INDEX mails_by_order ON mails (order_id);

CREATE INDEX jobs_by_order ON jobs (order_id, id);

CREATE INDEX dead_letters ON jobs (customer, id) WHERE state = 'dead' AND dismissed_at IS NULL;

CREATE INDEX orders_by_customer ON orders (customer, id);

CREATE INDEX orders_by_state ON orders (customer, state);

CREATE INDEX done_jobs ON jobs (added_at) WHERE state = 'done';

CREATE INDEX ended_orders ON orders (received_at) WHERE state IN ('completed', 'failed', 'expired', 'cancelled');

CREATE INDEX orders_by_person ON orders (customer, person);

CREATE INDEX orders_by_address ON orders (customer, vacancy, address_mark);

CREATE TABLE failed_sign_ins (
    counted               TEXT NOT NULL,              -- of a name at a place, or of a place
    line                  INTEGER NOT NULL,
    spent_until           INTEGER NOT NULL,           -- when the line is as good as new
    PRIMARY KEY (counted, line)
) STRICT, WITHOUT ROWID;
