/* Parts of project_open(). */
#pragma once

#include "retort/base/toml.h"
#include "retort/history/project.h"

/* Larger than any configuration; what is in one file is bounded by it. */
#define CONFIG_LIMIT ((gsize)2 * 1024 * 1024)

/* The configuration files and where they count from. */
typedef struct {
  char *start;    /* absolute: what Alembic would call the current folder */
  char *base;     /* relative locations count from here */
  char *ini_path; /* absolute; the file may be missing */
  char *toml_path;
  char *ini_shown;   /* as given, for messages */
  gboolean searched; /* found by walking up rather than named */
} ProjectFiles;

gboolean project_files_find(const ProjectOptions *options, ProjectFiles *files, GError **error);
void project_files_clear(ProjectFiles *files);

/* A location as it stands in a configuration: relative to base, or package:path. */
char *project_location(const char *value, const char *base, const GPtrArray *roots, GError **error);
/* The same as pathlib makes it absolute: "..", and links, stay. */
char *project_location_spelled(const char *value, const char *base, const GPtrArray *roots, GError **error);
/* Folders in which packages are looked for, in order; owned. */
GPtrArray *project_package_roots(const GPtrArray *prepend, const ProjectFiles *files);
gboolean project_is_environment(const char *folder);

/* "%(here)s" and "%%" in a toml string; what names the key in messages. */
char *project_toml_format(const TomlValue *value, const char *here, const char *what, GError **error);

/* Reads env.py: what holds online and for --sql.  A missing file leaves both empty. */
void env_script_read(const char *path, EnvScript *online, EnvScript *offline, DiagList *diags);
/* The same from bytes, into two that are empty. */
void env_script_parse(const char *path, const char *data, gsize len, EnvScript *online, EnvScript *offline,
                      DiagList *diags);
/* Fills in does and names_database_url of both; text as module_text() makes it. */
void env_doings_read(const char *text, gsize len, EnvScript *online, EnvScript *offline);

void env_script_clear(EnvScript *env);
