UPDATE t SET a = 1;

SELECT 1;

== downgrade
UPDATE t SET a = 0;

