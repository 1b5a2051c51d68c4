-- Everything that a Harver Admin may choose, who may choose it, and what was chosen when. A customer that was there before keeps its
-- behaviour. Empty text in ats_base_url means that no connection to iCIMS was entered yet.
ALTER TABLE customers ADD COLUMN added INTEGER NOT NULL DEFAULT 1 CHECK (added IN (0, 1));
ALTER TABLE customers ADD COLUMN instance TEXT NOT NULL DEFAULT 'default';
ALTER TABLE customers ADD COLUMN events_former_sealed BLOB;           -- the password before the last rotation
ALTER TABLE customers ADD COLUMN events_former_until INTEGER;
ALTER TABLE customers ADD COLUMN webhooks_former_sealed BLOB;
ALTER TABLE customers ADD COLUMN webhooks_former_until INTEGER;
ALTER TABLE customers ADD COLUMN next_ats_base_url TEXT;              -- what takes the connection's place at an announced moment
ALTER TABLE customers ADD COLUMN next_ats_token_url TEXT;
ALTER TABLE customers ADD COLUMN next_ats_user TEXT;
ALTER TABLE customers ADD COLUMN next_ats_sealed BLOB;
ALTER TABLE customers ADD COLUMN next_ats_from INTEGER;
ALTER TABLE customers ADD COLUMN multi_phase INTEGER NOT NULL DEFAULT 0 CHECK (multi_phase IN (0, 1));
ALTER TABLE customers ADD COLUMN status_in_progress TEXT NOT NULL DEFAULT 'D37002019003';
ALTER TABLE customers ADD COLUMN status_complete TEXT NOT NULL DEFAULT 'D37002019001';
ALTER TABLE customers ADD COLUMN status_incomplete TEXT NOT NULL DEFAULT 'D37002019002';
ALTER TABLE customers ADD COLUMN report_type TEXT NOT NULL DEFAULT 'reports_hub';
ALTER TABLE customers ADD COLUMN report_field TEXT NOT NULL DEFAULT 'assessmenturl';
ALTER TABLE customers ADD COLUMN return_url TEXT;
ALTER TABLE customers ADD COLUMN addresses TEXT NOT NULL DEFAULT    -- separated by blanks
    '80.113.26.114 35.158.208.210 54.229.248.124 52.51.44.10 124.43.10.11 52.29.23.29 34.241.38.163 34.247.200.75 54.171.191.142 52.48.58.158 3.19.247.132 18.217.100.151 3.139.115.195';
ALTER TABLE customers ADD COLUMN language TEXT NOT NULL DEFAULT 'en-GB';
ALTER TABLE customers ADD COLUMN mail_subject TEXT;                   -- NULL: the language's own
ALTER TABLE customers ADD COLUMN mail_body TEXT;

ALTER TABLE admins ADD COLUMN role TEXT NOT NULL DEFAULT 'harver_admin';

-- What programs present in place of a person's sign-in.
CREATE TABLE api_tokens (
    token_hash            TEXT PRIMARY KEY,           -- whoever reads the database cannot use it
    email                 TEXT NOT NULL REFERENCES admins (email) ON DELETE CASCADE,
    name                  TEXT NOT NULL,
    created_at            INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL
) STRICT;
CREATE INDEX api_tokens_by_admin ON api_tokens (email);

-- Who changed which setting when. Never a secret: of those it says that they were changed.
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
