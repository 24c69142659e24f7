/* A screen without a terminal: the sample project in tests/tui/project on a canvas, driven by key names. */
#pragma once

#include "../../src/tui/app.h"

typedef struct {
  Workspace *ws;
  App *app;
  TuiOptions options;
  char *config;
  const char *configs[2];
  LockSnapshot *locks;
} Bench;

/* project: load it; otherwise the workspace is empty, as while loading. */
Bench *bench_new(int width, int height, gboolean project);
/* The same with the project of another alembic.ini. */
Bench *bench_open(int width, int height, const char *config);
void bench_free(Bench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bench, bench_free)

/* As a live connection would: rows end with NULL. */
void bench_stand_at(Bench *bench, const char *const *rows);
/* A blocker, two sessions that wait, and a prepared transaction. */
void bench_lock(Bench *bench);
/* "j j Enter": keys by name. */
void bench_keys(Bench *bench, const char *keys);
/* Types a text into a prompt. */
void bench_type(Bench *bench, const char *text);
/* Lets threads finish what the screen waits for; then what is on the screen, the caller's. */
char *bench_screen(Bench *bench);
/* Turns the main loop until the project is loaded again. */
void bench_reloaded(Bench *bench);
/* Compares with tests/tui/screens/NAME.txt, or writes it when UPDATE_SCREENS is set. */
void bench_compare(Bench *bench, const char *name);
const char *bench_srcdir(void);
