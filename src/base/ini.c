/* A ConfigParser of one's own: libinih, as distributions build it, takes inline comments and cuts long lines, both
 * of which change what alembic.ini means, and it knows neither interpolation nor duplicate options.
 */
#include "retort/base/ini.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"

/* ConfigParser's own limit on how deep %(name)s may lead. */
#define INTERPOLATION_DEPTH 10
/* Values that double at each of those levels stay bounded. */
#define INTERPOLATION_SIZE ((gsize)64 * 1024)

typedef struct {
  GString *value;
  guint line;
} IniEntry;

typedef struct {
  char *name;
  GPtrArray *keys;     /* char*, in file order, owned by entries */
  GHashTable *entries; /* char* -> IniEntry* */
} IniSection;

struct Ini {
  char *path;
  IniSection *defaults;
  GPtrArray *sections; /* IniSection* */
  GHashTable *by_name; /* the same */
};

typedef struct {
  Ini *ini;
  IniSection *section;
  IniEntry *entry; /* option that an indented line would continue */
  guint line;
  glong indent; /* in characters, of the line that started section or option */
} IniReader;

static void ini_entry_free(void *data)
{
  IniEntry *entry = data;

  g_string_free(entry->value, TRUE);
  g_free(entry);
}

static IniSection *ini_section_new(const char *name)
{
  IniSection *section = g_new0(IniSection, 1);

  section->name = g_strdup(name);
  section->keys = g_ptr_array_new();
  section->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ini_entry_free);
  return section;
}

static void ini_section_free(void *data)
{
  IniSection *section = data;

  g_free(section->name);
  g_ptr_array_free(section->keys, TRUE);
  g_hash_table_destroy(section->entries);
  g_free(section);
}

void ini_free(Ini *ini)
{
  if (!ini)
    return;
  g_free(ini->path);
  ini_section_free(ini->defaults);
  g_hash_table_destroy(ini->by_name);
  g_ptr_array_free(ini->sections, TRUE);
  g_free(ini);
}

/* Bytes of the white space (by Python's notion) at s; 0 when there is none. */
static gsize space_at(const char *s, const char *end)
{
  guchar c = (guchar)*s;

  if (c < 0x80)
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f);
  gunichar u = g_utf8_get_char_validated(s, end - s);
  if (u == (gunichar)-1 || u == (gunichar)-2)
    return 0;
  return u == 0x85 || g_unichar_isspace(u) ? (gsize)(g_utf8_next_char(s) - s) : 0;
}

static void strip(const char **start, const char **end)
{
  gsize n;

  while (*start < *end && (n = space_at(*start, *end)) > 0)
    *start += n;
  while (*start < *end) {
    const char *last = *end - 1;
    while (last > *start && ((guchar)*last & 0xc0) == 0x80)
      last--;
    if (space_at(last, *end) == 0)
      break;
    *end = last;
  }
}

static char *option_name(const char *start, const char *end)
{
  strip(&start, &end);
  g_autofree char *name = g_strndup(start, (gsize)(end - start));

  return g_utf8_validate(name, -1, NULL) ? g_utf8_strdown(name, -1) : g_ascii_strdown(name, -1);
}

static IniSection *find_section(const Ini *ini, const char *name)
{
  IniSection *section = g_hash_table_lookup(ini->by_name, name);

  return section ? section : strcmp(name, "DEFAULT") == 0 ? ini->defaults : NULL;
}

static void section_set(IniSection *section, const char *key, IniEntry *entry)
{
  if (!g_hash_table_contains(section->entries, key)) {
    char *owned = g_strdup(key);
    g_ptr_array_add(section->keys, owned);
    g_hash_table_insert(section->entries, owned, entry);
  } else {
    g_hash_table_insert(section->entries, g_strdup(key), entry);
    /* the table kept its old key, which keys still points at */
  }
}

static gboolean read_section(IniReader *reader, const char *start, const char *end, GError **error)
{
  Ini *ini = reader->ini;
  const char *close = end - 1;

  while (close > start && *close != ']')
    close--;
  g_autofree char *name = g_strndup(start + 1, (gsize)(close - start - 1));
  reader->entry = NULL;
  reader->section = find_section(ini, name);
  if (reader->section && reader->section != ini->defaults) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("%s:%u: the section [%s] is there twice"),
                ini->path, reader->line, name);
    return FALSE;
  }
  if (!reader->section) {
    reader->section = ini_section_new(name);
    g_ptr_array_add(ini->sections, reader->section);
    g_hash_table_insert(ini->by_name, reader->section->name, reader->section);
  }
  return TRUE;
}

static gboolean read_option(IniReader *reader, const char *start, const char *end, GError **error)
{
  Ini *ini = reader->ini;
  const char *separator = start;

  while (separator < end && *separator != '=' && *separator != ':')
    separator++;
  if (separator == end || separator == start) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                _("%s:%u: neither a [section] nor an \"option = value\""), ini->path, reader->line);
    return FALSE;
  }
  g_autofree char *key = option_name(start, separator);
  IniEntry *old = g_hash_table_lookup(reader->section->entries, key);
  if (old && old->line) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                _("%s:%u: the option \"%s\" is in [%s] already (line %u)"), ini->path, reader->line, key,
                reader->section->name, old->line);
    return FALSE;
  }
  const char *value = separator + 1;
  strip(&value, &end);
  IniEntry *entry = g_new0(IniEntry, 1);
  entry->value = g_string_new_len(value, end - value);
  entry->line = reader->line;
  section_set(reader->section, key, entry);
  reader->entry = entry;
  return TRUE;
}

static gboolean read_line(IniReader *reader, const char *start, const char *end, GError **error)
{
  const char *text = start;
  const char *stop = end;

  strip(&text, &stop);
  if (text == stop) {
    /* blank lines belong to the value; those at its end are taken off when all is read */
    if (reader->entry)
      g_string_append_c(reader->entry->value, '\n');
    return TRUE;
  }
  if (*text == '#' || *text == ';')
    return TRUE;
  glong indent = g_utf8_strlen(start, text - start);
  if (reader->entry && indent > reader->indent) {
    g_string_append_c(reader->entry->value, '\n');
    g_string_append_len(reader->entry->value, text, stop - text);
    return TRUE;
  }
  reader->indent = indent;
  /* "[]" names nothing and is read as an option, as ConfigParser does */
  if (*text == '[' && stop - text > 2 && memchr(text + 2, ']', (gsize)(stop - text - 2)))
    return read_section(reader, text, stop, error);
  if (!reader->section) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("%s:%u: an option before the first [section]"),
                reader->ini->path, reader->line);
    return FALSE;
  }
  return read_option(reader, text, stop, error);
}

static void trim_values(IniSection *section)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init(&iter, section->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    IniEntry *entry = value;
    const char *start = entry->value->str;
    const char *end = start + entry->value->len;
    const char *from = start;
    strip(&from, &end);
    g_string_truncate(entry->value, from < end ? (gsize)(end - start) : 0);
  }
}

static void set_defaults(Ini *ini, const char *const *defaults)
{
  for (; defaults && defaults[0]; defaults += 2) {
    g_autofree char *key = option_name(defaults[0], defaults[0] + strlen(defaults[0]));
    IniEntry *entry = g_new0(IniEntry, 1);
    entry->value = g_string_new(defaults[1]);
    /* a percent sign in a folder's name stands for itself */
    g_string_replace(entry->value, "%", "%%", 0);
    section_set(ini->defaults, key, entry);
  }
}

Ini *ini_parse(const char *path, const char *text, gsize len, const char *const *defaults, GError **error)
{
  g_autoptr(Ini) ini = g_new0(Ini, 1);
  IniReader reader = {.ini = ini};
  const char *end = text + len;

  const char *nul = memchr(text, '\0', len);
  ini->path = g_strdup(path);
  ini->defaults = ini_section_new("DEFAULT");
  ini->sections = g_ptr_array_new_with_free_func(ini_section_free);
  ini->by_name = g_hash_table_new(g_str_hash, g_str_equal);
  set_defaults(ini, defaults);
  if (nul) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("%s: a NUL byte: this is no text file"), path);
    return NULL;
  }
  for (const char *p = text; p < end;) {
    const char *stop = p;
    while (stop < end && *stop != '\n' && *stop != '\r')
      stop++;
    reader.line++;
    if (!read_line(&reader, p, stop, error))
      return NULL;
    if (stop + 1 < end && stop[0] == '\r' && stop[1] == '\n')
      stop++;
    p = stop + 1;
  }
  trim_values(ini->defaults);
  for (guint i = 0; i < ini->sections->len; i++)
    trim_values(ini->sections->pdata[i]);
  return g_steal_pointer(&ini);
}

static const IniEntry *find_entry(const Ini *ini, const char *section_name, const char *key)
{
  g_autofree char *name = option_name(key, key + strlen(key));
  IniSection *section = find_section(ini, section_name);
  const IniEntry *entry = section ? g_hash_table_lookup(section->entries, name) : NULL;

  if (section && !entry)
    entry = g_hash_table_lookup(ini->defaults->entries, name);
  return entry;
}

gboolean ini_has_section(const Ini *ini, const char *section)
{
  IniSection *found = find_section(ini, section);

  return found && found != ini->defaults;
}

gboolean ini_has_key(const Ini *ini, const char *section, const char *key)
{
  return find_entry(ini, section, key) != NULL;
}

const char *ini_get_raw(const Ini *ini, const char *section, const char *key)
{
  const IniEntry *entry = find_entry(ini, section, key);

  return entry ? entry->value->str : NULL;
}

guint ini_line(const Ini *ini, const char *section, const char *key)
{
  const IniEntry *entry = find_entry(ini, section, key);

  return entry ? entry->line : 0;
}

typedef struct {
  const Ini *ini;
  const char *section;
  const char *key;
  GString *out;
} Interpolation;

static gboolean interpolation_error(const Interpolation *in, GError **error, const char *reason)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("%s:%u: the option \"%s\" in [%s]: %s"),
              in->ini->path, ini_line(in->ini, in->section, in->key), in->key, in->section, reason);
  return FALSE;
}

static gboolean interpolate(Interpolation *in, const char *value, guint depth, GError **error);

/* p stands at "%(": appends what the name stands for and moves p behind it. */
static gboolean interpolate_name(Interpolation *in, const char **p, guint depth, GError **error)
{
  const char *name = *p + 2;
  const char *close = strchr(name, ')');

  /* the value itself stays out of messages: it may be a URL with a password */
  if (!close || close == name || close[1] != 's')
    return interpolation_error(in, error, _("a reference that is not of the form %(name)s"));
  g_autofree char *key = g_strndup(name, (gsize)(close - name));
  const IniEntry *entry = find_entry(in->ini, in->section, key);
  if (!entry) {
    g_autofree char *reason = g_strdup_printf(_("it refers to \"%s\", which is not set"), key);
    return interpolation_error(in, error, reason);
  }
  *p = close + 2;
  return interpolate(in, entry->value->str, depth + 1, error);
}

static gboolean interpolate(Interpolation *in, const char *value, guint depth, GError **error)
{
  if (depth > INTERPOLATION_DEPTH && strchr(value, '%'))
    return interpolation_error(in, error, _("references lead on for too long"));
  for (const char *p = value; *p;) {
    if (in->out->len > INTERPOLATION_SIZE)
      return interpolation_error(in, error, _("the value grows too long"));
    const char *percent = strchrnul(p, '%');
    g_string_append_len(in->out, p, percent - p);
    p = percent;
    if (!*p)
      break;
    if (p[1] == '%') {
      g_string_append_c(in->out, '%');
      p += 2;
    } else if (p[1] == '(') {
      if (!interpolate_name(in, &p, depth, error))
        return FALSE;
    } else {
      return interpolation_error(in, error, _("a single % (a percent sign is written %%)"));
    }
  }
  return TRUE;
}

char *ini_get(const Ini *ini, const char *section, const char *key, GError **error)
{
  const IniEntry *entry = find_entry(ini, section, key);
  g_autoptr(GString) out = NULL;

  if (!entry)
    return NULL;
  out = g_string_new(NULL);
  Interpolation in = {.ini = ini, .section = section, .key = key, .out = out};
  if (!interpolate(&in, entry->value->str, 1, error))
    return NULL;
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char **ini_sections(const Ini *ini)
{
  GStrvBuilder *builder = g_strv_builder_new();

  for (guint i = 0; i < ini->sections->len; i++)
    g_strv_builder_add(builder, ((IniSection *)ini->sections->pdata[i])->name);
  char **names = g_strv_builder_end(builder);
  g_strv_builder_unref(builder);
  return names;
}

char **ini_keys(const Ini *ini, const char *section_name)
{
  GStrvBuilder *builder = g_strv_builder_new();
  IniSection *section = find_section(ini, section_name);

  for (guint i = 0; section && i < section->keys->len; i++)
    g_strv_builder_add(builder, section->keys->pdata[i]);
  for (guint i = 0; section && section != ini->defaults && i < ini->defaults->keys->len; i++) {
    const char *key = ini->defaults->keys->pdata[i];
    if (!g_hash_table_contains(section->entries, key))
      g_strv_builder_add(builder, key);
  }
  char **keys = g_strv_builder_end(builder);
  g_strv_builder_unref(builder);
  return keys;
}
