// Where errors are thrown. Swift notes no place with an error; the runtime calls a hook at every throw, which
// walks the frame pointers (nanoseconds a frame), so that an error that reaches the top level can be traced.
#define _GNU_SOURCE
#include "CEngine.h"
#include "internal.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { throw_count = 16, frame_count = 48 };

typedef struct {
    // NULL for a typed throw, whose error gets its box later.
    void *error;
    int count;
    void *frames[frame_count];
} Throw;

static Throw throws[throw_count];
static atomic_uint next_throw;

extern void _swift_setWillThrowHandler(void (*handler)(void *error)) __attribute__((weak));
extern _Atomic(void (*)(void *, const void *, const void *)) _swift_willThrowTypedImpl __attribute__((weak));

static int walk(void **frame, void **found) {
    int count = 0;
    while (count < frame_count && frame) {
        void *address = frame[1];
        if (!address) break;
        found[count++] = address;
        // The runtime marks the frames of asynchronous functions in a high bit.
        void **next = (void **)((uintptr_t)frame[0] & ~((uintptr_t)1 << 60));
        if (next <= frame || (uintptr_t)next - (uintptr_t)frame > (1 << 20) || ((uintptr_t)next & 7)) break;
        frame = next;
    }
    return count;
}

static void note(void *error, void **frame) {
    Throw *entry = &throws[atomic_fetch_add(&next_throw, 1) % throw_count];
    entry->error = error;
    entry->count = walk(frame, entry->frames);
}

static void will_throw(void *error) { note(error, __builtin_frame_address(0)); }

static void will_throw_typed(void *value, const void *type, const void *conformance) {
    (void)value;
    (void)type;
    (void)conformance;
    note(NULL, __builtin_frame_address(0));
}

void ce_note_throws(void) {
    if (_swift_setWillThrowHandler) _swift_setWillThrowHandler(will_throw);
    if (&_swift_willThrowTypedImpl) atomic_store(&_swift_willThrowTypedImpl, will_throw_typed);
}

static void report(int descriptor, void **frames, int count) {
    char line[4352];
    int length = snprintf(line, sizeof line, "signal 0 %d\n", (int)getpid());
    ssize_t ignored = write(descriptor, line, (size_t)length);
    for (int index = 0; index < count; index++) {
        Dl_info image;
        if (!dladdr(frames[index], &image) || !image.dli_fname) continue;
        length = snprintf(line, sizeof line, "frame %p %p %s\n", frames[index], image.dli_fbase, image.dli_fname);
        if (length > 0 && length < (int)sizeof line) ignored = write(descriptor, line, (size_t)length);
    }
    (void)ignored;
}

void ce_report_throw(int descriptor, void *error) {
    unsigned latest = atomic_load(&next_throw);
    const Throw *typed = NULL;
    for (unsigned back = 1; back <= throw_count && back <= latest; back++) {
        Throw *entry = &throws[(latest - back) % throw_count];
        if (entry->error == error) {
            report(descriptor, entry->frames, entry->count);
            return;
        }
        if (!entry->error && !typed) typed = entry;
    }
    if (typed) report(descriptor, (void **)typed->frames, typed->count);
}

static int exit_count;
static void *exit_frames[frame_count];

void ce_note_exit(void *frame) { exit_count = walk(frame, exit_frames); }

void ce_report_exit(int descriptor) { report(descriptor, exit_frames, exit_count); }
