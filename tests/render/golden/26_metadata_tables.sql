CREATE TYPE parent_kind AS ENUM ('a', 'b');

CREATE TABLE app.parents (
    id SERIAL NOT NULL, 
    kind parent_kind, 
    note VARCHAR(20), 
    PRIMARY KEY (id)
);

CREATE INDEX ix_app_parents_note ON app.parents (note);

COMMENT ON COLUMN app.parents.note IS 'free text';

CREATE INDEX ix_kind ON app.parents (kind, note DESC);

INSERT INTO app.parents (id, kind, note) VALUES (1, 'a', NULL);

INSERT INTO app.parents (id, kind, note) VALUES (2, 'b', 'x');

INSERT INTO app.parents (kind) VALUES ('a') RETURNING app.parents.id;

UPDATE app.parents SET note=lower(app.parents.note) WHERE app.parents.id IN (1, 2);

== downgrade
DROP TABLE app.parents;

DROP TYPE parent_kind;

