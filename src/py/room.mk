noinst_LIBRARIES += src/py/libpy.a
src_py_libpy_a_SOURCES = \
	include/retort/py/ast.h \
	include/retort/py/host.h \
	include/retort/py/interp.h \
	include/retort/py/lexer.h \
	include/retort/py/parser.h \
	include/retort/py/value.h \
	src/py/bigint.h \
	src/py/mod_datetime.h \
	src/py/modules.h \
	src/py/object.h \
	src/py/parser-private.h \
	src/py/arguments.c \
	src/py/attributes.c \
	src/py/bigint.c \
	src/py/builder.c \
	src/py/builtins.c \
	src/py/builtins_iter.c \
	src/py/calls.c \
	src/py/classes.c \
	src/py/compare.c \
	src/py/construct.c \
	src/py/container_methods.c \
	src/py/coroutine.c \
	src/py/dict.c \
	src/py/dict_views.c \
	src/py/enums.c \
	src/py/errors.c \
	src/py/eval_call.c \
	src/py/eval_class.c \
	src/py/eval_expr.c \
	src/py/eval_match.c \
	src/py/eval_name.c \
	src/py/eval_stmt.c \
	src/py/eval_try.c \
	src/py/format.c \
	src/py/generator.c \
	src/py/interp.c \
	src/py/items.c \
	src/py/iterate.c \
	src/py/lexer.c \
	src/py/mod_datetime.c \
	src/py/mod_datetime_delta.c \
	src/py/mod_datetime_text.c \
	src/py/mod_decimal.c \
	src/py/mod_json.c \
	src/py/mod_math.c \
	src/py/mod_re.c \
	src/py/files.c \
	src/py/mod_retort.c \
	src/py/mod_text.c \
	src/py/mod_typing.c \
	src/py/mod_uuid.c \
	src/py/modules.c \
	src/py/numbers.c \
	src/py/operators.c \
	src/py/parse_atom.c \
	src/py/parse_compound.c \
	src/py/parse_expr.c \
	src/py/parse_literal.c \
	src/py/parse_match.c \
	src/py/parse_stmt.c \
	src/py/parser.c \
	src/py/repr.c \
	src/py/runtime.c \
	src/py/signature.c \
	src/py/source.c \
	src/py/standard.c \
	src/py/str_methods.c \
	src/py/str_parts.c \
	src/py/strformat.c \
	src/py/text.c \
	src/py/tree.c \
	src/py/value_methods.c \
	src/py/values.c
nodist_src_py_libpy_a_SOURCES = src/py/library.c
src_py_libpy_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src/py

# Standard modules that need no C are written in Python and compiled in as text.
PY_LIBRARY = \
	src/py/lib/__future__.py \
	src/py/lib/_namedtuple.py \
	src/py/lib/abc.py \
	src/py/lib/collections.py \
	src/py/lib/contextlib.py \
	src/py/lib/copy.py \
	src/py/lib/dataclasses.py \
	src/py/lib/functools.py \
	src/py/lib/io.py \
	src/py/lib/itertools.py \
	src/py/lib/logging.config.py \
	src/py/lib/logging.py \
	src/py/lib/loguru.py \
	src/py/lib/operator.py \
	src/py/lib/os.path.py \
	src/py/lib/os.py \
	src/py/lib/oslo_log.log.py \
	src/py/lib/pathlib.py \
	src/py/lib/random.py \
	src/py/lib/secrets.py \
	src/py/lib/string.py \
	src/py/lib/structlog.py \
	src/py/lib/sys.py \
	src/py/lib/time.py \
	src/py/lib/tqdm.py \
	src/py/lib/types.py \
	src/py/lib/warnings.py
src/py/library.c: $(PY_LIBRARY) src/py/embed.awk
	$(AM_V_GEN)$(MKDIR_P) src/py && for f in $(PY_LIBRARY); do echo $(srcdir)/$$f; done \
	  | xargs $(AWK) -v table=py_library -f $(srcdir)/src/py/embed.awk > $@.tmp && mv $@.tmp $@
EXTRA_DIST += $(PY_LIBRARY) src/py/embed.awk
CLEANFILES += src/py/library.c
