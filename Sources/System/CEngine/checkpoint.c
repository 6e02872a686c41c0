// A checkpoint is a fork of the worker that sleeps until the worker dies, and then is the session.
#define _GNU_SOURCE
#include "CEngine.h"
#include "internal.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The worker program counts its threads by who made them.
extern void repl_kit_thread_census(int *made_by_dispatch, int *others_alive) __attribute__((weak));
extern void dispatch_async_f(void *queue, void *context, void (*work)(void *)) __attribute__((weak));

// MARK: Whether the process can be forked

// Dispatch's own note that a fork would lose its threads. It is not part of its interface, so it is looked up
// in the library's symbol table; without it the count of threads has to do.
static const volatile unsigned char *dispatch_note(void) {
    static const volatile unsigned char *note;
    static bool is_known;
    if (is_known) return note;
    is_known = true;
    Dl_info image;
    if (!dispatch_async_f || !dladdr((void *)dispatch_async_f, &image) || !image.dli_fname) return NULL;
    int file = open(image.dli_fname, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0) return NULL;
    if (fstat(file, &status) != 0 || (size_t)status.st_size < sizeof(ElfW(Ehdr))) {
        close(file);
        return NULL;
    }
    size_t size = (size_t)status.st_size;
    const char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (bytes == MAP_FAILED) return NULL;
    const ElfW(Ehdr) *header = (const void *)bytes;
    if (header->e_shoff + (size_t)header->e_shnum * sizeof(ElfW(Shdr)) <= size) {
        const ElfW(Shdr) *sections = (const void *)(bytes + header->e_shoff);
        for (int index = 0; index < header->e_shnum && !note; index++) {
            const ElfW(Shdr) *table = &sections[index];
            if (table->sh_type != SHT_SYMTAB || table->sh_link >= header->e_shnum) continue;
            const ElfW(Shdr) *names = &sections[table->sh_link];
            if (table->sh_offset + table->sh_size > size || names->sh_offset + names->sh_size > size) continue;
            const ElfW(Sym) *symbols = (const void *)(bytes + table->sh_offset);
            for (size_t place = 0; place < table->sh_size / sizeof *symbols; place++) {
                if (symbols[place].st_name >= names->sh_size) continue;
                if (strcmp(bytes + names->sh_offset + symbols[place].st_name, "_dispatch_unsafe_fork") == 0) {
                    note = (const unsigned char *)image.dli_fbase + symbols[place].st_value;
                    break;
                }
            }
        }
    }
    munmap((void *)bytes, size);
    return note;
}

bool ce_dispatch_was_used(void) {
    const volatile unsigned char *note = dispatch_note();
    if (note && (*note & 1)) return true;
    int made_by_dispatch = 0, others_alive = 0;
    if (repl_kit_thread_census) repl_kit_thread_census(&made_by_dispatch, &others_alive);
    return made_by_dispatch > 0;
}

static const char *obstacle_to_fork(void) {
    if (ce_dispatch_was_used())
        return "Dispatch queues, operation queues, run loops or network sessions were used, which a checkpoint cannot keep";
    int made_by_dispatch = 0, others_alive = 0;
    // A thread that has done its work may need a moment to end.
    for (int attempt = 0; attempt < 10; attempt++) {
        if (repl_kit_thread_census) repl_kit_thread_census(&made_by_dispatch, &others_alive);
        if (others_alive == 0) return NULL;
        struct timespec pause = {0, 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    return "a thread that a cell started is still running";
}

// MARK: Open files

// A file's position is shared with the process that runs the cell: it is put back where it was.
typedef struct {
    int descriptor;
    dev_t device;
    ino_t file;
    off_t position;
} OpenFile;

static OpenFile open_files[256];
static int open_file_count;

static void note_open_files(void) {
    open_file_count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder) return;
    struct dirent *entry;
    while ((entry = readdir(folder)) && open_file_count < (int)(sizeof open_files / sizeof *open_files)) {
        int descriptor = atoi(entry->d_name);
        struct stat status;
        if (descriptor < 7 || descriptor == dirfd(folder) || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        off_t position = lseek(descriptor, 0, SEEK_CUR);
        if (position >= 0)
            open_files[open_file_count++] = (OpenFile){descriptor, status.st_dev, status.st_ino, position};
    }
    closedir(folder);
}

static void restore_open_files(void) {
    for (int index = 0; index < open_file_count; index++) {
        const OpenFile *file = &open_files[index];
        struct stat status;
        if (fstat(file->descriptor, &status) == 0 && status.st_dev == file->device && status.st_ino == file->file)
            lseek(file->descriptor, file->position, SEEK_SET);
    }
}

// MARK: Memory

static void prefer_for_memory_shortage(bool is_preferred) {
    // Whoever sleeps as a checkpoint is to survive the process that runs the cell.
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t ignored = write(file, is_preferred ? "300" : "0", is_preferred ? 3 : 1);
    (void)ignored;
    close(file);
}

void ce_limit_memory(uint64_t bytes) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_DATA, &limit) != 0) return;
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_DATA, &limit);
}

size_t ce_allocated_size(const void *block) { return malloc_usable_size((void *)block); }

// MARK: Taking and waking

static void discard_input(int descriptor, bool is_socket) {
    char bytes[4096];
    if (is_socket) {
        while (recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {}
        return;
    }
    int flags = fcntl(descriptor, F_GETFL);
    fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    while (read(descriptor, bytes, sizeof bytes) > 0) {}
    fcntl(descriptor, F_SETFL, flags);
}

pid_t ce_take_checkpoint(int control, int acknowledgement, int wake, const char **obstacle) {
    if ((*obstacle = obstacle_to_fork())) return -1;
    if (!ce_pause_tasks()) {
        *obstacle = "a task that a cell started is computing";
        return -1;
    }
    fflush(NULL);
    note_open_files();
    pid_t checkpoint = fork();
    if (checkpoint < 0) {
        ce_resume_tasks();
        *obstacle = errno == ENOMEM || errno == EAGAIN ? "the system has no memory or processes left for it" : strerror(errno);
        return -1;
    }
    if (checkpoint > 0) {
        // On both sides of the fork: whoever comes first, the group is its own before this process can be ended.
        setpgid(checkpoint, checkpoint);
        static bool is_preferred;
        if (!is_preferred) prefer_for_memory_shortage(is_preferred = true);
        ce_resume_tasks();
        return checkpoint;
    }
    // What interrupts or ends the cell's process group must not reach the checkpoint.
    setpgid(0, 0);
    prefer_for_memory_shortage(false);
    char byte = 0;
    ssize_t count;
    while ((count = read(wake, &byte, 1)) < 0 && errno == EINTR) {}
    if (count <= 0) _exit(0);
    prefer_for_memory_shortage(true);
    restore_open_files();
    discard_input(control, true);
    discard_input(acknowledgement, false);
    ce_start_flushing_standard_output();
    ce_end_with_peer(control);
    ce_resume_tasks_in_child();
    return 0;
}

void ce_end_checkpoint(pid_t checkpoint) {
    kill(checkpoint, SIGKILL);
    // Its memory is given back while this process goes on; the next call, or the end, finds it ended.
    static pid_t ended[64];
    static int count;
    if (count < 64) ended[count++] = checkpoint;
    for (int index = 0; index < count;) {
        if (waitpid(ended[index], NULL, WNOHANG) != 0)
            ended[index] = ended[--count];
        else
            index++;
    }
}

// MARK: The program's side

void ce_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int ce_open_process(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }
