#include <Python.h>
#include "CPythonBridge.h"
int cpb_version(void){return PY_VERSION_HEX;}
