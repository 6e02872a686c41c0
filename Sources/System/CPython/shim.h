#ifndef REPL_KIT_CPYTHON_H
#define REPL_KIT_CPYTHON_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#endif
