#include "check.h"

TestSuite(constraint, .init = begin, .fini = end);

static void check_add(const char *name, const SqlContext *context, const char *table, const char *schema,
                      SqlConstraint constraint, const char *expected)
{
  SqlOp op = {
      .kind = SQL_ADD_CONSTRAINT,
      .add_constraint = {.table = sql_name(table), .schema = sql_name(schema), .constraint = &constraint},
  };
  check_op(name, context, &op, expected);
}

Test(constraint, is_added)
{
  SqlExcludeItem items[] = {{col("p", SQL_TYPE_NULL), "&&"}, {col("G", SQL_TYPE_NULL), "="}};
  SqlExcludeItem textual[] = {{sql_text(A, "tsrange(a, b)"), "&&"}};
  SqlPair range_ops = {"p", "range_ops"};
  const struct {
    const char *name;
    SqlConstraint constraint;
    const char *expected;
  } cases[] = {
      {"unique",
       {.kind = SQL_CONSTRAINT_UNIQUE,
        .name = sql_name("uq"),
        .columns = names("a", "b", NULL),
        .deferrable = SQL_YES,
        .initially = "deferred"},
       "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a, b) DEFERRABLE INITIALLY deferred;\n"},
      {"~unique, PostgreSQL 15",
       {.kind = SQL_CONSTRAINT_UNIQUE,
        .columns = names("a", "b", NULL),
        .nulls_not_distinct = SQL_YES,
        .include = names("a", NULL)},
       "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (a);\n"},
      {"~unique without columns", {.kind = SQL_CONSTRAINT_UNIQUE}, "ALTER TABLE t ADD;\n"},
      {"include unknown",
       {.kind = SQL_CONSTRAINT_UNIQUE, .columns = names("a", NULL), .include = names("zz", NULL)},
       "!! KeyError: 'zz'"},
      {"unique twice",
       {.kind = SQL_CONSTRAINT_UNIQUE, .columns = names("a", "a", NULL)},
       "!! DuplicateColumnError: A column with name 'a' is already present in table 't'."},
      {"primary key",
       {.kind = SQL_CONSTRAINT_PRIMARY_KEY, .name = sql_name("pk"), .columns = names("a", NULL)},
       "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a);\n"},
      {"primary key without columns",
       {.kind = SQL_CONSTRAINT_PRIMARY_KEY},
       "!! InvalidRequestError: This constraint is not bound to a table.  Did you mean to call "
       "table.append_constraint(constraint) ?"},
      {"check",
       {.kind = SQL_CONSTRAINT_CHECK,
        .name = sql_name("ck"),
        .expression = sql_text(A, "a::text <> ':x'"),
        .not_valid = TRUE},
       "ALTER TABLE t ADD CONSTRAINT ck CHECK (a::text <> 'NULL') NOT VALID;\n"},
      {"foreign key",
       {.kind = SQL_CONSTRAINT_FOREIGN_KEY,
        .name = sql_name("Fk"),
        .columns = names("A", "b", NULL),
        .referred_schema = sql_name("s.2"),
        .referred_table = sql_name("ref"),
        .referred_columns = names("x", "y", NULL),
        .match = "FULL",
        .ondelete = "CASCADE",
        .onupdate = "SET NULL",
        .deferrable = SQL_NO,
        .initially = "IMMEDIATE",
        .not_valid = TRUE},
       "ALTER TABLE t ADD CONSTRAINT \"Fk\" FOREIGN KEY(\"A\", b) REFERENCES \"s.2\".ref (x, y) MATCH FULL "
       "ON DELETE "
       "CASCADE ON UPDATE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE NOT VALID;\n"},
      {"foreign key of unequal sides",
       {.kind = SQL_CONSTRAINT_FOREIGN_KEY,
        .columns = names("a", "b", NULL),
        .referred_table = sql_name("r"),
        .referred_columns = names("x", NULL)},
       "!! ArgumentError: ForeignKeyConstraint number of constrained columns must match the number of "
       "referenced "
       "columns."},
      {"unknown action",
       {.kind = SQL_CONSTRAINT_FOREIGN_KEY,
        .columns = names("a", NULL),
        .referred_table = sql_name("r"),
        .referred_columns = names("x", NULL),
        .onupdate = "SET NULL (a)"},
       "!! CompileError: Unexpected SQL phrase: 'SET NULL (a)' (matching against '^(?:RESTRICT|CASCADE|SET "
       "NULL|NO "
       "ACTION|SET DEFAULT)$')"},
      {"exclude",
       {.kind = SQL_CONSTRAINT_EXCLUDE,
        .name = sql_name("ex"),
        .excludes = {items, 2, 0},
        .using = "GIST",
        .where = sql_text(A, "g > 5"),
        .ops = {&range_ops, 1, 0},
        .deferrable = SQL_YES},
       "ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (p range_ops WITH &&, \"G\" WITH =) WHERE (g > 5) "
       "DEFERRABLE;\n"},
      {"exclude of text",
       {.kind = SQL_CONSTRAINT_EXCLUDE, .excludes = {textual, 1, 0}},
       "!! ArgumentError: Column must be constructed with a non-blank name or assign a non-blank .name "
       "before adding to "
       "a Table."},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check_add(cases[i].name, &new_offline, "t", NULL, cases[i].constraint, cases[i].expected);
}

Test(constraint, takes_column_lists_in_actions_only_when_new)
{
  SqlConstraint fk = {.kind = SQL_CONSTRAINT_FOREIGN_KEY,
                      .columns = names("a", NULL),
                      .referred_table = sql_name("r"),
                      .referred_columns = names("x", NULL),
                      .ondelete = "SET NULL(a)"};

  check_add("~new", &new_offline, "t", "s", fk,
            "ALTER TABLE s.t ADD FOREIGN KEY(a) REFERENCES r (x) ON DELETE SET NULL(a);\n");
  check_add("old", &old_offline, "t", "s", fk,
            "!! CompileError: Unexpected SQL phrase: 'SET NULL(a)' (matching against "
            "'^(?:RESTRICT|CASCADE|SET NULL|NO "
            "ACTION|SET DEFAULT)$')");
}

Test(constraint, follows_naming_conventions)
{
  SqlNaming naming = {.templates = {[SQL_NAMING_IX] = "ix_%(column_0_N_name)s",
                                    [SQL_NAMING_UQ] = "uq_%(table_name)s_%(column_0_name)s",
                                    [SQL_NAMING_CK] = "ck_%(table_name)s_%(constraint_name)s",
                                    [SQL_NAMING_FK] =
                                        "fk_%(column_0N_name)s_%(referred_column_0_name)s_%(mine)s_"
                                        "%(referred_table_name)s",
                                    [SQL_NAMING_PK] = "pk_%(table_name)s_%(column_0_N_label)s_100%%"},
                      .constants = SQL_LIST((SqlText) "mine", "own")};
  SqlContext context = {.naming = &naming};
  SqlConstraint unique = {.kind = SQL_CONSTRAINT_UNIQUE, .columns = names("a", "b", NULL)};
  SqlConstraint check = {.kind = SQL_CONSTRAINT_CHECK, .expression = sql_text(A, "a > 1")};
  SqlConstraint fk = {.kind = SQL_CONSTRAINT_FOREIGN_KEY,
                      .columns = names("a", "b", NULL),
                      .referred_table = sql_name("o"),
                      .referred_columns = names("x", "y", NULL)};
  SqlConstraint pk = {.kind = SQL_CONSTRAINT_PRIMARY_KEY, .columns = names("a", "b", NULL)};

  check_add("unique", &context, "t", NULL, unique, "ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a, b);\n");
  check_add("foreign key", &context, "t", NULL, fk,
            "ALTER TABLE t ADD CONSTRAINT fk_ab_x_own_o FOREIGN KEY(a, b) REFERENCES o (x, y);\n");
  check_add("primary key", &context, "t", "s.x", pk,
            "ALTER TABLE \"s.x\".t ADD CONSTRAINT \"pk_t_s_x_t_a_s_x_t_b_100%\" PRIMARY KEY (a, b);\n");
  check_add("unnamed check", &context, "t", NULL, check,
            "!! InvalidRequestError: Naming convention including %(constraint_name)s token requires that "
            "constraint is "
            "explicitly named.");
  check.name = sql_name("pos");
  check_add("named check", &context, "t", NULL, check,
            "ALTER TABLE t ADD CONSTRAINT ck_t_pos CHECK (a > 1);\n");
  check.name.final = TRUE;
  check_add("final check", &context, "t", NULL, check, "ALTER TABLE t ADD CONSTRAINT pos CHECK (a > 1);\n");
  naming.templates[SQL_NAMING_UQ] = "%(nonsense)s";
  check_add("unknown token", &context, "t", NULL, unique, "!! KeyError: 'nonsense'");
}

Test(constraint, is_dropped)
{
  SqlNaming naming = {.templates = {[SQL_NAMING_UQ] = "uq_%(table_name)s_%(column_0_name)s",
                                    [SQL_NAMING_CK] = "ck_%(table_name)s_%(constraint_name)s"}};
  SqlContext named = {.naming = &naming};
  const struct {
    const char *label;
    const SqlContext *context;
    const char *name;
    const char *type;
    const char *expected;
  } cases[] = {
      {"plain", &new_offline, "c", NULL, "ALTER TABLE s.t DROP CONSTRAINT IF EXISTS c;\n"},
      {"typed", &new_offline, "c", "check", "ALTER TABLE s.t DROP CONSTRAINT IF EXISTS c;\n"},
      {"by convention", &named, "c", "check", "ALTER TABLE s.t DROP CONSTRAINT IF EXISTS ck_t_c;\n"},
      {"unnamed by convention", &named, NULL, "unique", "ALTER TABLE s.t DROP CONSTRAINT IF EXISTS uq_t_;\n"},
      {"unnamed", &new_offline, NULL, "unique",
       "!! CompileError: Can't emit DROP CONSTRAINT for constraint UniqueConstraint(); it has no name"},
      {"wrong type", &new_offline, "c", "bogus",
       "!! TypeError: 'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    SqlOp op = {.kind = SQL_DROP_CONSTRAINT,
                .drop_constraint = {.table = sql_name("t"),
                                    .schema = sql_name("s"),
                                    .name = sql_name(cases[i].name),
                                    .type = cases[i].type,
                                    .if_exists = TRUE}};
    check_op(cases[i].label, cases[i].context, &op, cases[i].expected);
  }
}

Test(constraint, has_a_name_of_at_most_63_characters)
{
  g_autofree char *long_name = g_strnfill(64, 'u');
  SqlConstraint unique = {
      .kind = SQL_CONSTRAINT_UNIQUE, .name = sql_name(long_name), .columns = names("a", NULL)};
  g_autofree char *refused = g_strdup_printf(
      "!! IdentifierError: Identifier '%s' exceeds maximum length of 63 characters", long_name);

  check_add("too long", &new_offline, "t", NULL, unique, refused);
  unique.name.final = TRUE;
  check_add("shortened", &new_offline, "t", NULL, unique,
            "ALTER TABLE t ADD CONSTRAINT uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu_d947 "
            "UNIQUE (a);\n");
}

Test(constraint, carries_a_comment)
{
  SqlConstraint unique = {.kind = SQL_CONSTRAINT_UNIQUE, .name = sql_name("uq")};
  SqlOp op = {.kind = SQL_CONSTRAINT_COMMENT,
              .comment = {.table = sql_name("t"), .constraint = &unique, .comment = "why"}};

  check_op("comment", &new_offline, &op, "COMMENT ON CONSTRAINT uq ON t IS 'why';\n");
}
