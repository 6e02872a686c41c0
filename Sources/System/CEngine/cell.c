// The C side of running a cell: where a top-level error, an exit and the end of an asynchronous cell
// come back to. A cell is linked with --wrap for the three functions below, so that its own calls of
// them arrive here, while the rest of the process keeps the originals.
#include "CEngine.h"
#include "internal.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>

static jmp_buf cell_return;
static CECellEnd cell_end;
static bool cell_running;
static pthread_t cell_thread;
static void (*cell_pump)(void);
static atomic_bool cell_done;

extern void *swift_errorRetain(void *error) __attribute__((weak));

CECellEnd ce_run_cell(void *entry, void (*pump)(void)) {
    cell_end = (CECellEnd){.kind = CECellCompleted};
    cell_pump = pump;
    cell_thread = pthread_self();
    atomic_store(&cell_done, false);
    cell_running = true;
    if (setjmp(cell_return) == 0) {
        ((int (*)(int, char **))entry)(0, NULL);
    }
    cell_running = false;
    return cell_end;
}

static bool on_cell_thread(void) { return cell_running && pthread_equal(pthread_self(), cell_thread); }

void ce_cell_ended(void) {
    atomic_store(&cell_done, true);
    ce_wake_main();
}

bool ce_cell_is_done(void) { return atomic_load(&cell_done); }

// An asynchronous cell throws from within the main queue's work. Jumping out of there would leave the
// queue locked, so the error is noted, the pump stops, and this job never returns control to the cell:
// it is the pump itself, entered again, that jumps once the queue is idle.
static atomic_bool in_async_cell;

__attribute__((visibility("default"))) void __wrap_swift_errorInMain(void *error) {
    cell_end.kind = CECellThrew;
    cell_end.error = swift_errorRetain ? swift_errorRetain(error) : error;
    if (atomic_load(&in_async_cell)) {
        atomic_store(&cell_done, true);
        return;
    }
    longjmp(cell_return, 1);
}

__attribute__((visibility("default"))) void __wrap_exit(int code) {
    if (!on_cell_thread()) exit(code);
    ce_note_exit(__builtin_frame_address(0));
    cell_end.kind = CECellExited;
    cell_end.code = code;
    atomic_store(&in_async_cell, false);
    longjmp(cell_return, 1);
}

__attribute__((visibility("default"))) void __wrap_swift_task_asyncMainDrainQueue(void) {
    atomic_store(&in_async_cell, true);
    while (!atomic_load(&cell_done)) cell_pump();
    atomic_store(&in_async_cell, false);
    longjmp(cell_return, 1);
}
