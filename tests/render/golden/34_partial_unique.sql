CREATE UNIQUE INDEX uq_live ON t (name) WHERE deleted_at IS NULL;

CREATE INDEX ix_kind ON t (kind) WHERE kind = 'a' OR (n NOT IN (1, 2));

ALTER TABLE t ADD CONSTRAINT ck_n CHECK (n >= 0 AND n <= 100);

ALTER TABLE t ADD CONSTRAINT ck_kind CHECK (kind IN ('a', 'b'));

ALTER TABLE t ADD CONSTRAINT ck_len CHECK (length(kind) > 2);

ALTER TABLE t ADD CONSTRAINT uq_nn UNIQUE NULLS NOT DISTINCT (a) INCLUDE (a);

== downgrade
ALTER TABLE t DROP CONSTRAINT uq_nn;

DROP INDEX uq_live;

