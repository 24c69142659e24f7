INSERT INTO rates (id, start, day, at, rate) VALUES ('12345678-1234-5678-1234-567812345678', '2024-03-31 23:00:00', '2024-01-31', '10:30:00', 0.0);

INSERT INTO rates (id, start, day, at, rate) VALUES ('12345678-1234-5678-1234-567812345678', '2024-04-01 23:00:00', '2024-02-01', '10:30:00', 1.5);

UPDATE rates SET every=make_interval(secs=>3600.0) WHERE rates.start < '2024-03-31 23:00:00+00:00';

UPDATE rates SET day = '2024-03-31';

UPDATE rates SET start = '2024-03-31T23:00:00';

== downgrade
DELETE FROM rates WHERE start >= '2024-03-31 23:00:00';

