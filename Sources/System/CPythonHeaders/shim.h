// Python's headers without its library: what an extension module is compiled against. The .c files that need
// them include <Python.h> themselves, for the stable ABI.
