# Modules written in Python (lib/*.py; os.path.py is the module os.path) as a C table: awk -v table=NAME -f embed.awk FILE...
function finish()
{
  if (name != "")
    print "    },"
}
BEGIN {
  print "/* Made by embed.awk from lib/ (names and Python source). */"
  print "#include \"retort/py/interp.h\"\n"
  print "extern const PyLibrary " table "[];"
  print "const PyLibrary " table "[] = {"
}
FNR == 1 {
  finish()
  name = FILENAME
  sub(/^.*\//, "", name)
  sub(/\.py$/, "", name)
  printf "    {\n        \"%s\",\n        \"\"\n", name
}
{
  # gsub() treats backslashes differently from awk to awk
  text = ""
  for (i = 1; i <= length($0); i++) {
    c = substr($0, i, 1)
    text = text (c == "\\" || c == "\"" ? "\\" c : c)
  }
  printf "        \"%s\\n\"\n", text
}
END {
  finish()
  print "    {NULL, NULL},\n};"
}
