#ifndef REPL_KIT_COPENBLAS_H
#define REPL_KIT_COPENBLAS_H
#include <cblas.h>
#include <lapacke.h>
#include "typed.h"
#endif
