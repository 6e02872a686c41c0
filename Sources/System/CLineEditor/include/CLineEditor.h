#ifndef REPL_KIT_CLINEEDITOR_H
#define REPL_KIT_CLINEEDITOR_H

#include <stdbool.h>
#include <stddef.h>

// A line editor on the terminal with history and completion (libedit).
typedef struct LineEditor LineEditor;

typedef enum { LineEditorLine = 0, LineEditorEnd = 1, LineEditorInterrupted = 2 } LineEditorStatus;

// Called when Tab is pressed, with the line and the cursor's place in bytes. It may call line_editor_insert,
// and print below the line; it returns whether it printed something.
typedef bool (*LineEditorCompleter)(void *context, const char *line, size_t cursor);

// Opens the editor on standard input and output; NULL when the terminal cannot be used. `history` names the
// file that keeps lines between sessions, or is NULL.
LineEditor *line_editor_open(const char *program, const char *history);
void line_editor_close(LineEditor *editor);

void line_editor_set_completer(LineEditor *editor, LineEditorCompleter completer, void *context);

// Reads a line. `initial` is typed already. The line, without its newline, is valid until the next call.
LineEditorStatus line_editor_read(LineEditor *editor, const char *prompt, const char *initial, const char **line);

// Adds a line to the history and to its file.
void line_editor_remember(LineEditor *editor, const char *line);

// Inserts text at the cursor; for completers.
void line_editor_insert(LineEditor *editor, const char *text);

#endif
