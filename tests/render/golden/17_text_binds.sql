UPDATE t SET a = 1, b = 'x''y', c = NULL WHERE d = true;

INSERT INTO t VALUES ('2024-05-06 07:08:09', 1.50);

SELECT '2024-01-01 10:30'::timestamp, a::text FROM t;

INSERT INTO t (a) VALUES ('it''s');

SELECT 5;

== downgrade
DELETE FROM t WHERE n IN ('a', 'b');

DELETE FROM t WHERE m = 2;

