/* victim SCHEMA FOLDER N: carries a plan out, recording it in FOLDER, and kills itself at its N-th event. */
#include <signal.h>
#include <stdlib.h>

#include "rollout_support.h"

static guint kill_at;

static void die_at(G_GNUC_UNUSED const RolloutEvent *event, G_GNUC_UNUSED void *data)
{
  if (kill_at-- == 0)
    raise(SIGKILL);
}

int main(int argc, char **argv)
{
  if (argc != 4)
    return 2;
  g_autoptr(RolloutFixture) fixture = rollout_fixture_new(argv[1]);
  g_autoptr(Journal) journal = journal_new_in(argv[2], &(JournalHead){.database = "test"}, NULL);
  kill_at = (guint)atoi(argv[3]);
  fixture->options.journal = journal;
  fixture->on_event = die_at;
  rollout_fixture_add_victims_plan(fixture);
  rollout_fixture_run(fixture, "");
  g_clear_pointer(&fixture->rollout, rollout_free);
  return 0;
}
