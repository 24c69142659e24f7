#include "retort/base/error.h"

G_DEFINE_QUARK(retort - error, retort_error)
