CREATE TYPE switch AS ENUM ('on', 'off');

CREATE TABLE devices (
    id UUID NOT NULL, 
    serial VARCHAR(40) NOT NULL, 
    owner INTEGER, 
    state switch DEFAULT 'off' NOT NULL, 
    meta JSONB DEFAULT '{}'::jsonb NOT NULL, 
    seen TIMESTAMP WITHOUT TIME ZONE, 
    PRIMARY KEY (id), 
    UNIQUE (serial), 
    FOREIGN KEY(owner) REFERENCES accounts (id)
);

CREATE INDEX ix_devices_owner ON devices (owner);

== downgrade
DROP TABLE devices;

DROP TYPE switch;

