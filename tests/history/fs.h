/* Folders, files and git repositories for tests. */
#pragma once

#include <glib.h>

/* A fresh temporary folder, as a real path; fs_remove() takes it away with all that is in it. */
char *fs_new(void);
void fs_remove(char *folder);

/* Writes a file below root, with the folders it needs. */
void fs_write(const char *root, const char *path, const char *text);
/* A revision file versions/ID.py with these parents ("" for none, commas between several). */
void fs_revision(const char *root, const char *id, const char *down);
/* Runs git in root with an identity and a clock of its own; the commit's time is seconds since 2024. */
void fs_git(const char *root, int time, const char *arguments);
/* Commits the whole folder as it stands. */
void fs_commit(const char *root, int time, const char *message);
/* What git prints, without the last line end; the caller's. */
char *fs_git_output(const char *root, const char *arguments);
