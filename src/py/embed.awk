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
  gsub(/\\/, "\\\\")
  gsub(/"/, "\\\"")
  printf "        \"%s\\n\"\n", $0
}
END {
  finish()
  print "    {NULL, NULL},\n};"
}
