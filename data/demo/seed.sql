-- Rows for the sample shop at revision 2f0b6d1e77c4: enough that a full-table UPDATE takes a moment.
INSERT INTO customers (name, email, country, street, city, consent, phone)
SELECT 'Customer ' || n, 'customer' || n || '@shop.example', (ARRAY['DE', 'NL', 'FR'])[1 + n % 3],
       n || ' Market Street', (ARRAY['Hamburg', 'Utrecht', 'Lyon'])[1 + n % 3], n % 4 = 0, NULL
FROM generate_series(1, 20000) AS n;

INSERT INTO products (sku, title, description, kind, price)
SELECT 'SKU-' || n, 'Product ' || n, 'A thing of use, number ' || n,
       (ARRAY['physical', 'digital', 'voucher'])[1 + n % 3]::product_kind, 1 + n % 400
FROM generate_series(1, 2000) AS n;

INSERT INTO addresses (customer_id, street, city, country)
SELECT id, street, city, country FROM customers;

INSERT INTO orders (customer_id, status, total, placed_at)
SELECT 1 + n % 20000, (ARRAY['placed', 'paid', 'shipped', 'cancelled'])[1 + n % 4]::order_status,
       5 + n % 900, now() - n * interval '3 minutes'
FROM generate_series(1, 150000) AS n;

INSERT INTO order_items (order_id, position, product_id, quantity, price)
SELECT id, 1, 1 + id % 2000, 1 + id % 3, total FROM orders;

INSERT INTO stock (warehouse_id, product_id, quantity)
SELECT w.id, p.id, p.id % 50 FROM warehouses w, products p;

ANALYZE customers, products, addresses, orders, order_items, stock;
