CREATE TABLE own (
    id UUID NOT NULL, 
    s VARCHAR(40), 
    p LTREE, 
    PRIMARY KEY (id)
);

ALTER TABLE own ALTER COLUMN s TYPE VARCHAR(40);

== downgrade
DROP TABLE own;

