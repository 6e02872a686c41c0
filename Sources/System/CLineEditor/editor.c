#include "CLineEditor.h"

#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct LineEditor {
    EditLine *editor;
    History *history;
    char *history_file;
    char *prompt;
    char *line;
    bool is_interrupted;
    LineEditorCompleter completer;
    void *context;
};

static LineEditor *owner(EditLine *editor) {
    LineEditor *result = NULL;
    el_get(editor, EL_CLIENTDATA, &result);
    return result;
}

static char *prompt(EditLine *editor) { return owner(editor)->prompt; }

static unsigned char interrupt(EditLine *editor, int key) {
    (void)key;
    owner(editor)->is_interrupted = true;
    return CC_EOF;
}

static unsigned char complete(EditLine *editor, int key) {
    (void)key;
    LineEditor *self = owner(editor);
    const LineInfo *info = el_line(editor);
    size_t cursor = (size_t)(info->cursor - info->buffer);
    size_t length = (size_t)(info->lastchar - info->buffer);
    char *line = malloc(length + 1);
    if (!line) return CC_ERROR;
    memcpy(line, info->buffer, length);
    line[length] = 0;
    bool is_blank = strspn(line, " \t") >= cursor;
    bool has_printed = false;
    if (is_blank)
        el_insertstr(editor, "    ");
    else if (self->completer)
        has_printed = self->completer(self->context, line, cursor);
    free(line);
    return has_printed ? CC_REDISPLAY : CC_REFRESH;
}

LineEditor *line_editor_open(const char *program, const char *history_file) {
    setlocale(LC_CTYPE, "");
    LineEditor *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->editor = el_init(program, stdin, stdout, stderr);
    self->history = history_init();
    if (!self->editor || !self->history) {
        line_editor_close(self);
        return NULL;
    }
    HistEvent event;
    history(self->history, &event, H_SETSIZE, 5000);
    history(self->history, &event, H_SETUNIQUE, 1);
    if (history_file) {
        self->history_file = strdup(history_file);
        history(self->history, &event, H_LOAD, history_file);
    }
    el_set(self->editor, EL_CLIENTDATA, self);
    el_set(self->editor, EL_PROMPT_ESC, prompt, '\1');
    el_set(self->editor, EL_EDITOR, "emacs");
    el_set(self->editor, EL_HIST, history, self->history);
    el_source(self->editor, NULL);
    // While a line is edited Ctrl-C is a key like others; while a cell runs it is a signal.
    el_set(self->editor, EL_SETTY, "-d", "-isig", NULL);
    el_set(self->editor, EL_ADDFN, "session-interrupt", "Give the line up", interrupt);
    el_set(self->editor, EL_ADDFN, "session-complete", "Complete the name", complete);
    el_set(self->editor, EL_BIND, "^C", "session-interrupt", NULL);
    el_set(self->editor, EL_BIND, "\t", "session-complete", NULL);
    el_set(self->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    return self;
}

void line_editor_close(LineEditor *self) {
    if (self->history) history_end(self->history);
    if (self->editor) el_end(self->editor);
    free(self->history_file);
    free(self->prompt);
    free(self->line);
    free(self);
}

void line_editor_set_completer(LineEditor *self, LineEditorCompleter completer, void *context) {
    self->completer = completer;
    self->context = context;
}

LineEditorStatus line_editor_read(LineEditor *self, const char *text, const char *initial, const char **line) {
    free(self->prompt);
    self->prompt = strdup(text);
    self->is_interrupted = false;
    if (initial[0]) el_push(self->editor, initial);
    // Before the prompt is there: a Ctrl-C or Ctrl-D that answers it at once must find the editor and not the terminal.
    el_set(self->editor, EL_PREP_TERM, 1);
    int count = 0;
    const char *read = el_gets(self->editor, &count);
    if (self->is_interrupted) {
        el_reset(self->editor);
        fputs("^C\n", stdout);
        fflush(stdout);
        return LineEditorInterrupted;
    }
    if (!read || count <= 0) return LineEditorEnd;
    free(self->line);
    self->line = strndup(read, (size_t)count);
    if (!self->line) return LineEditorEnd;
    size_t length = strlen(self->line);
    if (length > 0 && self->line[length - 1] == '\n') self->line[length - 1] = 0;
    *line = self->line;
    return LineEditorLine;
}

void line_editor_remember(LineEditor *self, const char *line) {
    HistEvent event;
    history(self->history, &event, H_ENTER, line);
    if (self->history_file) history(self->history, &event, H_SAVE, self->history_file);
}

void line_editor_insert(LineEditor *self, const char *text) { el_insertstr(self->editor, text); }
