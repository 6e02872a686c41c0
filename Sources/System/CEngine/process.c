#define _GNU_SOURCE
#include "CEngine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
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

int ce_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

pid_t ce_spawn(const char *path, char *const arguments[], char *const environment[], const int *descriptors,
               int descriptor_count) {
    // exec's own error comes back through a pipe that a successful exec closes.
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) != 0) return -1;
    pid_t child = fork();
    if (child < 0) {
        close(failure[0]);
        close(failure[1]);
        return -1;
    }
    if (child == 0) {
        setpgid(0, 0);
        // Move everything out of the way first: a source may lie among the targets.
        int report = fcntl(failure[1], F_DUPFD_CLOEXEC, 100);
        int sources[16];
        for (int index = 0; index < descriptor_count && index < 16; index++) {
            int source = descriptors[index] < 0 ? open("/dev/null", O_RDWR) : descriptors[index];
            sources[index] = fcntl(source, F_DUPFD_CLOEXEC, 100);
        }
        for (int index = 0; index < descriptor_count && index < 16; index++) dup2(sources[index], index);
        for (int index = descriptor_count; index < 100; index++) close(index);
        signal(SIGPIPE, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve(path, arguments, environment);
        int error = errno;
        ssize_t ignored = write(report, &error, sizeof error);
        (void)ignored;
        _exit(127);
    }
    close(failure[1]);
    int error = 0;
    ssize_t count;
    do count = read(failure[0], &error, sizeof error);
    while (count < 0 && errno == EINTR);
    close(failure[0]);
    if (count == sizeof error) {
        errno = error;
        return -1;
    }
    return child;
}
