// The process that runs cells. It holds nothing itself: it opens the library that has Core, PyBridge and
// the notebook's runtime with global visibility, so that cells opened later find every symbol there and
// the process has one copy of each.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: repl-kit-worker PATH-OF-libReplKitLibrary.so (started by repl-kit)\n");
        return 64;
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        fprintf(stderr, "repl-kit-worker: cannot open %s: %s\n", argv[1], dlerror());
        return 70;
    }
    int (*run)(void);
    void *symbol = dlsym(library, "repl_kit_worker_main");
    if (!symbol) {
        fprintf(stderr, "repl-kit-worker: %s has no repl_kit_worker_main\n", argv[1]);
        return 70;
    }
    memcpy(&run, &symbol, sizeof run);
    return run();
}
