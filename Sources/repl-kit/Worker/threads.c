// Counts this process's threads by the library that made them. The loader finds this pthread_create before
// the C library's, whoever calls it: a checkpoint has to know which threads it would lose.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    void *(*start)(void *);
    void *argument;
} Start;

static atomic_int made_by_dispatch;
static atomic_int others_alive;

static void ended(void *unused) {
    (void)unused;
    atomic_fetch_sub(&others_alive, 1);
}

static void *counted(void *pointer) {
    Start start = *(Start *)pointer;
    free(pointer);
    void *result;
    pthread_cleanup_push(ended, NULL);
    result = start.start(start.argument);
    pthread_cleanup_pop(1);
    return result;
}

__attribute__((visibility("default"))) int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    static int (*original)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!original) {
        void *symbol = dlsym(RTLD_NEXT, "pthread_create");
        memcpy(&original, &symbol, sizeof original);
    }
    Dl_info caller;
    const char *library = dladdr(__builtin_return_address(0), &caller) && caller.dli_fname ? caller.dli_fname : "";
    // The worker's own threads and those of the linear algebra are made anew after a fork.
    if (strstr(library, "libReplKitLibrary") || strstr(library, "blas")) return original(thread, attributes, start, argument);
    if (strstr(library, "libdispatch") || strstr(library, "libgomp")) {
        atomic_fetch_add(&made_by_dispatch, 1);
        return original(thread, attributes, start, argument);
    }
    Start *counting = malloc(sizeof *counting);
    if (!counting) return EAGAIN;
    *counting = (Start){start, argument};
    atomic_fetch_add(&others_alive, 1);
    int status = original(thread, attributes, counted, counting);
    if (status != 0) {
        atomic_fetch_sub(&others_alive, 1);
        free(counting);
    }
    return status;
}

__attribute__((visibility("default"))) void repl_kit_thread_census(int *dispatch, int *others) {
    *dispatch = atomic_load(&made_by_dispatch);
    *others = atomic_load(&others_alive);
}
