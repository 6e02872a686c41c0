#define _GNU_SOURCE
#include "CEngine.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
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
    static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (unsigned index = 0; index < sizeof signals / sizeof *signals; index++)
        sigaction(signals[index], &action, NULL);
}
