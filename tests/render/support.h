/* What the tests of this room share. */
#pragma once

#include "retort/render/render.h"

/* A file of tests/render; the caller's. */
char *test_path(const char *name);
/* Its text; the test stops when there is none. */
char *test_read(const char *name);
/* "sqlalchemy.exc.CompileError: x" without the modules. */
const char *test_short_error(const char *error);
/* Expects that libpg_query accepts every statement of the script. */
void expect_parses(const char *name, const Script *script);
