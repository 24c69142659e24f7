UPDATE t SET c = 'new' WHERE c = 'old';

INSERT INTO t VALUES ('a', 1), ('b', 2.5), ('c', NULL);

SELECT x, 00042;

SELECT '    r|l    |  m  |1,234,567';

SELECT 1
  FROM t;

SELECT 1;SELECT 2;

SELECT '1x2', 3, 1024, 1, 0.25;

== downgrade
SELECT Cba;

