/* From a module's bindings to a Revision. */
#include "retort/history/revision.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"
#include "revision-private.h"
#include "revision_module.h"

/* How much of an expression a message quotes. */
#define QUOTE_COLUMNS 60

void revision_fault_clear(RevisionFault *fault)
{
  g_clear_pointer(&fault->text, g_free);
  g_clear_pointer(&fault->id, g_free);
}

gboolean revision_file_name(const char *name)
{
  return g_str_has_suffix(name, ".py") && !g_str_has_prefix(name, ".#") &&
         !g_str_has_prefix(name, "__init__");
}

static gboolean G_GNUC_PRINTF(4, 5)
    set_fault(RevisionFault *fault, guint line, int code, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  fault->line = line;
  fault->code = code;
  fault->text = g_strdup_vprintf(format, args);
  va_end(args);
  return FALSE;
}

/* Says that only Python knows a value, and how it is written. */
static gboolean computed(const Binding *binding, const char *name, RevisionFault *fault)
{
  if (binding->kind != BINDING_VALUE || !binding->value)
    return set_fault(fault, binding->line, RETORT_ERROR_FILE,
                     _("\"%s\" is not set by a plain assignment; only Python knows its value"), name);
  g_autofree char *source = g_strndup(binding->value, (gsize)(binding->value_end - binding->value));
  g_strstrip(g_strdelimit(source, "\n", ' '));
  if (!*source)
    return set_fault(fault, binding->line, RETORT_ERROR_FILE, _("nothing is assigned to \"%s\""), name);
  g_autofree char *shown = text_clip(source, QUOTE_COLUMNS, FALSE);
  return set_fault(fault, binding->line, RETORT_ERROR_FILE,
                   _("\"%s\" is computed (%s); only Python knows its value"), name, shown);
}

static gboolean wrong_type(const Binding *binding, const char *name, RevisionFault *fault)
{
  return set_fault(fault, binding->line, RETORT_ERROR_TRACEBACK,
                   _("\"%s\" is neither a string nor a sequence of strings nor None"), name);
}

/* Python's module name of a bare hexadecimal file name, which Alembic takes for the id. */
static char *id_from_name(const char *path)
{
  g_autofree char *name = g_path_get_basename(path);
  gsize n = strspn(name, "abcdef0123456789");

  return n > 0 && strcmp(name + n, ".py") == 0 ? g_strndup(name, n) : NULL;
}

static gboolean read_id(const Module *module, Revision *revision, RevisionFault *fault)
{
  const Binding *binding = module_binding(module, "revision");
  Literal literal;

  if (!binding) {
    revision->id = id_from_name(revision->path);
    if (revision->id)
      return TRUE;
    g_autofree char *name = g_path_get_basename(revision->path);
    /* Alembic's own words, which scripts may look for: not translated */
    return set_fault(fault, 0, RETORT_ERROR_COMMAND,
                     "Could not determine revision id from filename %s. Be sure the 'revision' variable is "
                     "declared inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the "
                     "documentation).",
                     name);
  }
  if (!module_literal(module, binding, &literal))
    return computed(binding, "revision", fault);
  gboolean good =
      literal.kind == LITERAL_STRING && memchr(literal.string->str, 0, literal.string->len) == NULL;
  if (good)
    revision->id = g_strndup(literal.string->str, literal.string->len);
  literal_clear(&literal);
  return good || set_fault(fault, binding->line, RETORT_ERROR_TRACEBACK, _("\"revision\" is not a string"));
}

static char **to_strv(Literal *literal, gboolean *scalar)
{
  char **names;

  *scalar = literal->kind == LITERAL_STRING;
  if (literal->kind == LITERAL_STRING) {
    names = g_new0(char *, 2);
    names[0] = g_string_free(g_steal_pointer(&literal->string), FALSE);
  } else if (literal->kind == LITERAL_SEQUENCE) {
    g_ptr_array_add(literal->items, NULL);
    names = (char **)g_ptr_array_free(g_steal_pointer(&literal->items), FALSE);
  } else {
    names = g_new0(char *, 1);
  }
  return names;
}

/* A name that stands for ids or labels.  required: the file must set it. */
static gboolean read_names(const Module *module, const char *name, gboolean required, char ***names,
                           gboolean *scalar, guint *line, RevisionFault *fault)
{
  const Binding *binding = module_binding(module, name);
  Literal literal = {0};

  *line = binding ? binding->line : 0;
  if (!binding && required)
    return set_fault(fault, 0, RETORT_ERROR_TRACEBACK, _("the file does not set \"%s\""), name);
  if (binding && !module_literal(module, binding, &literal))
    return computed(binding, name, fault);
  if (literal.kind == LITERAL_BOOLEAN || literal.kind == LITERAL_NUMBER) {
    literal_clear(&literal);
    return wrong_type(binding, name, fault);
  }
  *names = to_strv(&literal, scalar);
  literal_clear(&literal);
  return TRUE;
}

static gboolean read_names_of(const Module *module, Revision *revision, RevisionFault *fault)
{
  gboolean scalar;
  gboolean ignored;
  guint line;

  if (!read_names(module, "down_revision", TRUE, &revision->down_revision, &scalar,
                  &revision->down_revision_line, fault) ||
      !read_names(module, "branch_labels", FALSE, &revision->branch_labels, &ignored, &line, fault) ||
      !read_names(module, "depends_on", FALSE, &revision->depends_on, &ignored, &line, fault))
    return FALSE;
  revision->down_revision_is_scalar = scalar;
  /* down_revision = '' is a base */
  if (scalar && revision->down_revision[0][0] == '\0') {
    g_clear_pointer(&revision->down_revision[0], g_free);
    revision->down_revision_is_scalar = FALSE;
  }
  return TRUE;
}

static gsize space_at(const char *p)
{
  gunichar c = g_utf8_get_char(p);
  gboolean space = c < 0x80 ? c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f)
                            : c == 0x85 || g_unichar_isspace(c);

  return space ? (gsize)(g_utf8_next_char(p) - p) : 0;
}

/* Python's str.strip(). */
static char *strip(const char *text)
{
  const char *end = text + strlen(text);

  for (gsize n; *text && (n = space_at(text)) > 0;)
    text += n;
  while (end > text) {
    const char *last = g_utf8_prev_char(end);
    if (space_at(last) == 0)
      break;
    end = last;
  }
  return g_strndup(text, (gsize)(end - text));
}

/* The text behind "Create Date:" at the start of a line. */
static char *find_create_date(const char *doc)
{
  static const char mark[] = "Create Date:";

  for (const char *line = doc; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    while (*line == ' ' || *line == '\t')
      line++;
    if (strncmp(line, mark, sizeof mark - 1) == 0) {
      g_autofree char *rest = g_strndup(line + sizeof mark - 1, strcspn(line + sizeof mark - 1, "\n"));
      return strip(rest);
    }
  }
  return NULL;
}

static void read_doc(const Module *module, Revision *revision)
{
  const Binding *binding = module_binding(module, "__doc__");
  Literal literal = {0};
  gboolean found = binding ? module_literal(module, binding, &literal) : module_docstring(module, &literal);

  revision->long_doc = strip(found && literal.kind == LITERAL_STRING ? literal.string->str : "");
  literal_clear(&literal);
  const char *blank = strstr(revision->long_doc, "\n\n");
  revision->doc = blank ? g_strndup(revision->long_doc, (gsize)(blank - revision->long_doc))
                        : g_strdup(revision->long_doc);
  revision->create_date = find_create_date(revision->long_doc);
}

Revision *revision_scan(const char *path, const char *imports_from, const char *data, gsize len,
                        GArray *bindings, RevisionFault *fault)
{
  g_autoptr(Revision) revision = g_new0(Revision, 1);
  g_autoptr(GArray) own = bindings ? NULL : g_array_new(FALSE, FALSE, sizeof(Binding));
  g_autofree char *owned = NULL;
  Module module = {.path = imports_from};
  const char *reason;
  gsize size;

  *fault = (RevisionFault){.code = RETORT_ERROR_TRACEBACK};
  revision->path = g_strdup(path);
  const char *text = module_text(data, len, &size, &owned, &fault->line, &fault->text);
  if (!text)
    return NULL;
  if (bindings)
    g_array_set_size(bindings, 0);
  if (!module_scan(&module, text, size, bindings ? bindings : own, &fault->line, &reason)) {
    fault->text = g_strdup(reason);
    return NULL;
  }
  if (!read_id(&module, revision, fault) || !read_names_of(&module, revision, fault)) {
    fault->id = g_strdup(revision->id);
    return NULL;
  }
  read_doc(&module, revision);
  revision->compiles_line = revision_compiles_line(text, size);
  return g_steal_pointer(&revision);
}

Revision *revision_parse(const char *path, const char *text, gsize len, GError **error)
{
  RevisionFault fault;
  Revision *revision = revision_scan(path, path, text, len, NULL, &fault);

  if (!revision && fault.line)
    g_set_error(error, RETORT_ERROR, fault.code, "%s:%u: %s", path, fault.line, fault.text);
  else if (!revision && fault.code == RETORT_ERROR_COMMAND)
    g_set_error_literal(error, RETORT_ERROR, fault.code, fault.text);
  else if (!revision)
    g_set_error(error, RETORT_ERROR, fault.code, "%s: %s", path, fault.text);
  revision_fault_clear(&fault);
  return revision;
}

Revision *revision_read(const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  FileStamp stamp;
  gsize len;
  g_autofree char *data = file_read(absolute, FILE_LIMIT, &len, &stamp, error);
  Revision *revision = data ? revision_parse(absolute, data, len, error) : NULL;

  if (revision)
    revision->stamp = stamp;
  return revision;
}

Revision *revision_copy(const Revision *revision)
{
  Revision *copy = g_new0(Revision, 1);

  copy->id = g_strdup(revision->id);
  copy->path = g_strdup(revision->path);
  copy->down_revision = g_strdupv(revision->down_revision);
  copy->depends_on = g_strdupv(revision->depends_on);
  copy->branch_labels = g_strdupv(revision->branch_labels);
  copy->down_revision_is_scalar = revision->down_revision_is_scalar;
  copy->doc = g_strdup(revision->doc);
  copy->long_doc = g_strdup(revision->long_doc);
  copy->create_date = g_strdup(revision->create_date);
  copy->down_revision_line = revision->down_revision_line;
  copy->compiles_line = revision->compiles_line;
  copy->stamp = revision->stamp;
  return copy;
}

void revision_free(Revision *revision)
{
  if (!revision)
    return;
  GPtrArray **arrays[] = {&revision->down,     &revision->deps,   &revision->normalized_deps, &revision->next,
                          &revision->all_next, &revision->labels, &revision->parents};
  for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_clear_pointer(arrays[i], g_ptr_array_unref);
  g_free(revision->id);
  g_free(revision->path);
  g_strfreev(revision->down_revision);
  g_strfreev(revision->depends_on);
  g_strfreev(revision->branch_labels);
  g_free(revision->doc);
  g_free(revision->long_doc);
  g_free(revision->create_date);
  g_free(revision);
}
