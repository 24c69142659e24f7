/* Inside the room: the standard modules that are known here, one table each. */
#pragma once

#include "retort/py/host.h"

extern const PyModuleDef py_module_datetime;
extern const PyModuleDef py_module_uuid;
extern const PyModuleDef py_module_json;
extern const PyModuleDef py_module_decimal;
extern const PyModuleDef py_module_re;
extern const PyModuleDef py_module_textwrap;
extern const PyModuleDef py_module_base64;
extern const PyModuleDef py_module_hashlib;
extern const PyModuleDef py_module_enum;
extern const PyModuleDef py_module_math;
extern const PyModuleDef py_module_retort;
extern const PyModuleDef py_module_typing;
extern const PyModuleDef py_module_typing_extensions;
extern const PyModuleDef py_module_collections_abc;
extern const PyModuleDef py_module_builtins;

/* files.c: the text of a file, as open() and read_text() give it (encoding NULL: UTF-8); unknown when it may not be read
 * or is something else.  The runtime remembers what it was, see py_files_unchanged(). */
PyValue py_read_file(PyInterp *interp, const char *path, const char *encoding);
gboolean py_data_files_unchanged(PyRuntime *runtime);
