/* Stacks for generators: each runs on its own and is switched to and fro. */
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <glib/gi18n.h>

#include "object.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

struct Coroutine {
  ucontext_t context, caller;
  char *stack;
  void (*run)(PyInterp *interp, void *data);
  void *data;
  PyInterp *interp;
  char *saved_limit;
#ifdef WITH_ASAN
  void *fake_inside, *fake_outside;
  const void *outside_bottom;
  size_t outside_size;
#endif
};

/* Tell the address sanitizer which stack is next; nothing otherwise. */
static void before_switch(Coroutine *c, gboolean inwards, gboolean last)
{
#ifdef WITH_ASAN
  if (inwards)
    __sanitizer_start_switch_fiber(&c->fake_outside, c->stack, PY_GENERATOR_STACK);
  else
    __sanitizer_start_switch_fiber(last ? NULL : &c->fake_inside, c->outside_bottom, c->outside_size);
#else
  (void)c;
  (void)inwards;
  (void)last;
#endif
}

static void after_switch(Coroutine *c, gboolean inside)
{
#ifdef WITH_ASAN
  if (inside)
    __sanitizer_finish_switch_fiber(c->fake_inside, &c->outside_bottom, &c->outside_size);
  else
    __sanitizer_finish_switch_fiber(c->fake_outside, NULL, NULL);
#else
  (void)c;
  (void)inside;
#endif
}

/* makecontext() passes ints only. */
static void entry(guint high, guint low)
{
  Coroutine *c = (Coroutine *)(guintptr)((guint64)high << 32 | low);
  after_switch(c, TRUE);
  c->run(c->interp, c->data);
  coroutine_switch_out(c->interp, c, TRUE);
}

static char *take_stack(PyInterp *interp)
{
  if (interp->stacks && interp->stacks->len)
    return g_ptr_array_steal_index_fast(interp->stacks, interp->stacks->len - 1);
  void *stack = mmap(NULL, PY_GENERATOR_STACK, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED)
    return NULL;
  mprotect(stack, (gsize)sysconf(_SC_PAGESIZE), PROT_NONE); /* should the depth check ever be wrong */
  return stack;
}

static void free_stack(gpointer stack)
{
#ifdef WITH_ASAN
  ASAN_UNPOISON_MEMORY_REGION(stack, PY_GENERATOR_STACK); /* the address may be somebody else's soon */
#endif
  munmap(stack, PY_GENERATOR_STACK);
}

/* On its own, as getcontext() returns twice in the compiler's eyes. */
static void prepare(Coroutine *c)
{
  guint64 address = (guint64)(guintptr)c;
  getcontext(&c->context);
  c->context.uc_stack.ss_sp = c->stack;
  c->context.uc_stack.ss_size = PY_GENERATOR_STACK;
  c->context.uc_link = NULL;
  makecontext(&c->context, (void (*)(void))entry, 2, (guint)(address >> 32), (guint)address);
}

Coroutine *coroutine_new(PyInterp *interp, void (*run)(PyInterp *interp, void *data), void *data)
{
  if (!interp->coroutines)
    interp->coroutines = g_ptr_array_new();
  char *stack = interp->coroutines->len < PY_MAX_GENERATORS ? take_stack(interp) : NULL;
  if (!stack) {
    py_exhausted(interp, _("it starts too many generators"));
    return NULL;
  }
  Coroutine *c = new0(interp, Coroutine);
  c->stack = stack;
  c->run = run;
  c->data = data;
  c->interp = interp;
  g_ptr_array_add(interp->coroutines, c);
  prepare(c);
  return c;
}

/* What is left at the low end for natives and signal handlers when a generator is stopped for going too deep. */
#define STACK_MARGIN ((gsize)64 * 1024)

void coroutine_switch_in(PyInterp *interp, Coroutine *c)
{
  c->saved_limit = interp->stack_limit;
  interp->stack_limit = c->stack + STACK_MARGIN;
  before_switch(c, TRUE, FALSE);
  swapcontext(&c->caller, &c->context);
  after_switch(c, FALSE);
  interp->stack_limit = c->saved_limit;
}

void coroutine_switch_out(PyInterp *interp, Coroutine *c, gboolean last)
{
  if (last) {
    g_ptr_array_remove_fast(interp->coroutines, c);
    if (!interp->stacks)
      interp->stacks = g_ptr_array_new_with_free_func(free_stack);
    g_ptr_array_add(interp->stacks, c->stack);
  }
  before_switch(c, FALSE, last);
  swapcontext(&c->context, &c->caller);
  after_switch(c, TRUE);
}

void coroutines_free(PyInterp *interp)
{
  for (guint i = 0; interp->coroutines && i < interp->coroutines->len; i++)
    free_stack(((Coroutine *)interp->coroutines->pdata[i])->stack);
  g_clear_pointer(&interp->coroutines, g_ptr_array_unref);
  g_clear_pointer(&interp->stacks, g_ptr_array_unref);
}
