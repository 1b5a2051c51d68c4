-- What is personal is sealed, each value in the place of its row only. What stands here in the open is sealed by the program between this
-- change and the next one. A row is numbered before anything can be sealed for it.
ALTER TABLE orders ADD COLUMN candidate_sealed BLOB NOT NULL DEFAULT x'';
ALTER TABLE orders ADD COLUMN address_mark BLOB NOT NULL DEFAULT x''; -- finds an address again, and tells nobody which it is
ALTER TABLE orders ADD COLUMN registered_sealed BLOB;                 -- keeps the application when the candidate's address is corrected
ALTER TABLE orders ADD COLUMN link_sealed BLOB;
ALTER TABLE refused_events ADD COLUMN payload_sealed BLOB NOT NULL DEFAULT x'';
