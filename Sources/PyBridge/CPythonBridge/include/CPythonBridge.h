// The few operations on CPython that PyBridge's Swift half needs.
//
// Python's own headers are included by this target's .c files only: an object is a `void *` here, so
// that whatever imports PyBridge (each cell of a notebook) never parses Python.h.
//
// Rules for every function, unless it says otherwise:
// - it may be called from any thread and takes the global interpreter lock itself;
// - a returned object is a new reference, to be given back with `cpb_release`;
// - an argument is borrowed;
// - on failure it returns NULL (or -1) and stores a new reference to the exception in `*error`.

#ifndef REPL_KIT_CPYTHON_BRIDGE_H
#define REPL_KIT_CPYTHON_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef void *_Nullable *_Nonnull cpb_error;

// MARK: The interpreter

/// Starts the interpreter unless this process has one already, and loads the support module.
/// Returns NULL, or a message that says what went wrong (the caller frees it). Call it once.
char *_Nullable cpb_start(void);
/// The Python version as compiled against, e.g. "3.11.2".
const char *cpb_compiled_version(void);
/// The support module (support.py); borrowed, NULL before `cpb_start` succeeded.
void *_Nullable cpb_support(void);

/// Around fork(): `prepare` and `parent` or `child` make the interpreter usable in both processes.
/// Each is called by the thread that forks.
void cpb_fork_prepare(void);
void cpb_fork_parent(void);
void cpb_fork_child(void);

// MARK: References

void cpb_retain(void *object);
void cpb_release(void *object);
/// sys.getrefcount without the caller's own temporary references.
intptr_t cpb_reference_count(void *object);

// MARK: Swift values to Python

void *cpb_none(void);
void *cpb_ellipsis(void);
void *cpb_bool(bool value);
void *_Nullable cpb_int(int64_t value, cpb_error error);
void *_Nullable cpb_uint(uint64_t value, cpb_error error);
void *_Nullable cpb_float(double value, cpb_error error);
void *_Nullable cpb_complex(double real, double imaginary, cpb_error error);
void *_Nullable cpb_string(const char *utf8, intptr_t count, cpb_error error);
void *_Nullable cpb_tuple(void *const _Nonnull *_Nullable items, intptr_t count, cpb_error error);
void *_Nullable cpb_list(void *const _Nonnull *_Nullable items, intptr_t count, cpb_error error);
void *_Nullable cpb_dictionary(
    void *const _Nonnull *_Nullable keys, void *const _Nonnull *_Nullable values, intptr_t count, cpb_error error);
void *_Nullable cpb_slice(void *start, void *stop, void *step, cpb_error error);

// MARK: Python values to Swift

bool cpb_is_none(void *object);
bool cpb_is_string(void *object);
bool cpb_is_float(void *object);
int cpb_as_double(void *object, double *value, cpb_error error);
/// Accepts what has `__index__`; raises OverflowError beyond 64 bits.
int cpb_as_int(void *object, int64_t *value, cpb_error error);
int cpb_as_uint(void *object, uint64_t *value, cpb_error error);
int cpb_as_complex(void *object, double *real, double *imaginary, cpb_error error);
int cpb_as_bool(void *object, bool *value, cpb_error error);
/// The UTF-8 text of a str; it lives as long as the object.
const char *_Nullable cpb_utf8(void *object, intptr_t *count, cpb_error error);

// MARK: Operations

void *_Nullable cpb_import(const char *name, cpb_error error);
void *_Nullable cpb_get_attribute(void *object, const char *name, cpb_error error);
/// False also if looking it up raises any other exception.
bool cpb_has_attribute(void *object, const char *name);
int cpb_set_attribute(void *object, const char *name, void *_Nullable value, cpb_error error);
void *_Nullable cpb_get_item(void *object, void *key, cpb_error error);
int cpb_set_item(void *object, void *key, void *_Nullable value, cpb_error error);
void *_Nullable cpb_call(
    void *callable, void *const _Nonnull *_Nullable positional, intptr_t positional_count,
    const char *const _Nonnull *_Nullable names, void *const _Nonnull *_Nullable named, intptr_t named_count,
    cpb_error error);

typedef enum {
    CPB_ADD, CPB_SUBTRACT, CPB_MULTIPLY, CPB_DIVIDE, CPB_FLOOR_DIVIDE, CPB_REMAINDER, CPB_POWER, CPB_MATRIX_MULTIPLY,
    CPB_AND, CPB_OR, CPB_XOR, CPB_SHIFT_LEFT, CPB_SHIFT_RIGHT
} cpb_operation;
void *_Nullable cpb_binary(cpb_operation operation, bool in_place, void *left, void *right, cpb_error error);

typedef enum {
    CPB_NEGATIVE, CPB_POSITIVE, CPB_INVERT, CPB_ABSOLUTE
} cpb_unary_operation;
void *_Nullable cpb_unary(cpb_unary_operation operation, void *object, cpb_error error);

typedef enum {
    CPB_LESS, CPB_LESS_EQUAL, CPB_EQUAL, CPB_NOT_EQUAL, CPB_GREATER, CPB_GREATER_EQUAL
} cpb_comparison;
void *_Nullable cpb_compare(cpb_comparison comparison, void *left, void *right, cpb_error error);

int cpb_contains(void *container, void *element, cpb_error error);
intptr_t cpb_count(void *object, cpb_error error);
void *_Nullable cpb_iterator(void *object, cpb_error error);
/// NULL with `*error` NULL at the end.
void *_Nullable cpb_next(void *iterator, cpb_error error);
void *_Nullable cpb_str(void *object, cpb_error error);
void *_Nullable cpb_repr(void *object, cpb_error error);
/// The type's name, e.g. "ndarray"; it lives as long as the type.
const char *cpb_type_name(void *object);

// MARK: Memory shared with Python

/// A read-only buffer object over memory that Swift owns. `release(owner)` is called once, when Python
/// drops the last reference (or at once on failure). `strides` are in bytes. `dimensions` is at most 4.
void *_Nullable cpb_buffer(
    const void *_Nullable data, const char *format, intptr_t item_size, int dimensions, const intptr_t *shape,
    const intptr_t *strides, void *owner, void (*release)(void *owner), cpb_error error);

/// What a Python object that has the buffer protocol holds.
typedef struct {
    void *_Nullable handle;
    void *_Nullable data;
    const char *_Nullable format;
    intptr_t item_size;
    int dimensions;
    const intptr_t *_Nullable shape;
    const intptr_t *_Nullable strides;
    bool read_only;
} cpb_view;
/// Returns 0 and fills `view` if the object exposes its memory; give it back with `cpb_view_close`.
int cpb_view_open(void *object, cpb_view *view, cpb_error error);
void cpb_view_close(cpb_view *view);

// MARK: Swift functions as Python callables

/// Called without the interpreter lock. `arguments` (a tuple) and `keywords` (a dict) are borrowed.
/// Returns a new reference, or NULL with a new reference to an exception in `*error`.
typedef void *_Nullable (*cpb_function_body)(
    void *context, void *arguments, void *_Nullable keywords, void *_Nullable *_Nonnull error);
/// `release(context)` is called once, when Python drops the function (or at once on failure).
void *_Nullable cpb_function(
    cpb_function_body body, void *context, void (*release)(void *context), cpb_error error);

#pragma clang assume_nonnull end

#endif
