CREATE TABLE conv (
    id SERIAL NOT NULL, 
    other_id INTEGER, 
    n INTEGER, 
    CONSTRAINT pk_conv PRIMARY KEY (id), 
    CONSTRAINT ck_conv_positive CHECK (n > 0), 
    CONSTRAINT fk_conv_other_id_other FOREIGN KEY(other_id) REFERENCES other (id), 
    CONSTRAINT uq_conv_n UNIQUE (n)
);

CREATE INDEX ix_plain_a ON plain (a, b);

== downgrade
DROP INDEX ix_plain_a;

DROP TABLE conv;

