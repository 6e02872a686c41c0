// What the parts of CEngine need of each other.
#ifndef REPL_KIT_CENGINE_INTERNAL_H
#define REPL_KIT_CENGINE_INTERNAL_H

#include <stdbool.h>

// Keeps every task from going on, if none is computing now. Returns false, and keeps nothing, otherwise.
bool ce_pause_tasks(void);
void ce_resume_tasks(void);
// The same in a forked process, whose threads are to be made anew.
void ce_resume_tasks_in_child(void);

// Wakes the main thread if it waits for a job.
void ce_wake_main(void);

// Notes the frames from which a cell calls exit.
void ce_note_exit(void *frame);

#endif
