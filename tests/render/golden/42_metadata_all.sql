CREATE TYPE state AS ENUM ('new', 'done');

CREATE TABLE people.person (
    id BIGSERIAL NOT NULL, 
    PRIMARY KEY (id)
);

CREATE TABLE alone (
    kind kind
);

CREATE SEQUENCE job_seq;

CREATE TABLE job (
    id INTEGER NOT NULL, 
    owner INTEGER, 
    states state[], 
    PRIMARY KEY (id), 
    FOREIGN KEY(owner) REFERENCES people.person (id)
);

CREATE TABLE step (
    id SERIAL NOT NULL, 
    parent_id INTEGER, 
    job_id INTEGER, 
    state state, 
    PRIMARY KEY (id), 
    FOREIGN KEY(parent_id) REFERENCES step (id), 
    FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
);

CREATE INDEX ix_step_job_id ON step (job_id);

COMMENT ON TABLE step IS 'what a job consists of';

CREATE SEQUENCE other.own START WITH 5;

CREATE TABLE other.b (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

CREATE TABLE other.a (
    id INTEGER, 
    o INTEGER, 
    FOREIGN KEY(id) REFERENCES other.b (id)
);

-- alone, people.person, job, step;

== downgrade
DROP TABLE alone;

DROP SEQUENCE job_seq;

DROP TYPE state;

DROP TABLE other.a;

DROP TABLE other.b;

DROP SEQUENCE other.own;

DROP TABLE step;

DROP TYPE state;

DROP TABLE job;

DROP SEQUENCE job_seq;

DROP TYPE state;

DROP TABLE people.person;

DROP TABLE alone;

DROP TABLE step;

DROP TABLE job;

DROP TABLE alone;

DROP TABLE people.person;

DROP SEQUENCE job_seq;

DROP TYPE state;

