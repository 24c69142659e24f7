/* What the command files hand to the table: their options and their run functions. */
#pragma once

#include "command.h"

extern const ArgOption verbose_options[];
extern const ArgOption conflicts_options[];
extern const ArgOption backup_options[];
extern const ArgOption current_options[];
extern const ArgOption delete_options[];
extern const ArgOption ensure_version_options[];
extern const ArgOption graph_options[];
extern const ArgOption heads_options[];
extern const ArgOption history_options[];
extern const ArgOption init_options[];
extern const ArgOption log_options[];
extern const ArgOption merge_options[];
extern const ArgOption plan_options[];
extern const ArgOption preflight_options[];
extern const ArgOption recover_options[];
extern const ArgOption rehearse_options[];
extern const ArgOption rebase_options[];
extern const ArgOption review_options[];
extern const ArgOption revision_options[];
extern const ArgOption rollout_options[];
extern const ArgOption script_options[];
extern const ArgOption sql_options[];
extern const ArgOption stamp_options[];

COMMAND_RUN(backup);
COMMAND_RUN(branches);
COMMAND_RUN(check);
COMMAND_RUN(complete);
COMMAND_RUN(conflicts);
COMMAND_RUN(current);
COMMAND_RUN(delete);
COMMAND_RUN(diff);
COMMAND_RUN(downgrade);
COMMAND_RUN(edit);
COMMAND_RUN(ensure_version);
COMMAND_RUN(graph);
COMMAND_RUN(heads);
COMMAND_RUN(history);
COMMAND_RUN(init);
COMMAND_RUN(list_templates);
COMMAND_RUN(locks);
COMMAND_RUN(log);
COMMAND_RUN(manual);
COMMAND_RUN(merge);
COMMAND_RUN(plan);
COMMAND_RUN(preflight);
COMMAND_RUN(recover);
COMMAND_RUN(rehearse);
COMMAND_RUN(rebase);
COMMAND_RUN(review);
COMMAND_RUN(revision);
COMMAND_RUN(rollout);
COMMAND_RUN(show);
COMMAND_RUN(sql);
COMMAND_RUN(stamp);
COMMAND_RUN(upgrade);
COMMAND_RUN(where);
