-- Addresses of ours that stand for reports whose own links open for minutes only. They are gone with their order.
CREATE TABLE report_links (
    token_hash            TEXT PRIMARY KEY,           -- whoever reads the database cannot open the report
    token_sealed          BLOB NOT NULL,              -- a report that is written again keeps its address
    order_id              INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    report_type           TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_link_of_each_type ON report_links (order_id, report_type);
