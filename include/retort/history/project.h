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
#include "retort/base/settings.h"

/* A setting that env.py may make: not mentioned, a literal, or something only Python knows. */
typedef enum {
  ENV_UNSET,
  ENV_LITERAL,
  ENV_UNKNOWN,
} EnvState;

typedef struct {
  EnvState state;
  char *text;     /* ENV_LITERAL strings */
  gboolean truth; /* ENV_LITERAL booleans */
  guint line;     /* in env.py */
} EnvSetting;

/* What env.py does besides connecting, configuring and running, which only Python could do as well. */
typedef enum {
  ENV_OWN_DATABASE, /* its database is not, or not only, sqlalchemy.url as it is written */
  ENV_SEARCH_PATH,  /* chooses a schema: the version table and whatever is not qualified are there */
  ENV_OWN_SQL,      /* statements, events or connection settings of its own */
  ENV_OWN_HOOKS,    /* on_version_apply */
  ENV_OWN_RUNS,     /* run_migrations() in a loop or with arguments: several databases, tenants */
  ENV_HIDES_RUN,    /* calls no context.run_migrations() that can be seen */
  ENV_READS_X,      /* get_x_argument() */
  N_ENV_DOINGS,
} EnvDoing;

/* What context.configure() in env.py says about the position and the transactions. */
typedef struct {
  char *path; /* env.py, or NULL when there is none */
  EnvSetting version_table;
  EnvSetting version_table_schema;
  EnvSetting version_table_pk;
  EnvSetting transaction_per_migration;
  EnvSetting transactional_ddl;
  EnvSetting literal_binds;
  EnvSetting paramstyle;       /* from dialect_opts={"paramstyle": ...} */
  gboolean begins_transaction; /* env.py calls context.begin_transaction() */
  guint expands_line;          /* line of a configure(**...) that might set more; 0: none */
  guint does[N_ENV_DOINGS];    /* line of the first of its kind; 0: none */
  gboolean names_database_url; /* DATABASE_URL stands in it */
} EnvScript;

typedef struct {
  char *name;          /* as listed in `hooks` */
  GHashTable *options; /* char* -> char*, without the "name." prefix */
} PostWriteHook;

/* How to find the project.  All fields may be NULL.
 *
 * As Alembic: the ini file is the last -c that is not named pyproject.toml, else $ALEMBIC_CONFIG, else alembic.ini; the
 * toml file likewise; both are read when they exist, and relative locations count from the start folder.  When
 * neither is asked for and the start folder has none, the folders above are searched, and migrations/ in each of them
 * (Flask-Migrate); relative locations then count from the folder of the file that was found.  An ini file without
 * script_location that lies beside env.py and versions is Flask-Migrate's: its folder is the location.
 * `package:path` locations are looked for as folders in prepend_sys_path, the start folder, the folders above the ini
 * file, src/ in each of these, $PYTHONPATH, and $VIRTUAL_ENV's packages; nothing is imported.
 */
typedef struct {
  const char *const *config_files; /* every -c, in order */
  const char *section;             /* -n; NULL: "alembic" */
  const char *folder; /* -d, instead of a configuration: an environment (env.py and versions), or a
                                      bare folder of revision files, subfolders included */
  const char *start;  /* where to look from; NULL: the current folder */
} ProjectOptions;

typedef struct {
  char *name;        /* for the header: name of the repository's or the project's folder */
  char *config_path; /* alembic.ini or pyproject.toml, absolute; NULL for a bare folder */
  char *toml_path;   /* pyproject.toml that was also read, or NULL */
  char *section;
  char *script_location;        /* absolute, or NULL for a bare folder */
  GPtrArray *version_locations; /* char*, absolute, existing ones only */
  GPtrArray *missing_locations; /* char*, absolute: configured folders that are not there (yet) */
  GPtrArray
      *all_locations; /* char*, absolute: both, in order, as the configuration spells them (links, "..") */
  gboolean recursive;
  gboolean sourceless;
  gboolean revision_environment;
  gboolean odd_revision_environment; /* neither true nor false: Alembic dies of it when it makes a revision */
  char *file_template;
  char *timezone; /* NULL: local time without zone */
  guint truncate_slug_length;
  char *output_encoding;
  char *
      url; /* sqlalchemy.url after interpolation, or NULL (init's own, too); may hold a password: never show it as it is */
  GPtrArray *hooks;      /* PostWriteHook* */
  gboolean by_alembic;   /* the operator wants its own Alembic to take every step of a rollout */
  EnvScript env;         /* what holds with a connection */
  EnvScript env_offline; /* what holds for --sql: differs where env.py calls configure() twice */
  Ini *ini;              /* NULL without one */
  DiagList *diags;
} Project;

Project *project_open(const ProjectOptions *options, GError **error);
void project_free(Project *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Project, project_free)

/* The files that -c and $ALEMBIC_CONFIG name, as given, which need not exist; NULL: the default name in the current folder.
 * Fails with Alembic's message when two of a kind are named.  Borrowed. */
gboolean project_named_files(const char *const *config_files, const char **ini, const char **toml,
                             GError **error);
/* Any option of the main section, ini first, then [tool.alembic]; interpolated, the caller's; NULL when absent. */
char *project_option(const Project *project, const char *key, GError **error);
/* The version table in force: env.py's literal or "alembic_version"; schema may come back NULL.  Borrowed. */
const char *project_version_table(const Project *project, const char **schema);
/* Why migrations that retort runs (online) or prints (--sql) might not do what they do under this env.py: a sentence
 * without a full stop, naming file and line; NULL: they would.  x_given: -x was given.  What a computed database
 * means is up to the caller: ENV_OWN_DATABASE is not among the reasons.  The caller's. */
char *project_env_obstacle(const Project *project, gboolean online, gboolean x_given);
/* An Alembic environment that could be opened. */
typedef struct {
  char *label; /* for a list: path below the searched folder, and the section when it is not "alembic" */
  char *config_path; /* absolute; NULL: a folder with env.py and versions that no configuration names */
  char *section;
  char *start;           /* folder that its relative locations count from */
  char *script_location; /* absolute */
} ProjectCandidate;

/* Every environment in the folder and below it (or below the repository it is in): sections of ini files with a
 * script_location, [tool.alembic], Flask-Migrate folders, and folders that plainly are an environment: env.py beside
 * versions/ with revision files.  ProjectCandidate*, owned, ordered by path.  What project_open() does not find by
 * itself is offered from this list; several of them in one repository can be switched between.  Bounded: hidden and
 * package folders are left out, and very large trees are not searched to the end. */
GPtrArray *project_find_all(const char *folder);
Project *project_open_candidate(const ProjectCandidate *candidate, GError **error);

/* Puts [project NAME] of the operator's configuration in place of what env.py leaves unset or unknown; what it says
 * literally stays.  With `ignore_env` there what env.py does besides is forgotten, but not where its database is.  Sets
 * by_alembic, too.
 * Right after project_open(). */
void project_apply_settings(Project *project, const Settings *settings);
