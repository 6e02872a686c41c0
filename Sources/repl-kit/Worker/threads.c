// Counts this process's threads by the library that made them. The loader finds this pthread_create before
// the C library's, whoever calls it: a checkpoint has to know which threads it would lose.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
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

// Swift's clocks and Task.yield go to Dispatch without asking the concurrency runtime's hooks. Dispatch's threads
// would be lost in a checkpoint, so these jobs go to the worker's own executor instead. What others ask of these
// functions, and what the runtime puts on an author's own queue, is passed on.

static bool is_concurrency_runtime(void *caller_address) {
    Dl_info caller;
    return dladdr(caller_address, &caller) && caller.dli_fname && strstr(caller.dli_fname, "libswift_Concurrency");
}

static void find_original(void *function, size_t size, const char *name) {
    void *symbol = dlsym(RTLD_NEXT, name);
    if (!symbol) {
        // Dispatch came with the library that this program has opened, not with the program.
        void *library = dlopen("libdispatch.so", RTLD_LAZY | RTLD_NOLOAD);
        if (library) symbol = dlsym(library, name);
    }
    memcpy(function, &symbol, size);
}

enum { queue_limit = 64 };
static _Atomic(void *) runtime_queues[queue_limit];
static atomic_int runtime_queue_count;

static bool is_runtime_queue(void *queue) {
    int count = atomic_load(&runtime_queue_count);
    for (int index = 0; index < count && index < queue_limit; index++)
        if (atomic_load(&runtime_queues[index]) == queue) return true;
    return false;
}

// Gives the worker's executor a job; the time is Dispatch's, 0 is now.
static bool enqueue(unsigned long long when, void *job) {
    static void (*function)(unsigned long long, void *);
    if (!function) {
        void *symbol = dlsym(RTLD_DEFAULT, "ce_enqueue_after");
        memcpy(&function, &symbol, sizeof function);
    }
    if (function) function(when, job);
    return function;
}

__attribute__((visibility("default"))) void dispatch_after_f(
    unsigned long long when, void *queue, void *context, void (*work)(void *)) {
    static void (*original)(unsigned long long, void *, void *, void (*)(void *));
    if (is_runtime_queue(queue) && enqueue(when, context)) return;
    if (!original) find_original(&original, sizeof original, "dispatch_after_f");
    original(when, queue, context, work);
}

__attribute__((visibility("default"))) void dispatch_async_f(void *queue, void *context, void (*work)(void *)) {
    static void (*original)(void *, void *, void (*)(void *));
    if (is_runtime_queue(queue) && enqueue(0, context)) return;
    if (!original) find_original(&original, sizeof original, "dispatch_async_f");
    original(queue, context, work);
}

// The runtime makes a queue for each priority and gives it a width, which would start a thread.
__attribute__((visibility("default"))) void dispatch_queue_set_width(void *queue, long width) {
    static void (*original)(void *, long);
    if (is_concurrency_runtime(__builtin_return_address(0))) {
        int place = atomic_fetch_add(&runtime_queue_count, 1);
        if (place < queue_limit) {
            atomic_store(&runtime_queues[place], queue);
            return;
        }
    }
    if (!original) find_original(&original, sizeof original, "dispatch_queue_set_width");
    original(queue, width);
}
