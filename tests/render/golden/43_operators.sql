SELECT t.id = false AS anon_1 
FROM t;

SELECT -t.id = false AS anon_1 
FROM t;

SELECT NOT t.flag = false AS anon_1 
FROM t;

SELECT f() = false AS anon_1;

SELECT t.id + 1 = false AS anon_1 
FROM t;

SELECT false = false AS anon_1;

SELECT true != -t.id AS anon_1 
FROM t;

SELECT NOT t.flag = true AS anon_1 
FROM t;

SELECT NOT t.flag = NOT t.flag AS anon_1 
FROM t;

SELECT (EXISTS (SELECT s.o.id 
FROM s.o)) = t.flag AS anon_1 
FROM t;

SELECT true = true AS anon_1;

SELECT (EXISTS (SELECT s.o.id 
FROM s.o)) = -t.id AS anon_1 
FROM t;

SELECT -t.id = x AS anon_1 
FROM t;

SELECT z = x AS anon_1;

SELECT t.id + 1 = count(*) AS anon_1 
FROM t;

SELECT t.jb['a'] = (t.jb ->> 'b') AS anon_1 
FROM t;

SELECT t.arr[1] = t.arr[1:2] AS anon_1 
FROM t;

SELECT f() = max(5) FILTER (WHERE t.id > 5) AS anon_1 
FROM t;

SELECT 5 = 3 AS anon_1;

SELECT (SELECT s.o.id 
FROM s.o) = (SELECT s.o.id 
FROM s.o) AS anon_1;

SELECT CAST(t.id AS TEXT) = t.id AS anon_1 
FROM t;

SELECT CASE WHEN t.flag THEN 1 END = (1, 2) AS anon_1 
FROM t;

SELECT ARRAY[1] = (1, 2) AS anon_1;

SELECT (1, 2) = ARRAY[1] AS anon_1;

SELECT (t.flag AND t.id > 5) = (1, 2) AS anon_1 
FROM t;

DELETE FROM t WHERE false AND t.id IN (SELECT s.o.t_id 
FROM s.o);

DELETE FROM t WHERE true AND CAST(t.id AS VARCHAR(5));

SELECT t.id 
FROM t 
WHERE true AND false;

SELECT t.id 
FROM t 
WHERE true;

SELECT t.id 
FROM t 
WHERE true;

SELECT t.id 
FROM t 
WHERE true OR false OR t.flag;

SELECT t.id 
FROM t 
WHERE false;

SELECT t.id 
FROM t 
WHERE false;

SELECT t.id = true AS anon_1, t.id < false AS anon_2, t.id IS true AS anon_3 
FROM t;

SELECT t.id IS DISTINCT FROM true AS anon_1, t.flag IS NOT false AS anon_2 
FROM t;

SELECT true = t.id AS anon_1, true = true AS anon_2, true IS NULL AS anon_3, true = 5 AS anon_4 
FROM t;

SELECT true AND t.flag AS anon_1, true OR false AS anon_2 
FROM t;

SELECT true AS anon_1, false AS x, false AS anon_2;

SELECT CASE WHEN true THEN 1 ELSE false END AS anon_1;

UPDATE t SET flag=true WHERE true;

CREATE TABLE t (
    a BOOLEAN DEFAULT true
);

CREATE INDEX x ON t (a) WHERE false;

SELECT t.id 
FROM t GROUP BY false 
HAVING true;

SELECT f(true) AS f_1, CAST(true AS TEXT) AS anon_1, true + 'x' AS anon_2;

SELECT t.id IN (true, true) AS anon_1 
FROM t;

SELECT true IS NULL AS anon_1, true IS true AS anon_2, false AS anon_3, -true AS anon_4;

SELECT NULL AS anon_1, NULL OR t.flag AS anon_2, NULL AS anon__1 
FROM t;

ALTER TABLE t ALTER COLUMN x SET DEFAULT ARRAY[] = ARRAY[];

SELECT true AS anon_1, true AS anon__1, false AS anon_2, true AS anon__2, true AS anon__3;

SELECT ARRAY[1] = ARRAY[] AS anon_1, ARRAY[1] || ARRAY[] AS anon_2, ARRAY[1] = ARRAY[1] AS anon_3;

SELECT ARRAY[] = ARRAY[] AS anon_1, ARRAY[] = ARRAY[1] AS anon_2;

SELECT ARRAY[] @> ARRAY[] AS anon_1, ARRAY[1] && ARRAY[] AS anon_2;

SELECT ARRAY[1] = ARRAY[ARRAY[1, 2], ARRAY[3]] AS anon_1;

SELECT ARRAY[1] @> ARRAY[ARRAY[1, 2]] AS anon_1, ARRAY['x'] || ARRAY['y'] AS anon_2;

SELECT ARRAY[1, 2] = ARRAY[1] AS anon_1;

SELECT ARRAY[1] || ARRAY[1, 2] AS anon_1;

SELECT ARRAY[1, 2] IS DISTINCT FROM ARRAY[3] AS anon_1;

SELECT ARRAY[1, 2] BETWEEN ARRAY[3] AND ARRAY[4] AS anon_1;

SELECT ARRAY[1, 2] = ARRAY[3, 4] AS anon_1;

CREATE TABLE t (
    a INTEGER
);

CREATE TABLE t (
    a INTEGER
);

SELECT t.id = 5 AS anon_1, t.id AS z, CAST(t.id AS TEXT) AS id_1 
FROM t;

SELECT CAST(t.id AS TEXT) AS id_1, t.id AS id_2, t.id 
FROM t;

SELECT CAST(f(1) AS TEXT) AS f_1;

SELECT CAST(t.id + 1 AS TEXT) AS anon_1, t.id AS id_1 
FROM t;

SELECT t.id AS id_1, CAST(t.id AS TEXT) AS id_1__1, t.id + 1 AS anon_1 
FROM t;

SELECT CAST(CAST(t.id AS TEXT) AS INTEGER) AS id_1 
FROM t;

SELECT CAST(t.id AS TEXT) AS x, CAST(t.id AS TEXT) AS x__1 
FROM t;

SELECT anon_1.id_1 
FROM (SELECT CAST(t.id AS TEXT) AS id_1 
FROM t) AS anon_1;

SELECT CAST(5 AS TEXT) AS anon_1;

SELECT t.name COLLATE "C" AS anon_1, CAST(NULL AS TEXT) AS anon_2 
FROM t;

SELECT t.id AS id_1, t.id AS id_1 
FROM t;

SELECT CAST(t.id AS TEXT) AS id_1, t.id AS id_1, CAST(t.id AS TEXT) AS id_1__1 
FROM t;

SELECT CAST(t.id AS TEXT) AS id, CAST(t.id AS TEXT) AS id__1 
FROM t;

SELECT t.id, CAST(t.id AS TEXT) AS id__1 
FROM t;

SELECT t.id + 1 AS anon_1, t.id + 1 AS anon_2 
FROM t;

SELECT t.id + 1 AS anon_1, t.id + 1 AS anon_1, CAST(t.id + 1 AS TEXT) AS anon_1__1 
FROM t;

SELECT CAST(t.js ->> 'a' AS VARCHAR) AS anon_1, CAST(t.js ->> 'a' AS INTEGER) AS anon_2, CAST(t.js ->> 'a' AS BOOLEAN) AS anon_3, CAST(t.js ->> 'a' AS FLOAT) AS anon_4 
FROM t;

SELECT CAST(t.jb ->> 'a' AS VARCHAR) AS anon_1, CAST(t.jb ->> 'a' AS INTEGER) AS anon_2, CAST(t.jb ->> 'a' AS BOOLEAN) AS anon_3, CAST(t.jb ->> 'a' AS FLOAT) AS anon_4 
FROM t;

SELECT CAST(t.js ->> 'a' AS NUMERIC(10, 2)) AS anon_1, CAST(t.jb ->> 'a' AS NUMERIC(10, 2)) AS anon_2 
FROM t;

SELECT t.js -> 'a' AS anon_1, t.jb['a']['b'] AS anon_2 
FROM t;

SELECT CAST(t.js #>> '{a, b}' AS VARCHAR) AS anon_1, CAST(t.jb #>> '{a, 1}' AS INTEGER) AS anon_2 
FROM t;

SELECT CAST(t.js ->> 1 AS VARCHAR) AS anon_1, CAST(t.jb ->> 1 AS INTEGER) AS anon_2 
FROM t;

UPDATE t SET name='x' WHERE CAST((t.jb ->> 'a') AS VARCHAR) = 'x' AND CAST((t.jb ->> 'n') AS INTEGER) > 5 AND CAST(t.jb ->> 'f' AS BOOLEAN);

UPDATE t SET name=(CAST((t.jb ->> 'a') AS VARCHAR) || 'x');

SELECT CAST(q ->> 'a' AS VARCHAR) AS anon_1, CAST((q -> 'a') ->> 'b' AS FLOAT) AS anon_2;

SELECT CAST(t.jb ->> 'a' AS INTEGER) AS anon_1, CAST((t.jb ->> 'a') AS INTEGER) + 1 AS anon_2 
FROM t;

SELECT CAST((t.jb ->> 'a') AS INTEGER) + 1 AS anon_1, -CAST(t.jb ->> 'a' AS INTEGER) AS anon_2, CAST((t.jb ->> 'a') AS INTEGER) * 2 + t.id AS anon_3 
FROM t;

SELECT NOT (CAST(t.jb ->> 'a' AS BOOLEAN)) AS anon_1, CAST(t.jb ->> 'a' AS VARCHAR) LIKE 'x' AS anon_2, CAST((t.jb ->> 'a') AS VARCHAR) IS NULL AS anon_3 
FROM t;

SELECT CAST((t.jb ->> 'a') AS VARCHAR) IN ('x') AS anon_1, CAST(t.jb ->> 'a' AS VARCHAR) AS q, lower(CAST(t.jb ->> 'a' AS VARCHAR)) AS lower_1 
FROM t;

SELECT t.id 
FROM t 
WHERE CAST(t.jb ->> 'a' AS BOOLEAN) ORDER BY CAST(t.jb ->> 'a' AS VARCHAR), CAST(t.jb ->> 'a' AS INTEGER) DESC;

SELECT t.jb['a']['b'] AS anon_1, CAST((t.js -> 'a') ->> 'b' AS VARCHAR) AS anon_2 
FROM t;

SELECT CAST(CAST(t.jb ->> 'a' AS VARCHAR) AS TEXT) AS anon_1, CAST((t.jb ->> 'a') AS VARCHAR) = CAST((t.jb ->> 'b') AS VARCHAR) AS anon_2 
FROM t;

SELECT CASE WHEN (CAST(t.jb ->> 'a' AS BOOLEAN)) THEN CAST(t.jb ->> 'a' AS VARCHAR) ELSE 'x' END AS anon_1, CAST((t.jb ->> 'a') AS BOOLEAN) AND t.flag AS anon_2 
FROM t;

CREATE INDEX ix ON t ((CAST(jb ->> 'a' AS VARCHAR))) WHERE CAST(jb ->> 'b' AS BOOLEAN);

SELECT CAST((t.jb ->> 'a') AS VARCHAR) BETWEEN 'a' AND 'b' AS anon_1, CAST((t.jb ->> 'a') AS VARCHAR) COLLATE "C" AS anon_2, CAST((t.jb ->> 'a') AS VARCHAR) ~ 'x' AS anon_3 
FROM t;

SELECT DISTINCT CAST(t.jb ->> 'a' AS VARCHAR) AS anon_1, (CAST(t.jb ->> 'a' AS VARCHAR)) LIKE '%' || 'x' || '%' AS anon_2, CAST((t.jb ->> 'a') AS INTEGER) = 5 AS anon_3, CAST((t.jb ->> 'a') AS INTEGER) IN (1) AS anon_4 
FROM t;

WITH gone AS 
(DELETE FROM t WHERE t.flag RETURNING t.id)
 INSERT INTO s.o (id) SELECT gone.id 
FROM gone;

WITH up AS 
(UPDATE t SET name='x' WHERE t.id = 5 RETURNING t.id, t.name AS q)
 SELECT up.id, up.q, up.id AS id__1, up.q AS q__1 
FROM up;

WITH anon_1 AS 
(INSERT INTO t (id) VALUES (5) RETURNING t.id)
 SELECT anon_1.id 
FROM anon_1;

WITH gone AS 
(DELETE FROM t RETURNING t.id, t.name, t.flag, t.d, t.ts, t.n, t.jb, t.arr, t.tags, t.u, t.f, t.tm, t.iv, t.js, t.hs, t.rg, t.ip, t.bin, t.en)
 INSERT INTO s.o (id, label) SELECT gone.id, gone.name 
FROM gone;

WITH gone AS 
(DELETE FROM t WHERE t.id IN (SELECT s.o.t_id 
FROM s.o) RETURNING t.id), 
gone2 AS 
(DELETE FROM s.o WHERE s.o.t_id IN (SELECT gone.id 
FROM gone) RETURNING s.o.id)
 SELECT count(*) AS count_1 
FROM gone2;

WITH ins AS 
(INSERT INTO t (id) VALUES (1) ON CONFLICT DO NOTHING RETURNING t.id)
 SELECT ins.id 
FROM ins;

SELECT (1, 2) = (3, 4) AS anon_1;

DELETE FROM t WHERE (t.id, t.name) = (3, 'x');

DELETE FROM t WHERE (t.id, t.name) > (3, 'x');

DELETE FROM t WHERE (t.id, t.name) = (3);

DELETE FROM t WHERE (t.id, t.name) = (3, 'x');

DELETE FROM t WHERE (t.id, t.name) > (3, 'x');

DELETE FROM t WHERE (t.id, t.name) IS NULL;

DELETE FROM t WHERE (t.id, t.name) = (1, 2);

DELETE FROM t WHERE (t.id, t.n) IN ((1, 2), (3, 4), (6, 7));

DELETE FROM t WHERE (t.id, t.n) BETWEEN (1, 2) AND (3, 4);

DELETE FROM t WHERE (t.id, t.n) IS DISTINCT FROM (1, 2);

SELECT t.id << 5 AS anon_1 
FROM t;

SELECT 5 AS anon_1;

SELECT 5 AS anon_1;

SELECT x #> '{a, 1, None, True, 1.5, {''q'': 1}, (1,), []}' AS anon_1;

SELECT x #> '{a, 1, None, True, 1.5, 2020-01-01, 1}' AS anon_1;

SELECT (t.id, 5) AS anon_1 
FROM t;

SELECT v.a 
FROM (VALUES ('x'), (now()), (t.name), (q), (x), (CAST('a' AS VARCHAR)), (NULL), (NULL), ('x'), ('x'), (5)) AS v (a);

SELECT (t.id, t.name) IN ((1, 'a'), (1, 'b')) AS anon_1 
FROM t;

SELECT t.id, t.name AS x 
FROM t GROUP BY x ORDER BY x ASC, t.name, t.id;

SELECT anon_1.id 
FROM (SELECT t.id AS id 
FROM t UNION ALL SELECT s.o.id AS id 
FROM s.o ORDER BY id) AS anon_1;

SELECT t.id 
FROM t UNION ALL SELECT s.o.id 
FROM s.o ORDER BY id;

SELECT t.id, t.flag AND NULL AS anon_1, t.flag OR a AS anon_2 
FROM t;

== downgrade
