#include "retort/base/error.h"

typedef struct {
  void *details;
  RetortDetailsRef ref;
  GDestroyNotify unref;
} RetortErrorPrivate;

static void retort_error_private_init(RetortErrorPrivate *priv)
{
  priv->details = NULL;
}

static void retort_error_private_copy(const RetortErrorPrivate *from, RetortErrorPrivate *to)
{
  *to = *from;
  if (to->details != NULL)
    to->details = to->ref(to->details);
}

static void retort_error_private_clear(RetortErrorPrivate *priv)
{
  if (priv->details != NULL)
    priv->unref(priv->details);
}

G_DEFINE_EXTENDED_ERROR(RetortError, retort_error)

void retort_error_attach(GError *error, void *details, RetortDetailsRef ref, GDestroyNotify unref)
{
  g_return_if_fail(error->domain == RETORT_ERROR);
  RetortErrorPrivate *priv = retort_error_get_private(error);
  retort_error_private_clear(priv);
  *priv = (RetortErrorPrivate){details, ref, unref};
}

const void *retort_error_details(const GError *error)
{
  return error != NULL && error->domain == RETORT_ERROR ? retort_error_get_private(error)->details : NULL;
}
