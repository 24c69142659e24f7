# Manual pages: prose from the templates, commands, options, keys and settings from the program's own tables.
EXTRA_DIST += man/retort.1.in man/retort.5.in
man_MANS = man/retort.1 man/retort.5
CLEANFILES += man/retort.1 man/retort.5

man/retort.1: man/retort.1.in retort$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && LC_ALL=C ./retort$(EXEEXT) __manual $(srcdir)/man/retort.1.in >$@.tmp && mv $@.tmp $@
man/retort.5: man/retort.5.in retort$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && LC_ALL=C ./retort$(EXEEXT) __manual $(srcdir)/man/retort.5.in >$@.tmp && mv $@.tmp $@
