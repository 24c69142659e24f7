# The modules written in Python (lib/*.py; os.path.py is the module os.path) as a C table.
function finish()
{
  if (name != "")
    print "    },"
}
BEGIN {
  print "/* Made by embed.awk from lib/ (names and Python source). */"
  print "#include \"object.h\"\n"
  print "const PyLibrary py_library[] = {"
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
