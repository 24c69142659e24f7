ALTER TABLE shop.orders RENAME TO purchases;

COMMENT ON TABLE shop.purchases IS 'renamed: 100% "safe"';

COMMENT ON COLUMN shop.purchases.total IS 'in cents';

CREATE SEQUENCE purchase_no;

CREATE SCHEMA archive;

== downgrade
DROP SCHEMA archive CASCADE;

DROP SEQUENCE purchase_no;

COMMENT ON COLUMN shop.purchases.total IS NULL;

COMMENT ON TABLE shop.purchases IS NULL;

ALTER TABLE shop.purchases RENAME TO orders;

