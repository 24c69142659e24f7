/* The list of standard modules written in C. */
#include "modules.h"
#include "object.h"

static const PyModuleDef *const standard_modules[] = {
    &py_module_base64,
    &py_module_builtins,
    &py_module_collections_abc,
    &py_module_datetime,
    &py_module_decimal,
    &py_module_enum,
    &py_module_hashlib,
    &py_module_json,
    &py_module_math,
    &py_module_re,
    &py_module_retort,
    &py_module_textwrap,
    &py_module_typing,
    &py_module_typing_extensions,
    &py_module_uuid,
};

void py_add_standard_modules(PyRuntime *runtime)
{
  for (gsize i = 0; i < G_N_ELEMENTS(standard_modules); i++)
    py_runtime_add_module(runtime, standard_modules[i]);
}

gboolean py_is_standard(const PyModuleDef *module)
{
  for (gsize i = 0; i < G_N_ELEMENTS(standard_modules); i++)
    if (standard_modules[i] == module)
      return TRUE;
  return FALSE;
}
