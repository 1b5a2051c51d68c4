-- What has been sealed does not stay in the open.
DROP INDEX orders_by_address;
ALTER TABLE orders DROP COLUMN first_name;
ALTER TABLE orders DROP COLUMN last_name;
ALTER TABLE orders DROP COLUMN email;
ALTER TABLE orders DROP COLUMN registered_email;
ALTER TABLE orders DROP COLUMN link;
ALTER TABLE refused_events DROP COLUMN payload;
CREATE INDEX orders_by_address ON orders (customer, vacancy, address_mark);
