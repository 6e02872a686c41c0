// Swift's tasks on threads of our own.
//
// The concurrency runtime runs tasks on Dispatch's threads, and Dispatch cannot be used in a process that was
// forked after it had made any. These threads can be made anew, and between two jobs a task is nothing but
// memory: so a checkpoint keeps the session's tasks, sleeping ones too, as long as none is computing when the
// process forks.
#define _GNU_SOURCE
#include "CEngine.h"
#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SWIFTCALL __attribute__((swiftcall))

typedef struct {
    void *identity;
    void *implementation;
} Executor;

extern SWIFTCALL void swift_job_run(void *job, void *identity, void *implementation) __attribute__((weak));
extern SWIFTCALL void swift_get_time(long long *seconds, long long *nanoseconds, int clock) __attribute__((weak));

extern void *swift_task_enqueueGlobal_hook __attribute__((weak));
extern void *swift_task_enqueueGlobalWithDelay_hook __attribute__((weak));
extern void *swift_task_enqueueGlobalWithDeadline_hook __attribute__((weak));
extern void *swift_task_enqueueMainExecutor_hook __attribute__((weak));
extern void *swift_task_getMainExecutor_hook __attribute__((weak));
extern void *swift_task_isMainExecutor_hook __attribute__((weak));

typedef struct {
    void **jobs;
    size_t first, count, capacity;
} Queue;

typedef struct {
    long long time;
    unsigned long long order;
    void *job;
} Delayed;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_came, main_work_came;
static Queue global_queue, main_queue;
static Delayed *delayed;
static size_t delayed_count, delayed_capacity;
static unsigned long long delayed_order;
static int threads, idle, running;

static long long monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct timespec timespec_of(long long time) {
    return (struct timespec){time / 1000000000LL, time % 1000000000LL};
}

static void push(Queue *queue, void *job) {
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity ? queue->capacity * 2 : 64;
        void **jobs = malloc(capacity * sizeof *jobs);
        if (!jobs) abort();
        for (size_t index = 0; index < queue->count; index++)
            jobs[index] = queue->jobs[(queue->first + index) % queue->capacity];
        free(queue->jobs);
        *queue = (Queue){jobs, 0, queue->count, capacity};
    }
    queue->jobs[(queue->first + queue->count++) % queue->capacity] = job;
}

static void *pop(Queue *queue) {
    if (queue->count == 0) return NULL;
    void *job = queue->jobs[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    return job;
}

static bool is_before(const Delayed *left, const Delayed *right) {
    return left->time != right->time ? left->time < right->time : left->order < right->order;
}

static void push_delayed(long long time, void *job) {
    if (delayed_count == delayed_capacity) {
        delayed_capacity = delayed_capacity ? delayed_capacity * 2 : 64;
        delayed = realloc(delayed, delayed_capacity * sizeof *delayed);
        if (!delayed) abort();
    }
    size_t place = delayed_count++;
    Delayed entry = {time, delayed_order++, job};
    while (place > 0 && is_before(&entry, &delayed[(place - 1) / 2])) {
        delayed[place] = delayed[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    delayed[place] = entry;
}

static void *pop_delayed(void) {
    void *job = delayed[0].job;
    Delayed last = delayed[--delayed_count];
    size_t place = 0;
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= delayed_count) break;
        if (child + 1 < delayed_count && is_before(&delayed[child + 1], &delayed[child])) child++;
        if (!is_before(&delayed[child], &last)) break;
        delayed[place] = delayed[child];
        place = child;
    }
    if (delayed_count > 0) delayed[place] = last;
    return job;
}

static void *serve(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (delayed_count > 0 && delayed[0].time <= monotonic()) push(&global_queue, pop_delayed());
        void *job = pop(&global_queue);
        if (job) {
            running++;
            // What is left is somebody else's to take.
            if (global_queue.count > 0) pthread_cond_signal(&work_came);
            pthread_mutex_unlock(&lock);
            swift_job_run(job, NULL, NULL);
            pthread_mutex_lock(&lock);
            running--;
            continue;
        }
        idle++;
        if (delayed_count > 0) {
            struct timespec until = timespec_of(delayed[0].time);
            pthread_cond_timedwait(&work_came, &lock, &until);
        } else {
            pthread_cond_wait(&work_came, &lock);
        }
        idle--;
    }
    return NULL;
}

static void initialise_conditions(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&work_came, &attributes);
    pthread_cond_init(&main_work_came, &attributes);
    pthread_condattr_destroy(&attributes);
}

// With the lock held: makes sure that somebody takes what has come.
static void announce(void) {
    static long processors;
    if (processors == 0) processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (idle == 0 && threads < (processors > 2 ? processors : 2)) {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 8 << 20);
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_t thread;
        if (pthread_create(&thread, &attributes, serve, NULL) == 0) threads++;
        pthread_attr_destroy(&attributes);
    }
    pthread_cond_signal(&work_came);
}

static SWIFTCALL void enqueue_global(void *job, void *original) {
    (void)original;
    pthread_mutex_lock(&lock);
    push(&global_queue, job);
    announce();
    pthread_mutex_unlock(&lock);
}

static void enqueue_at(long long time, void *job) {
    pthread_mutex_lock(&lock);
    push_delayed(time, job);
    announce();
    pthread_mutex_unlock(&lock);
}

static SWIFTCALL void enqueue_after(unsigned long long delay, void *job, void *original) {
    (void)original;
    long long now = monotonic();
    enqueue_at(delay > (unsigned long long)(INT64_MAX - now) ? INT64_MAX : now + (long long)delay, job);
}

static SWIFTCALL void enqueue_by(long long seconds, long long nanoseconds, long long tolerance_seconds,
                                 long long tolerance_nanoseconds, int clock, void *job, void *original) {
    (void)tolerance_seconds;
    (void)tolerance_nanoseconds;
    (void)original;
    long long now_seconds = 0, now_nanoseconds = 0;
    swift_get_time(&now_seconds, &now_nanoseconds, clock);
    long double delay = (long double)(seconds - now_seconds) * 1e9L + (long double)(nanoseconds - now_nanoseconds);
    if (delay < 0) delay = 0;
    long long now = monotonic();
    enqueue_at(delay > (long double)(INT64_MAX - now) ? INT64_MAX : now + (long long)delay, job);
}

void ce_enqueue_main(void *job) {
    pthread_mutex_lock(&lock);
    push(&main_queue, job);
    pthread_cond_signal(&main_work_came);
    pthread_mutex_unlock(&lock);
}

static SWIFTCALL void enqueue_main(void *job, void *original) {
    (void)original;
    ce_enqueue_main(job);
}

static Executor main_executor;
static pthread_t main_thread;

static SWIFTCALL Executor get_main(void *original) {
    (void)original;
    return main_executor;
}

static SWIFTCALL bool is_main(void *identity, void *implementation, void *original) {
    (void)implementation;
    (void)original;
    return identity == main_executor.identity;
}

bool ce_is_main_thread(void) { return pthread_equal(pthread_self(), main_thread); }

void ce_install_task_executor(void *identity, void *implementation) {
    if (!&swift_task_enqueueGlobal_hook || !swift_job_run || !swift_get_time) return;
    main_executor = (Executor){identity, implementation};
    main_thread = pthread_self();
    if (&swift_task_getMainExecutor_hook) swift_task_getMainExecutor_hook = (void *)get_main;
    if (&swift_task_isMainExecutor_hook) swift_task_isMainExecutor_hook = (void *)is_main;
    initialise_conditions();
    swift_task_enqueueGlobal_hook = (void *)enqueue_global;
    swift_task_enqueueGlobalWithDelay_hook = (void *)enqueue_after;
    swift_task_enqueueGlobalWithDeadline_hook = (void *)enqueue_by;
    swift_task_enqueueMainExecutor_hook = (void *)enqueue_main;
}

bool ce_run_main_jobs(double timeout) {
    pthread_mutex_lock(&lock);
    if (main_queue.count == 0) {
        struct timespec until = timespec_of(monotonic() + (long long)(timeout * 1e9));
        pthread_cond_timedwait(&main_work_came, &lock, &until);
    }
    size_t count = main_queue.count;
    for (size_t index = 0; index < count; index++) {
        void *job = pop(&main_queue);
        pthread_mutex_unlock(&lock);
        swift_job_run(job, main_executor.identity, main_executor.implementation);
        pthread_mutex_lock(&lock);
    }
    bool is_busy = count > 0 || main_queue.count > 0 || global_queue.count > 0 || running > 0 || delayed_count > 0;
    pthread_mutex_unlock(&lock);
    return is_busy;
}

void ce_wake_main(void) {
    pthread_mutex_lock(&lock);
    pthread_cond_signal(&main_work_came);
    pthread_mutex_unlock(&lock);
}

bool ce_pause_tasks(void) {
    // A job that has just been resumed may need a moment to reach its next suspension.
    for (int attempt = 0; attempt < 20; attempt++) {
        pthread_mutex_lock(&lock);
        if (running == 0) return true;
        pthread_mutex_unlock(&lock);
        struct timespec pause = {0, 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    return false;
}

void ce_resume_tasks(void) { pthread_mutex_unlock(&lock); }

void ce_resume_tasks_in_child(void) {
    pthread_mutex_init(&lock, NULL);
    initialise_conditions();
    threads = idle = running = 0;
    pthread_mutex_lock(&lock);
    if (global_queue.count > 0 || delayed_count > 0) announce();
    pthread_mutex_unlock(&lock);
}
