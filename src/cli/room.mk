noinst_LIBRARIES += src/cli/libcli.a
src_cli_libcli_a_SOURCES =

bin_PROGRAMS += src/cli/retort
src_cli_retort_SOURCES = src/cli/main.c
src_cli_retort_LDADD = $(CLI_LIBS) $(CLI_EXT)
