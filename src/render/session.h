/* A session: one Alembic run, and what all its scripts share. */
#pragma once

#include "bind.h"
#include "retort/py/parser.h"

/* What is known of the naming convention in the project's MetaData. */
typedef enum {
  NAMING_NONE, /* there is none, or it was given */
  NAMING_UNASKED,
  NAMING_KNOWN,
  NAMING_UNREADABLE,
} NamingState;

struct RenderSession {
  RenderOptions options; /* its strings are copies */
  char **naming_pairs;
  char **x_arguments;
  char *tag;
  SqlNaming naming;
  NamingState naming_state;
  char *naming_place; /* NAMING_UNREADABLE: path of what could not be read, or NULL */
  SqlRun *sql_run;
  PyRuntime *runtime;
  PyModuleDef *modules;
  GHashTable *exceptions; /* name -> PyClass of the runtime */
  GPtrArray *roots;       /* char*: folders in which modules of the project are looked for */
  /* The file parsed last: its two directions are usually asked for one after the other. */
  Arena *tree_arena;
  const PyTree *tree;
  PySyntaxError problem;
  const char *tree_path;
  const char *tree_text;
  gsize tree_len;
  GHashTable *resolved;   /* module -> where it lies, while the roots stay the same */
  gboolean project_roots; /* they come from the project's configuration */
  GPtrArray *changes;     /* Change*: what the run's scripts change, see answers.h */
  char *searched;         /* folder whose surroundings gave the roots */
  char *top;              /* what lies below it may be read */
  struct Shared *shared;  /* the project's modules, loaded; or NULL (shared.h) */
  gboolean no_sharing;    /* they do more than define things */
};

/* An empty one, exact so far. */
Script *script_new(void);
/* Takes a convention as key, template pairs. */
void session_set_naming(RenderSession *session, const char *const *pairs);
/* Finds modules of the project for the file at path. */
void session_find_roots(RenderSession *session, const char *path);
gboolean session_may_read(void *session, const char *path);
char *session_resolve(void *session, const char *module, gboolean *is_package);
