ALTER TABLE accounts ALTER COLUMN nick TYPE VARCHAR(60);

ALTER TABLE accounts ALTER COLUMN nick SET NOT NULL;

ALTER TABLE accounts ALTER COLUMN level DROP DEFAULT;

ALTER TABLE accounts ALTER COLUMN level SET DEFAULT 1;

COMMENT ON COLUMN accounts.level IS 'it''s a rank';

ALTER TABLE accounts RENAME level TO rank;

ALTER TABLE shop.orders ALTER COLUMN extra TYPE JSON USING extra::json;

ALTER TABLE orders ALTER COLUMN total TYPE INTEGER;

ALTER TABLE orders ALTER COLUMN total DROP NOT NULL;

ALTER TABLE orders ALTER COLUMN total SET DEFAULT '5';

ALTER TABLE orders RENAME total TO sum;

== downgrade
ALTER TABLE accounts RENAME rank TO level;

ALTER TABLE accounts ALTER COLUMN nick DROP NOT NULL;

ALTER TABLE accounts DROP COLUMN seen;

CREATE INDEX ix_accounts_level ON accounts (level);

ALTER TABLE accounts ADD CONSTRAINT uq_nick UNIQUE (nick, level);

ALTER TABLE accounts ADD CONSTRAINT fk_x FOREIGN KEY(order_id) REFERENCES orders (id) ON DELETE SET NULL;

ALTER TABLE accounts DROP CONSTRAINT old_fk;

ALTER TABLE accounts ADD COLUMN note TEXT;

