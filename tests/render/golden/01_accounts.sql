CREATE TABLE accounts (
    id SERIAL NOT NULL, 
    email VARCHAR(255) NOT NULL, 
    "display name" VARCHAR(80), 
    active BOOLEAN DEFAULT true NOT NULL, 
    balance NUMERIC(12, 2) DEFAULT '0.00', 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_accounts PRIMARY KEY (id), 
    CONSTRAINT uq_accounts_email UNIQUE (email)
);

CREATE UNIQUE INDEX ix_accounts_email ON accounts (email);

== downgrade
DROP INDEX ix_accounts_email;

DROP TABLE accounts;

