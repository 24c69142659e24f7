CREATE TYPE order_state AS ENUM ('new', 'paid', 'shipped');

CREATE TABLE orders (
    id UUID DEFAULT gen_random_uuid() NOT NULL, 
    account_id BIGINT NOT NULL, 
    state order_state NOT NULL, 
    total NUMERIC(10, 2) NOT NULL, 
    tags TEXT[] DEFAULT '{}' NOT NULL, 
    extra JSONB, 
    PRIMARY KEY (id), 
    CONSTRAINT ck_orders_total CHECK (total >= 0), 
    CONSTRAINT fk_basket FOREIGN KEY(id) REFERENCES shop.baskets (id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, 
    FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

COMMENT ON TABLE orders IS 'what people bought';

CREATE INDEX ix_orders_extra ON orders USING gin (extra);

CREATE INDEX ix_orders_open ON orders (account_id, total DESC) WHERE state <> 'shipped';

== downgrade
DROP INDEX ix_orders_open;

DROP INDEX ix_orders_extra;

DROP TABLE orders;

DROP TYPE order_state;

