CREATE TABLE roles (
    id SERIAL NOT NULL, 
    name VARCHAR(20), 
    since DATE, 
    rights TEXT, 
    PRIMARY KEY (id)
);

INSERT INTO roles (id, name, since, rights) VALUES (1, 'admin', '2024-02-29', '{"all": true}');

INSERT INTO roles (id, name, since, rights) VALUES (2, 'o''brien', '2024-02-29', '{}');

UPDATE accounts SET role_id=1 WHERE accounts.email LIKE '%@example.org';

UPDATE accounts SET role_id=2 WHERE accounts.role_id IS NULL;

UPDATE accounts SET nick = 'boss' WHERE email = 'a@b.c';

== downgrade
DELETE FROM roles WHERE roles.id IN (1, 2);

DROP TABLE roles;

