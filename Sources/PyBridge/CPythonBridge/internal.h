// Shared by this target's .c files. Not public: it includes Python.h.

#ifndef REPL_KIT_CPYTHON_BRIDGE_INTERNAL_H
#define REPL_KIT_CPYTHON_BRIDGE_INTERNAL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "CPythonBridge.h"

/// Takes the pending exception, normalised and with its traceback, as a new reference.
void *cpb_take_error(void);

/// The value of a block that runs with the interpreter lock: `result` becomes what `expression` returns,
/// and a pending exception moves to `*error` when that is `failure`.
#define CPB_LOCKED(type, failure, expression)                  \
    do {                                                       \
        PyGILState_STATE state = PyGILState_Ensure();          \
        type result = (expression);                            \
        *error = result == (failure) ? cpb_take_error() : NULL; \
        PyGILState_Release(state);                             \
        return result;                                         \
    } while (0)

#define CPB_OBJECT(expression) CPB_LOCKED(void *, NULL, expression)
#define CPB_STATUS(expression) CPB_LOCKED(int, -1, expression)

/// Defines the module `_replkit_native`, which support.py uses. With the lock held.
int cpb_register_native_module(void);

#endif
