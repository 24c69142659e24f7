CREATE TYPE _order_state AS ENUM ('lost', 'new', 'paid', 'shipped');

ALTER TABLE orders ALTER COLUMN state TYPE _order_state USING state::text::_order_state;

DROP TYPE order_state;

CREATE TYPE order_state AS ENUM ('lost', 'new', 'paid', 'shipped');

ALTER TABLE orders ALTER COLUMN state TYPE order_state USING state::text::order_state;

DROP TYPE _order_state;

== downgrade
UPDATE orders SET state='paid' WHERE orders.state = 'lost';

CREATE TYPE order_state AS ENUM ('new', 'paid', 'shipped');

