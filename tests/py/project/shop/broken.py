this is = not python (
