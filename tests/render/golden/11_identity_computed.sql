CREATE TABLE "odd schema".t (
    id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 100), 
    w INTEGER, 
    area INTEGER GENERATED ALWAYS AS (w * w) STORED, 
    span TSTZRANGE, 
    addr INET NOT NULL, 
    vec TSVECTOR, 
    bits BIT(8), 
    iv INTERVAL DAY TO SECOND, 
    ts TIMESTAMP(3) WITH TIME ZONE, 
    d DOUBLE PRECISION, 
    b BYTEA, 
    c CITEXT, 
    m MONEY, 
    h HSTORE, 
    aa INTEGER[][], 
    u UUID, 
    j JSONB, 
    PRIMARY KEY (id)
);

== downgrade
DROP TABLE "odd schema".t;

