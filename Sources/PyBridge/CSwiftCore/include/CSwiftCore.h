// The Python module `swiftcore`, as far as it is C: one code base for the interpreter inside a notebook and for
// the extension that pip installs.
//
// Only CPython's stable ABI (3.11) is used, and libpython is not linked: whoever loads the module has it.
// An object is a `void *` here, so that Swift never parses Python.h.
//
// Rules for every function, unless it says otherwise:
// - it is called with the interpreter lock held;
// - a returned object is a new reference, an argument is borrowed;
// - NULL (or -1) means that a Python exception is set.

#ifndef REPL_KIT_CSWIFTCORE_H
#define REPL_KIT_CSWIFTCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// MARK: The module

/// A function as CPython's METH_FASTCALL | METH_KEYWORDS calls it.
typedef void *_Nullable (*swiftcore_function)(
    void *_Nullable self, void *_Nonnull const *_Nullable arguments, intptr_t count, void *_Nullable names);

/// Adds a function while the module is being made. `parameters` are names after commas; those after "|" can only
/// be given by name, and "?" follows one that may be left out. The strings must live for ever.
/// Functions are numbered from 0 in the order of the calls.
void swiftcore_define_function(
    const char *module, const char *name, const char *documentation, const char *parameters,
    swiftcore_function function);
/// Adds a named tuple with the given fields (after commas). Numbered from 0 in the order of the calls.
void swiftcore_define_tuple(const char *module, const char *name, const char *documentation, const char *fields);
/// Adds an exception. `bases` are 0 for swiftcore.Error alone, 1 for ValueError as well. Numbered from 0.
void swiftcore_define_exception(const char *name, const char *documentation, int32_t bases);

/// Lets `import swiftcore` find the module inside this process: for an embedded interpreter. Takes the lock
/// itself. Returns NULL, or what went wrong (the caller frees it).
char *_Nullable swiftcore_register(void);

// MARK: Calls

/// Puts the arguments of a call in the order of the function's parameters; NULL for what was left out.
int swiftcore_bind(
    int32_t function, void *_Nonnull const *_Nullable arguments, intptr_t count, void *_Nullable names,
    void *_Nullable *_Nonnull slots);
const char *swiftcore_function_name(int32_t function);
const char *swiftcore_parameter_name(int32_t function, int32_t parameter);

/// Gives the interpreter lock to other threads, and takes it back.
void *swiftcore_unlock(void);
void swiftcore_lock(void *state);
/// Takes the lock in a thread that may or may not have it, and gives it back.
int32_t swiftcore_enter(void);
void swiftcore_leave(int32_t state);

// MARK: Exceptions

typedef enum { SWIFTCORE_TYPE_ERROR, SWIFTCORE_VALUE_ERROR, SWIFTCORE_OVERFLOW_ERROR, SWIFTCORE_RUNTIME_ERROR }
    swiftcore_exception;
void swiftcore_raise(swiftcore_exception kind, const char *message);
/// Raises exception number `index`; with `is_argument` in its form that is a ValueError too. A negative index is
/// swiftcore.Error itself.
void swiftcore_raise_defined(int32_t index, bool is_argument, const char *message);
/// Takes the pending exception away, as a new reference.
void *swiftcore_take_exception(void);
/// Raises an exception taken before, and takes over the reference.
void swiftcore_raise_taken(void *exception);

// MARK: References and values

void swiftcore_retain(void *object);
void swiftcore_release(void *object);
bool swiftcore_is_none(void *object);
bool swiftcore_is_string(void *object);
bool swiftcore_is_float(void *object);
bool swiftcore_is_list_or_tuple(void *object);
bool swiftcore_is_dictionary(void *object);
bool swiftcore_is_callable(void *object);
/// Each returns 0, -1 where the object is no such number (no exception is set), -2 where it is out of range
/// (none either), and -3 with an exception.
int swiftcore_as_double(void *object, double *value);
int swiftcore_as_int64(void *object, int64_t *value);
int swiftcore_as_uint64(void *object, uint64_t *value);
int swiftcore_as_bool(void *object, bool *value);
int swiftcore_as_complex(void *object, double *real, double *imaginary);
const char *_Nullable swiftcore_utf8(void *object, intptr_t *count);
/// `repr(object)`, shortened; the caller frees it.
char *swiftcore_text(void *object);
const char *_Nonnull swiftcore_type_name(void *object, char *buffer, intptr_t size);

void *swiftcore_none(void);
void *_Nullable swiftcore_bool(bool value);
void *_Nullable swiftcore_float(double value);
void *_Nullable swiftcore_int64(int64_t value);
void *_Nullable swiftcore_uint64(uint64_t value);
void *_Nullable swiftcore_complex(double real, double imaginary);
void *_Nullable swiftcore_string(const char *utf8, intptr_t count);
/// These take over the references of the items, also on failure. NULL items are allowed: then the result is NULL.
void *_Nullable swiftcore_tuple(void *_Nullable const *_Nullable items, intptr_t count);
void *_Nullable swiftcore_list(void *_Nullable const *_Nullable items, intptr_t count);
void *_Nullable swiftcore_named_tuple(int32_t type, void *_Nullable const *_Nullable items, intptr_t count);
void *_Nullable swiftcore_dictionary(void);
/// Takes over key and value.
int swiftcore_set_item(void *dictionary, void *_Nullable key, void *_Nullable value);

/// The length of a list, tuple or other sequence; -1 without an exception where it is none.
intptr_t swiftcore_count(void *object);
void *_Nullable swiftcore_item(void *sequence, intptr_t index);
/// The value under a key of a dict, borrowed; NULL without an exception where there is none.
void *_Nullable swiftcore_dictionary_item(void *dictionary, const char *key);
/// The keys of a dict, as a list.
void *_Nullable swiftcore_dictionary_keys(void *dictionary);
/// `object.__array__()` where the object has it; NULL, without an exception where it has not.
void *_Nullable swiftcore_array_of(void *object);
/// `callable(*items)`; takes over the items.
void *_Nullable swiftcore_call(void *callable, void *_Nullable const *_Nullable items, intptr_t count);

// MARK: Memory

enum { SWIFTCORE_MAXIMUM_DIMENSIONS = 8 };

/// What an object with the buffer protocol holds. It stays until `swiftcore_view_close`, which takes the lock itself.
typedef struct {
    void *_Nullable handle;
    void *_Nullable data;
    const char *_Nullable format;
    intptr_t item_size;
    int dimensions;
    const intptr_t *_Nullable shape;
    const intptr_t *_Nullable strides;
} swiftcore_view;
/// 0, or -1 without an exception where the object has no such memory.
int swiftcore_view_open(void *object, swiftcore_view *view);
void swiftcore_view_close(void *handle);

/// An array over memory that Swift owns, writable and in row-major order: a numpy.ndarray where NumPy is installed,
/// else a memoryview. `release(owner)` is called once, when Python drops it (or at once on failure).
void *_Nullable swiftcore_array(
    void *_Nullable data, const char *format, intptr_t item_size, int dimensions, const intptr_t *shape, void *owner,
    void (*release)(void *owner));

#pragma clang assume_nonnull end

#endif
