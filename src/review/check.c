#include "retort/review/check.h"

#include <glib/gi18n.h>
#include <string.h>

static const CheckInfo rows[] = {
#define X(id, name, severity, title, why, advice) {name, SEVERITY_##severity, title, why, advice},
    REVIEW_CHECKS(X)
#undef X
};

CheckInfo check_info(CheckId id)
{
  CheckInfo info = rows[id];
  info.title = _(info.title);
  info.why = _(info.why);
  info.advice = _(info.advice);
  return info;
}

int check_find(const char *name)
{
  for (int i = 0; i < N_CHECKS; i++)
    if (strcmp(rows[i].name, name) == 0)
      return i;
  return -1;
}

const char *severity_name(Severity severity)
{
  static const char *const names[] = {"note", "care", "danger"};
  return names[severity];
}
