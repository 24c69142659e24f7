CREATE TYPE colour AS ENUM ('red', 'green');

CREATE TYPE size_enum AS ENUM ('small', 'large');

CREATE TYPE s.other AS ENUM ('p', 'q');

CREATE TYPE many AS ENUM ('m', 'n');

CREATE TABLE things (
    id SERIAL NOT NULL, 
    colour colour NOT NULL, 
    size size_enum, 
    kind VARCHAR(1), 
    other s.other, 
    many many[], 
    PRIMARY KEY (id), 
    CONSTRAINT kind CHECK (kind IN ('a', 'b'))
);

CREATE TABLE more (
    colour colour
);

ALTER TYPE colour ADD VALUE IF NOT EXISTS 'blue';

ALTER TABLE more ADD COLUMN state state DEFAULT 'on';

== downgrade
DROP TABLE more;

DROP TABLE things;

DROP TYPE colour;

DROP TYPE size_enum;

DROP TYPE s.other;

DROP TYPE many;

DROP TYPE state;

