#ifndef REPL_KIT_CENGINE_H
#define REPL_KIT_CENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// How the run of a cell's entry point ended.
typedef enum {
    CECellCompleted = 0,
    // A Swift error reached the top level; `CECellEnd.error` holds it, retained.
    CECellThrew = 1,
    // The cell called exit; `CECellEnd.code` holds the status.
    CECellExited = 2,
} CECellEndKind;

typedef struct {
    CECellEndKind kind;
    void *error;
    int code;
} CECellEnd;

// Calls a cell's entry point on the calling thread. A top-level error and a call of exit come back here
// instead of ending the process. `pump` runs the main queue for a short while; it is called again and
// again by an asynchronous cell until that cell has ended.
CECellEnd ce_run_cell(void *entry, void (*pump)(void));

// Called by an asynchronous cell at its end: makes the pump stop.
void ce_cell_ended(void);

// Whether an asynchronous cell has ended.
bool ce_cell_is_done(void);

// Writes a report of a fatal signal to `descriptor` before the process dies: one line with the signal,
// then one line a frame with its address, the load address of its image, and the image's path.
void ce_install_crash_reporter(int descriptor);

// Notes where each error is thrown from now on.
void ce_note_throws(void);

// Writes the frames of the throw of an error, or of the last call of exit, in the form of the crash report.
void ce_report_throw(int descriptor, void *error);
void ce_report_exit(int descriptor);

// Starts a thread that flushes stdout a few times a second, so that an unfinished line shows too.
void ce_start_flushing_standard_output(void);

// Ends this process as soon as the other side of the socket is closed, even while a cell computes: a worker
// never outlives the program that started it.
void ce_end_with_peer(int descriptor);

// Makes Swift's tasks run on threads that a checkpoint can keep, instead of Dispatch's. The main actor's
// executor is given as its object and its conformance to SerialExecutor; it calls ce_enqueue_main. Called on
// the main thread.
void ce_install_task_executor(void *identity, void *implementation);
void ce_enqueue_main(void *job);
bool ce_is_main_thread(void);

// Runs what waits for the main thread, after waiting for it at most `timeout` seconds. Returns whether tasks
// still have something to do.
bool ce_run_main_jobs(double timeout);

// Whether Dispatch has made threads or a run loop has run: a fork of this process could not use them.
bool ce_dispatch_was_used(void);

// Limits the private memory of this process and of those that it forks.
void ce_limit_memory(uint64_t bytes);

// Forks this process into a checkpoint that sleeps. Returns its process id; 0 in the checkpoint itself once a
// byte on `wake` has woken it, after the process that took it has died; -1 with `*obstacle` set when this
// process cannot be forked.
pid_t ce_take_checkpoint(int control, int acknowledgement, int wake, const char **obstacle);

// Ends a checkpoint that is not needed any more.
void ce_end_checkpoint(pid_t checkpoint);

// The bytes of a block that malloc gave.
size_t ce_allocated_size(const void *block);

// Makes this process the parent of what its children leave behind, so that it can wait for a checkpoint.
void ce_adopt_orphans(void);

// A descriptor that becomes readable when the process ends; -1 with errno set.
int ce_open_process(pid_t process);

// Flushes stdout and stderr.
void ce_flush(void);

// Line-buffers stdout and unbuffers stderr, whatever they are connected to.
void ce_make_standard_streams_prompt(void);

// Writing to a worker that has died is to fail, not to end this program; a handler of the program's own stays.
void ce_ignore_broken_pipes(void);

// Makes a pipe whose ends no child inherits. Returns 0, or -1 with errno set.
int ce_pipe(int ends[2]);

// Starts a program. `descriptors[i]` becomes descriptor i of the child (-1: /dev/null); all others are closed.
// The child leads its own process group, so that Ctrl-C at the terminal reaches the parent alone.
// Returns the process id, or -1 with errno set.
pid_t ce_spawn(const char *path, char *const arguments[], char *const environment[], const int *descriptors,
               int descriptor_count);

// Opens sourcekitd; returns NULL or a message that the caller frees.
char *ce_sourcekit_open(const char *library);

// Sends a request in sourcekitd's YAML form. Returns the answer as JSON, or NULL with `*message` set;
// the caller frees both.
char *ce_sourcekit_send(const char *request, char **message);

#endif
