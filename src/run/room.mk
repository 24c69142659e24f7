noinst_LIBRARIES += src/run/librun.a
src_run_librun_a_SOURCES = \
	src/run/answers.c include/retort/run/answers.h \
	src/run/alembic.c include/retort/run/alembic.h \
	src/run/aftermath.c src/run/aftermath_objects.c src/run/aftermath-private.h include/retort/run/aftermath.h \
	src/run/backup.c include/retort/run/backup.h \
	src/run/brake.c include/retort/run/brake.h \
	src/run/child.c src/run/child.h \
	src/run/client.c src/run/client.h \
	src/run/engine.c src/run/engine_command.c include/retort/run/engine.h \
	src/run/fallback.c include/retort/run/fallback.h \
	src/run/inspect.c include/retort/run/inspect.h src/run/applied.c src/run/applied.h \
	src/run/journal.c include/retort/run/journal.h \
	src/run/lost.c include/retort/run/lost.h \
	src/run/losses.c include/retort/run/losses.h \
	src/run/monitor.c include/retort/run/monitor.h \
	src/run/mutex.c include/retort/run/mutex.h \
	src/run/proof.c include/retort/run/proof.h \
	src/run/scratch.c include/retort/run/scratch.h \
	src/run/touched.c include/retort/run/touched.h \
	src/run/pinned.c src/run/pinned_compare.c src/run/pinned_file.c src/run/pinned_text.c src/run/pinned-private.h include/retort/run/pinned.h \
	src/run/policy.c include/retort/run/policy.h \
	src/run/standing.c include/retort/run/standing.h \
	src/run/preflight_plan.c include/retort/run/preflight_plan.h \
	src/run/preflight.c src/run/preflight_checks.c src/run/preflight-private.h include/retort/run/preflight.h \
	src/run/supervise.c src/run/supervise_start.c src/run/supervise_steps.c src/run/supervise_engine.c src/run/supervise_watch.c \
	src/run/supervise_repair.c src/run/supervise_prepare.c src/run/supervise_verify.c src/run/supervise_record.c src/run/supervise-private.h \
	include/retort/run/supervise.h \
	src/run/recovery.c include/retort/run/recovery.h \
	src/run/rehearse.c src/run/rehearse_stage.c src/run/rehearse-private.h include/retort/run/rehearse.h \
	src/run/repair.c include/retort/run/repair.h \
	src/run/rollout.c src/run/rollout_start.c src/run/rollout_end.c src/run/rollout_program.c src/run/rollout-private.h \
	src/run/rollout_journal.c src/run/rollout_journal.h include/retort/run/rollout.h
