ALTER TABLE t ADD COLUMN path VARCHAR DEFAULT 'C:\\dir';

ALTER TABLE t ADD COLUMN json JSON DEFAULT '{"a": [1, 2]}';

ALTER TABLE t ADD COLUMN pct VARCHAR DEFAULT '100%';

INSERT INTO t VALUES ('it''s', '10:30', '{"a"NULL}'::jsonb, E'\\n');

SELECT regexp_replace(a, '\d+', '');

UPDATE t
           SET a = 'x:y'
         WHERE b LIKE '5%';

SELECT    1;

== downgrade
SELECT 1; SELECT 2;

