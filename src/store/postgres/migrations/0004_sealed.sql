-- What is personal is sealed, each value in the place of its row only. What stands here in the open is sealed by the program between this
-- change and the next one. A row is numbered before anything can be sealed for it.
ALTER TABLE orders ADD COLUMN candidate_sealed BYTEA NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN address_mark BYTEA NOT NULL DEFAULT ''; -- finds an address again, and tells nobody which it is
ALTER TABLE orders ADD COLUMN registered_sealed BYTEA;                 -- keeps the application when the candidate's address is corrected
ALTER TABLE orders ADD COLUMN link_sealed BYTEA;
ALTER TABLE refused_events ADD COLUMN payload_sealed BYTEA NOT NULL DEFAULT '';
