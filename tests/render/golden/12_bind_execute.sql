UPDATE a SET b = 1;

UPDATE a SET b = 2;

UPDATE legacy SET k='y' WHERE legacy.id > 5 AND (legacy.k = 'x' OR legacy.k IS NOT NULL);

INSERT INTO legacy (id, k) SELECT legacy.id + 1000 AS anon_1, upper(legacy.k) AS upper_1 
FROM legacy 
WHERE legacy.k != 'q';

DROP TABLE legacy;

== downgrade
SELECT 1;

