#!/bin/sh
# Random questions to the installed Alembic and to retort for a few seconds; skipped where there is no Alembic.
srcdir=${srcdir:-.}
for python in "${PYTHON3:-python3}" /usr/bin/python3; do
  if "$python" -c 'import alembic' 2>/dev/null; then
    exec "$python" "$srcdir/tests/history/diff_graph.py" tests/history/graph_answers --seconds "${DIFF_SECONDS:-3}"
  fi
done
echo "no Alembic installed"
exit 77
