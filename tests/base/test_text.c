#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "retort/base/text.h"

Test(text, escape_makes_what_a_terminal_obeys_visible)
{
  static const struct {
    const char *in;
    gboolean keep;
    const char *out;
  } cases[] = {
      {"plain äöü 漢字", FALSE, "plain äöü 漢字"},
      {"\x1b[31mred", FALSE, "^[[31mred"},
      {"a\nb\tc", FALSE, "a^Jb^Ic"},
      {"a\nb\tc", TRUE, "a\nb\tc"},
      {"a\rb", TRUE, "a^Mb"},
      {"del\x7f", FALSE, "del^?"},
      {"\xc2\x9b"
       "31m",
       FALSE, "\\x9b31m"},
      {"bad\xff\xfe", FALSE, "bad\\xff\\xfe"},
      {"cut\xe2\x82", FALSE, "cut\\xe2\\x82"},
      {"user\xe2\x80\xae"
       "gnp.exe",
       FALSE, "user<U+202E>gnp.exe"},
      {"bom\xef\xbb\xbf", FALSE, "bom<U+FEFF>"},
      {"", FALSE, ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *out = text_escape(cases[i].in, -1, cases[i].keep);
    cr_expect_str_eq(out, cases[i].out, "case %zu: got \"%s\", expected \"%s\"", i, out, cases[i].out);
  }
}

Test(text, escape_stops_at_the_given_length)
{
  g_autofree char *out = text_escape("abcdef", 3, FALSE);
  cr_assert_str_eq(out, "abc", "got \"%s\"", out);
}

Test(text, clip_counts_columns_not_bytes)
{
  static const struct {
    const char *in;
    int columns;
    gboolean ascii;
    const char *out;
  } cases[] = {
      {"short", 10, FALSE, "short"},
      {"exactly", 7, FALSE, "exactly"},
      {"too long", 5, FALSE, "too …"},
      {"too long", 5, TRUE, "too ~"},
      {"漢字漢字", 5, FALSE, "漢字…"},
      {"漢字漢字", 6, FALSE, "漢字…"},
      {"x", 0, FALSE, ""},
      {"é́xyz", 3, FALSE, "é́x…"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *out = text_clip(cases[i].in, cases[i].columns, cases[i].ascii);
    cr_expect_str_eq(out, cases[i].out, "case %zu: got \"%s\", expected \"%s\"", i, out, cases[i].out);
    cr_expect(text_width(out) <= MAX(cases[i].columns, 0), "case %zu: \"%s\" is too wide", i, out);
  }
}

Test(text, durations_ages_sizes_and_counts_are_short)
{
  static const struct {
    double seconds;
    const char *out;
  } durations[] = {{-1, "0.0 s"},  {1.29, "1.2 s"},   {9.99, "9.9 s"},   {10, "10 s"},
                   {59.9, "59 s"}, {250, "4 m 10 s"}, {7500, "2 h 05 m"}};
  for (gsize i = 0; i < G_N_ELEMENTS(durations); i++) {
    g_autofree char *out = text_duration(durations[i].seconds);
    cr_expect_str_eq(out, durations[i].out, "%g: got \"%s\"", durations[i].seconds, out);
  }
  static const struct {
    gint64 age;
    const char *out;
  } ages[] = {{0, "0s"},         {59, "59s"},        {300, "5m"},          {5 * 3600, "5h"},
              {2 * 86400, "2d"}, {21 * 86400, "3w"}, {120 * 86400, "4mo"}, {800 * 86400, "2y"},
              {-50, "0s"}};
  for (gsize i = 0; i < G_N_ELEMENTS(ages); i++) {
    g_autofree char *out = text_age(1000000000 - ages[i].age, 1000000000);
    cr_expect_str_eq(out, ages[i].out, "%" G_GINT64_FORMAT ": got \"%s\"", ages[i].age, out);
  }
  static const struct {
    guint64 bytes;
    const char *out;
  } sizes[] = {{0, "0 B"}, {900, "900 B"}, {8192, "8.0 kB"}, {41ull << 20, "41 MB"}, {12ull << 30, "12 GB"}};
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
    g_autofree char *out = text_size(sizes[i].bytes);
    cr_expect_str_eq(out, sizes[i].out, "%" G_GUINT64_FORMAT ": got \"%s\"", sizes[i].bytes, out);
  }
  g_autofree char *few = text_count(17), *many = text_count(3210), *most = text_count(41000000);
  cr_expect_str_eq(few, "17", "got \"%s\"", few);
  cr_expect_str_eq(many, "3.2k", "got \"%s\"", many);
  cr_expect_str_eq(most, "41M", "got \"%s\"", most);
}

Test(text, nearest_suggests_only_what_is_near)
{
  static const char *const words[] = {"upgrade", "downgrade", "heads", "history", NULL};
  cr_expect_str_eq(text_nearest("upgarde", words), "upgrade");
  cr_expect_str_eq(text_nearest("heads", words), "heads");
  cr_expect_str_eq(text_nearest("head", words), "heads");
  cr_expect_null(text_nearest("frobnicate", words));
}
