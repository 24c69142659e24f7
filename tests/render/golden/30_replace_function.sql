CREATE OR REPLACE FUNCTION f(a text) RETURNS trigger AS $body$
        DECLARE
            n int := 0;
        BEGIN
            IF a LIKE '%x' THEN
                RAISE NOTICE 'n is %', n;
            END IF;
            RETURN NEW;
        END;
        $body$ LANGUAGE plpgsql;

UPDATE t SET j = '{"a": [1, 2], "b"NULL}'::jsonb WHERE k = '12:30:45' AND s[1:2] = '{}';

COMMENT ON TABLE t IS 'see https://example.org/a:b';

== downgrade
DROP FUNCTION IF EXISTS f(text);

