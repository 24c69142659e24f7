CREATE TABLE emails (
    id SERIAL NOT NULL, 
    address VARCHAR(255), 
    user_id INTEGER, 
    PRIMARY KEY (id), 
    FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE UNIQUE INDEX ix_emails_address ON emails (address);

ALTER TABLE users DROP COLUMN email;

UPDATE users SET name='y' WHERE users.name = 'x';

== downgrade
ALTER TABLE users ADD COLUMN email VARCHAR(120);

DROP INDEX ix_emails_address;

DROP TABLE emails;

