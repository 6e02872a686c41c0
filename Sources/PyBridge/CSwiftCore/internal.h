// Shared by this target's .c files.

#ifndef REPL_KIT_CSWIFTCORE_INTERNAL_H
#define REPL_KIT_CSWIFTCORE_INTERNAL_H

// The stable ABI of CPython 3.11, the first that has the buffer protocol.
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "CSwiftCore.h"

/// What the Python half (package.py) made for each definition; guarded by the interpreter lock.
PyObject *_Nullable swiftcore_tuple_type(int32_t index);
/// The memory type, made when the module is.
int swiftcore_prepare_memory(void);
/// numpy.asarray, or None where NumPy cannot be imported; borrowed.
PyObject *_Nullable swiftcore_numpy_asarray(void);

#endif
