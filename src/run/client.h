/* PostgreSQL's own client programs: where they are, and how they are told where to connect. */
#pragma once

#include "retort/pg/url.h"

/* "pg_dump" as Debian keeps one for each version of the server, else from PATH; the caller's. */
char *client_program(const char *name, int server_version);
/* Everything but the passwords, as a conninfo string; the caller's. */
char *client_conninfo(const PgParams *params);
/* Our environment with the password in it and the messages in English; the caller's. */
char **client_environment(const PgParams *params);
