CREATE EXTENSION IF NOT EXISTS citext;

CREATE VIEW active_users AS SELECT * FROM users WHERE active;

GRANT SELECT ON active_users TO reader;

GRANT INSERT, UPDATE ON active_users TO writer;

CREATE MATERIALIZED VIEW mv AS SELECT count(*) FROM users WITH NO DATA;

== downgrade
DROP MATERIALIZED VIEW mv;

DROP VIEW active_users;

DROP EXTENSION citext;

