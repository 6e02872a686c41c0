#define _GNU_SOURCE
#include "CEngine.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <ucontext.h>

static int report_descriptor = -1;

static void report(int signal_number, siginfo_t *info, void *context) {
    // A crash inside the loader or the allocator must not hang the report.
    signal(SIGALRM, SIG_DFL);
    alarm(5);
    char line[4352];
    int length = snprintf(line, sizeof line, "signal %d %d %p\n", signal_number, (int)getpid(), info->si_addr);
    ssize_t ignored = write(report_descriptor, line, (size_t)length);
    char statistics[256];
    int file = open("/proc/self/statm", O_RDONLY);
    if (file >= 0) {
        ssize_t size = read(file, statistics, sizeof statistics - 1);
        close(file);
        if (size > 0) {
            statistics[size] = 0;
            // The sixth number: pages of private data.
            const char *field = statistics;
            for (int skip = 0; skip < 5 && field; skip++) field = strchr(field + 1, ' ');
            if (field) {
                unsigned long long pages = strtoull(field, NULL, 10);
                length = snprintf(line, sizeof line, "memory %llu\n", pages * (unsigned long long)sysconf(_SC_PAGESIZE));
                ignored = write(report_descriptor, line, (size_t)length);
            }
        }
    }
    uintptr_t stack = 0;
#if defined(__x86_64__)
    stack = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    stack = (uintptr_t)((ucontext_t *)context)->uc_mcontext.sp;
#endif
    uintptr_t address = (uintptr_t)info->si_addr;
    if (signal_number == SIGSEGV && (address > stack ? address - stack : stack - address) < (1 << 16))
        ignored = write(report_descriptor, "stack\n", 6);
    void *frames[256];
    int count = backtrace(frames, 256);
    // The frames before the one that the signal interrupted are this handler's own.
    void *interrupted = NULL;
#if defined(__x86_64__)
    interrupted = (void *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    interrupted = (void *)((ucontext_t *)context)->uc_mcontext.pc;
#endif
    int first = 0;
    for (int index = 0; index < count; index++)
        if (frames[index] == interrupted) first = index;
    for (int index = first; index < count; index++) {
        Dl_info image;
        if (!dladdr(frames[index], &image) || !image.dli_fname) continue;
        length = snprintf(line, sizeof line, "frame %p %p %s\n", frames[index], image.dli_fbase, image.dli_fname);
        if (length > 0 && length < (int)sizeof line) ignored = write(report_descriptor, line, (size_t)length);
    }
    ignored = write(report_descriptor, "end\n", 4);
    (void)ignored;
    // Another thread flushes stdout regularly: give it one turn, so that the text before the crash shows.
    struct timespec turn = {0, 80 * 1000 * 1000};
    nanosleep(&turn, NULL);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

// SIGQUIT is how the program interrupts a cell: the report then says where it was.
void ce_install_crash_reporter(int descriptor) {
    report_descriptor = descriptor;
    // The first call loads the unwinder, which a signal handler must not do.
    void *frames[2];
    backtrace(frames, 2);
    // Endless recursion leaves no stack to report on.
    static char alternate[256 * 1024];
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    sigaltstack(&stack, NULL);
    struct sigaction action = {0};
    action.sa_sigaction = report;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT};
    for (unsigned index = 0; index < sizeof signals / sizeof *signals; index++)
        sigaction(signals[index], &action, NULL);
}
