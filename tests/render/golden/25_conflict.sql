INSERT INTO settings (key, n) VALUES ('a', 1) ON CONFLICT (key) DO UPDATE SET n = (excluded.n + 1);

INSERT INTO settings (key, n) VALUES ('a', 1) ON CONFLICT ON CONSTRAINT uq_key DO UPDATE SET n = 5 WHERE settings.n > 3;

UPDATE settings SET n=(coalesce(settings.n, 0) + 1) WHERE (settings.key LIKE 'x' || '%');

UPDATE settings SET n=NULL WHERE (settings.value ->> 'kind') = 'old';

UPDATE settings SET tags=ARRAY['b', 'c'] WHERE settings.tags @> ARRAY['a'];

SELECT settings.key, count(*) AS c 
FROM settings GROUP BY settings.key ORDER BY c DESC;

== downgrade
DELETE FROM settings WHERE settings.key IN (SELECT anon_1.key 
FROM (SELECT settings.key AS key 
FROM settings 
WHERE settings.n = 1 
 LIMIT 10) AS anon_1);

WITH big AS 
(SELECT settings.key AS key 
FROM settings 
WHERE settings.n > 5)
 SELECT big.key 
FROM big;

UPDATE settings SET n=CAST(settings.key AS INTEGER);

