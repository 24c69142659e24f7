/* `init`: a new Alembic environment from one of the templates that Alembic knows by these names.
 *
 * The files are retort's own and Alembic uses them at once.  What happens is told to the sink as Alembic prints it:
 * begin "Generating /path", end, or a message of its own line.  always: Alembic says it even with -q.
 */
#pragma once

#include <glib.h>

typedef struct {
  void (*begin)(const char *text, gboolean always,
                void *data); /* "Creating directory /x", to be followed by " ..." */
  void (*end)(gboolean done, gboolean always, void *data); /* "  done" or "  FAILED" */
  void (*message)(const char *text, gboolean always, void *data);
} EnvironmentSink;

typedef struct {
  const char *directory; /* as given; relative ones are written relative to the configuration file */
  const char *template;  /* NULL: "generic" */
  gboolean package;      /* with __init__.py files */
  const char *ini_path;  /* alembic.ini to be written */
  const char *toml_path; /* pyproject.toml for the templates that use it */
} EnvironmentRequest;

gboolean environment_init(const EnvironmentRequest *request, const EnvironmentSink *sink, void *data,
                          GError **error);

/* Names, sorted, NULL-terminated; and the one-line description of each. */
const char *const *environment_templates(void);
const char *environment_synopsis(const char *template);
