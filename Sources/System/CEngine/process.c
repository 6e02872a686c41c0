#define _GNU_SOURCE
#include "CEngine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void *flush_regularly(void *unused) {
    (void)unused;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (;;) {
        struct timespec pause = {0, 50 * 1000 * 1000};
        nanosleep(&pause, NULL);
        fflush(stdout);
    }
    return NULL;
}

void ce_start_flushing_standard_output(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, flush_regularly, NULL) == 0) pthread_detach(thread);
}

static void *watch_lifeline(void *argument) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    struct pollfd descriptor = {.fd = (int)(intptr_t)argument, .events = POLLRDHUP};
    for (;;) {
        int ready = poll(&descriptor, 1, -1);
        if (ready > 0 && (descriptor.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL))) _exit(0);
        if (ready < 0 && errno != EINTR) _exit(0);
    }
    return NULL;
}

void ce_end_with_peer(int descriptor) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch_lifeline, (void *)(intptr_t)descriptor) == 0) pthread_detach(thread);
}

void ce_flush(void) {
    fflush(stdout);
    fflush(stderr);
}

void ce_make_standard_streams_prompt(void) {
    setvbuf(stdout, NULL, _IOLBF, 1 << 16);
    setvbuf(stderr, NULL, _IONBF, 0);
}

void ce_ignore_broken_pipes(void) {
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

int ce_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

pid_t ce_spawn(const char *path, char *const arguments[], char *const environment[], const int *descriptors,
               int descriptor_count) {
    // Not fork: its handlers would shut down OpenBLAS's threads under a product that another thread computes.
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) {
        errno = error;
        return -1;
    }
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        errno = error;
        return -1;
    }
    // Everything moves out of the way first: a source may lie among the targets.
    int aside = descriptor_count;
    for (int index = 0; index < descriptor_count; index++)
        if (descriptors[index] >= aside) aside = descriptors[index] + 1;
    for (int index = 0; index < descriptor_count; index++) {
        if (descriptors[index] < 0)
            posix_spawn_file_actions_addopen(&actions, aside + index, "/dev/null", O_RDWR, 0);
        else
            posix_spawn_file_actions_adddup2(&actions, descriptors[index], aside + index);
    }
    for (int index = 0; index < descriptor_count; index++)
        posix_spawn_file_actions_adddup2(&actions, aside + index, index);
    posix_spawn_file_actions_addclosefrom_np(&actions, descriptor_count);

    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGTERM);
    sigaddset(&defaults, SIGHUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    pid_t child = -1;
    error = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error) {
        errno = error;
        return -1;
    }
    return child;
}
