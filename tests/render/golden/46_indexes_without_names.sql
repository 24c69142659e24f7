CREATE INDEX ix_shop_name ON shop (name);

CREATE INDEX "ix_east_shop_lower(name)" ON east.shop (lower(name), id);

CREATE UNIQUE INDEX ix_shop_id ON shop (id, name DESC);

CREATE INDEX ix_shop_id ON shop (id);

CREATE INDEX ix_shop_name ON shop (name, id);

CREATE INDEX ix_shop_name ON shop (name);

SELECT shop.id 
FROM shop 
WHERE (shop.id, shop.name) IN ((NULL, NULL)) AND (1 != 1);

DELETE FROM shop WHERE ((shop.id, shop.name) NOT IN ((NULL, NULL)) OR (1 = 1));

SELECT shop.id 
FROM shop 
WHERE (shop.id) IN (NULL) AND (1 != 1);

== downgrade
DROP INDEX ix_shop_x;

DROP INDEX east.ix_east_shop_x;

DROP INDEX ix_no_table_x;

DROP INDEX ix_shop_name;

DROP INDEX ix_shop_x;

