CREATE UNIQUE INDEX ix1 ON s.t (a, "B");

CREATE INDEX ix2 ON t USING btree (lower(a), c);

CREATE INDEX ix3 ON t (a text_pattern_ops);

CREATE INDEX ix4 ON t (a) INCLUDE (b, c);

CREATE INDEX ix5 ON t (a) WITH (fillfactor = 70);

CREATE INDEX ix6 ON t (a DESC, b ASC NULLS FIRST);

CREATE UNIQUE INDEX ix7 ON t (lower("Name"));

CREATE UNIQUE INDEX ix8 ON t (a) NULLS NOT DISTINCT;

CREATE INDEX ix9 ON t USING gin (doc jsonb_path_ops);

CREATE INDEX ix10 ON t (a) WHERE x > 5 AND y IS NULL;

== downgrade
DROP INDEX ix10;

DROP INDEX ix9;

DROP INDEX ix8;

DROP INDEX ix7;

DROP INDEX ix6;

DROP INDEX ix5;

DROP INDEX ix4;

DROP INDEX ix3;

DROP INDEX ix2;

DROP INDEX s.ix1;

