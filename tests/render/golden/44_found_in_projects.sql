CREATE SCHEMA warehouse;

CREATE TABLE orders (
    settings JSONB NOT NULL, 
    tags VARCHAR(8)[], 
    extra JSONB
);

UPDATE whole SET name='x' WHERE whole.id = 1;

DELETE FROM whole WHERE whole.name = 'y';

INSERT INTO log (at, who) VALUES ('now()', 'CURRENT_USER');

== downgrade
ALTER TABLE orders ALTER COLUMN id TYPE BIGINT;

ALTER TABLE orders ALTER COLUMN code TYPE VARCHAR(9);

DROP SCHEMA warehouse CASCADE;

