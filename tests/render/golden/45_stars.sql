CREATE TYPE colour AS ENUM ('red', 'blue');

CREATE TABLE cars (
    id BIGSERIAL NOT NULL, 
    colour colour NOT NULL, 
    extra JSONB DEFAULT '{}', 
    span TSTZRANGE, 
    made TIMESTAMP WITH TIME ZONE DEFAULT now(), 
    PRIMARY KEY (id), 
    CONSTRAINT uq_cars_colour UNIQUE (colour)
);

INSERT INTO cars (id, made) VALUES (7, '2024-01-31 00:00:00') ON CONFLICT DO NOTHING;

SELECT cars.id 
FROM cars 
WHERE cars.id > 3 AND (cars.id < 9 OR cars.made IS NOT NULL);

CREATE SEQUENCE cars_id_seq;

== downgrade
DROP TABLE cars;

DROP TYPE colour;

