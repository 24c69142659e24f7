INSERT INTO users (name, age) VALUES ('a', 5);

INSERT INTO users (name, age) VALUES ('x', 1), ('y', 2);

UPDATE users SET active=CASE WHEN (users.age > 17) THEN true ELSE false END;

UPDATE users SET age=(users.age + 1) WHERE users.name = 'x' OR users.age BETWEEN 1 AND 5;

UPDATE users SET name=audit.logs.what FROM audit.logs WHERE users.id = audit.logs.user_id;

UPDATE users SET name=(SELECT max(audit.logs.what) AS max_1 
FROM audit.logs 
WHERE audit.logs.user_id = users.id);

INSERT INTO audit.logs (user_id, what) SELECT users.id, 'seen' AS anon_1 
FROM users;

INSERT INTO users (id, name) VALUES (1, 'z') ON CONFLICT (id) DO NOTHING;

== downgrade
DELETE FROM users WHERE users.age IS NULL AND NOT users.active;

DELETE FROM audit.logs WHERE audit.logs.user_id IN (SELECT users.id 
FROM users 
WHERE users.name ILIKE 'a%');

DELETE FROM users WHERE NOT (EXISTS (SELECT audit.logs.user_id 
FROM audit.logs 
WHERE audit.logs.user_id = users.id));

DELETE FROM users;

