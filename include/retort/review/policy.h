/* What a project, or an operator, wants of the checks: how severe each is, and what is allowed where.
 *
 *   alembic.ini                                       pyproject.toml
 *   [retort.review]                                   [tool.retort.review]
 *   fail_on = care                                    fail_on = "care"
 *   server_version = 15                               server_version = 15
 *   index-not-concurrent = note                       index-not-concurrent = "note"
 *   allow =                                           allow = ["table-dropped versions/2019*: ..."]
 *     table-dropped, column-dropped versions/2019*: applied everywhere
 *
 * Policies are laid over each other by reading one after the other: a later severity replaces an earlier one, allowed
 * paths add up.  What cannot be understood is a diagnostic and changes nothing.
 */
#pragma once

#include <glib.h>

#include "retort/base/diag.h"
#include "retort/base/ini.h"
#include "retort/base/toml.h"
#include "retort/review/check.h"

typedef struct ReviewPolicy ReviewPolicy;

ReviewPolicy *review_policy_new(void);
void review_policy_free(ReviewPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReviewPolicy, review_policy_free)

/* A section of an ini file, or a table; nothing happens when ini or table is NULL or there is no such section.
 * path: of the file, for messages and for where a silence stands. */
void review_policy_read_ini(ReviewPolicy *policy, const Ini *ini, const char *section, const char *path,
                            DiagList *diags);
void review_policy_read_toml(ReviewPolicy *policy, const TomlValue *table, const char *path, DiagList *diags);
/* One key with its value, as in the files above; lines of "allow" are parted by newlines. */
void review_policy_set(ReviewPolicy *policy, const char *key, const char *value, const char *path, guint line,
                       DiagList *diags);

/* policy may be NULL below: the defaults. */
Severity review_policy_severity(const ReviewPolicy *policy, CheckId check);
/* SEVERITY_OFF when nobody said. */
Severity review_policy_fail_on(const ReviewPolicy *policy);
/* Major version to judge for without a database; 0 when nobody said. */
int review_policy_server_version(const ReviewPolicy *policy);
/* The reason why the check is allowed in that file ("" without one), borrowed; NULL: it is not.  *where: the file that
 * says so, borrowed. */
const char *review_policy_allows(const ReviewPolicy *policy, CheckId check, const char *path,
                                 const char **where);
