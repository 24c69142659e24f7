"""Long SQL with dollar quotes, colons and percent signs"""
from alembic import op

revision = "30"
down_revision = "29"


def upgrade():
    op.execute(
        """
        CREATE OR REPLACE FUNCTION f(a text) RETURNS trigger AS $body$
        DECLARE
            n int := 0;
        BEGIN
            IF a LIKE '%x' THEN
                RAISE NOTICE 'n is %', n;
            END IF;
            RETURN NEW;
        END;
        $body$ LANGUAGE plpgsql
        """
    )
    op.execute("UPDATE t SET j = '{\"a\": [1, 2], \"b\":null}'::jsonb WHERE k = '12:30:45' AND s[1:2] = '{}'")
    op.execute("COMMENT ON TABLE t IS 'see https://example.org/a:b'")


def downgrade():
    op.execute("DROP FUNCTION IF EXISTS f(text)")
