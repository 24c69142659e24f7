/* An Alembic project: where its files are and how it is configured, read without running any of it.
 *
 * project_open() finds alembic.ini (or [tool.alembic] in pyproject.toml), reads every option retort knows, resolves
 * the script and version locations, and reads the literal arguments of context.configure() from env.py.  It touches
 * no revision file: that is revision_map_load().  What is odd but bearable goes to project->diags.
 */
#pragma once

#include <glib.h>

#include "retort/base/diag.h"
#include "retort/base/ini.h"

/* A setting that env.py may make: not mentioned, a literal, or something only Python knows. */
typedef enum {
  ENV_UNSET,
  ENV_LITERAL,
  ENV_UNKNOWN,
} EnvState;

typedef struct {
  EnvState state;
  char *text;      /* ENV_LITERAL strings */
  gboolean truth;  /* ENV_LITERAL booleans */
  guint line;      /* in env.py */
} EnvSetting;

/* What context.configure() in env.py says about the position and the transactions. */
typedef struct {
  char *path; /* env.py, or NULL when there is none */
  EnvSetting version_table;
  EnvSetting version_table_schema;
  EnvSetting version_table_pk;
  EnvSetting transaction_per_migration;
  EnvSetting transactional_ddl;
  EnvSetting literal_binds;
  EnvSetting paramstyle; /* from dialect_opts={"paramstyle": ...} */
  gboolean begins_transaction; /* env.py calls context.begin_transaction() */
} EnvScript;

typedef struct {
  char *name;  /* as listed in `hooks` */
  GHashTable *options; /* char* -> char*, without the "name." prefix */
} PostWriteHook;

/* How to find the project.  All fields may be NULL. */
typedef struct {
  const char *const *config_files; /* every -c, in order */
  const char *section;             /* -n; NULL: "alembic" */
  const char *folder;              /* -d: a bare folder of revision files instead of a configuration */
  const char *start;               /* where to look from; NULL: the current folder */
} ProjectOptions;

typedef struct {
  char *name;         /* for the header: name of the repository's or the project's folder */
  char *config_path;  /* alembic.ini or pyproject.toml, absolute; NULL for a bare folder */
  char *toml_path;    /* pyproject.toml that was also read, or NULL */
  char *section;
  char *script_location;        /* absolute, or NULL for a bare folder */
  GPtrArray *version_locations; /* char*, absolute, existing ones only */
  gboolean recursive;
  gboolean sourceless;
  gboolean revision_environment;
  char *file_template;
  char *timezone;      /* NULL: local time without zone */
  guint truncate_slug_length;
  char *output_encoding;
  char *url;           /* sqlalchemy.url after interpolation, or NULL; may hold a password: never show it as it is */
  GPtrArray *hooks;    /* PostWriteHook* */
  EnvScript env;
  Ini *ini;            /* NULL without one */
  DiagList *diags;
} Project;

Project *project_open(const ProjectOptions *options, GError **error);
void project_free(Project *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Project, project_free)

/* Any option of the main section, ini first, then [tool.alembic]; interpolated, the caller's; NULL when absent. */
char *project_option(const Project *project, const char *key, GError **error);
/* The version table in force: env.py's literal or "alembic_version"; schema may come back NULL.  Borrowed. */
const char *project_version_table(const Project *project, const char **schema);
