noinst_LIBRARIES += src/cli/libcli.a
src_cli_libcli_a_SOURCES = \
	src/cli/args.c src/cli/args.h \
	src/cli/chosen.c src/cli/chosen.h \
	src/cli/cli.c include/retort/cli/cli.h \
	src/cli/cmd_backup.c \
	src/cli/cmd_branches.c \
	src/cli/cmd_check.c \
	src/cli/cmd_complete.c \
	src/cli/cmd_conflicts.c \
	src/cli/cmd_current.c \
	src/cli/cmd_diff.c \
	src/cli/cmd_edit.c \
	src/cli/cmd_ensure_version.c \
	src/cli/cmd_graph.c \
	src/cli/cmd_heads.c \
	src/cli/cmd_history.c \
	src/cli/cmd_init.c \
	src/cli/cmd_locks.c \
	src/cli/cmd_log.c \
	src/cli/cmd_manual.c \
	src/cli/cmd_migrate.c \
	src/cli/cmd_plan.c \
	src/cli/cmd_rebase.c \
	src/cli/cmd_preflight.c \
	src/cli/cmd_recover.c \
	src/cli/cmd_rehearse.c \
	src/cli/cmd_review.c \
	src/cli/cmd_revision.c \
	src/cli/cmd_show.c \
	src/cli/cmd_rollout.c \
	src/cli/cmd_sql.c \
	src/cli/cmd_stamp.c \
	src/cli/cmd_where.c \
	src/cli/conflict_text.c src/cli/conflict_text.h \
	src/cli/commands.c src/cli/commands.h src/cli/command.h \
	src/cli/consent.c src/cli/consent.h \
	src/cli/graph_text.c src/cli/graph_text.h \
	src/cli/handover.c src/cli/handover.h \
	src/cli/help.c src/cli/help.h \
	src/cli/interrupted.c src/cli/interrupted.h \
	src/cli/journal_markdown.c src/cli/journal_text.c src/cli/journal_text.h \
	src/cli/json.c src/cli/json.h \
	src/cli/list.c src/cli/list.h \
	src/cli/lost.c src/cli/lost.h \
	src/cli/migrate.c src/cli/migrate.h \
	src/cli/migrate_run.c src/cli/migrate_run.h \
	src/cli/out.c src/cli/out.h \
	src/cli/pin.c src/cli/pin.h \
	src/cli/policy.c src/cli/policy.h \
	src/cli/position.c src/cli/position.h \
	src/cli/production.c src/cli/production.h \
	src/cli/refs.c src/cli/refs.h \
	src/cli/reviewed.c src/cli/reviewed.h \
	src/cli/screen.c src/cli/screen.h \
	src/cli/review_report.c src/cli/review_report.h src/cli/sql_file.c src/cli/sql_file.h src/cli/review_json.c src/cli/review_sarif.c \
	src/cli/review_text.c \
	src/cli/session.c src/cli/session.h \
	src/cli/supervised.c src/cli/supervised_json.c src/cli/supervised_text.c src/cli/supervised.h \
	src/cli/wrap.c

bin_PROGRAMS += retort
retort_SOURCES = src/cli/main.c
retort_LDADD = $(CLI_LIBS) $(CLI_EXT)
