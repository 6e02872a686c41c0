// Numbers, strings and sequences across the border.

#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void swiftcore_retain(void *object) { Py_IncRef(object); }
void swiftcore_release(void *object) { Py_DecRef(object); }
bool swiftcore_is_none(void *object) { return object == Py_None; }
bool swiftcore_is_string(void *object) { return PyUnicode_Check((PyObject *)object); }
bool swiftcore_is_float(void *object) { return PyFloat_Check((PyObject *)object); }
bool swiftcore_is_list_or_tuple(void *object) {
    return PyList_Check((PyObject *)object) || PyTuple_Check((PyObject *)object);
}
bool swiftcore_is_dictionary(void *object) { return PyDict_Check((PyObject *)object); }
bool swiftcore_is_callable(void *object) { return PyCallable_Check(object); }

/// What a failed conversion of a number means: the codes of the header.
static int number_failure(void) {
    if (PyErr_ExceptionMatches(PyExc_OverflowError)) {
        PyErr_Clear();
        return -2;
    }
    if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_Clear();
        return -1;
    }
    return -3;
}

int swiftcore_as_double(void *object, double *value) {
    *value = PyFloat_AsDouble(object);
    return *value == -1 && PyErr_Occurred() ? number_failure() : 0;
}

static int as_integer(void *object, PyObject **integer) {
    if (PyLong_CheckExact((PyObject *)object)) {
        *integer = Py_NewRef(object);
        return 0;
    }
    *integer = PyNumber_Index(object);
    return *integer == NULL ? number_failure() : 0;
}

int swiftcore_as_int64(void *object, int64_t *value) {
    PyObject *integer;
    int status = as_integer(object, &integer);
    if (status != 0) return status;
    *value = PyLong_AsLongLong(integer);
    Py_DecRef(integer);
    return *value == -1 && PyErr_Occurred() ? number_failure() : 0;
}

int swiftcore_as_uint64(void *object, uint64_t *value) {
    PyObject *integer;
    int status = as_integer(object, &integer);
    if (status != 0) return status;
    *value = PyLong_AsUnsignedLongLong(integer);
    Py_DecRef(integer);
    if (*value != (uint64_t)-1 || !PyErr_Occurred()) return 0;
    // A negative int is an OverflowError, or a TypeError of older versions.
    PyErr_Clear();
    return -2;
}

int swiftcore_as_bool(void *object, bool *value) {
    if (PyBool_Check((PyObject *)object)) {
        *value = object == Py_True;
        return 0;
    }
    // NumPy's own truth values.
    char name[64];
    swiftcore_type_name(object, name, sizeof name);
    if (strcmp(name, "bool_") != 0 && strcmp(name, "bool") != 0) return -1;
    int truth = PyObject_IsTrue(object);
    *value = truth == 1;
    return truth < 0 ? -3 : 0;
}

int swiftcore_as_complex(void *object, double *real, double *imaginary) {
    if (PyComplex_Check((PyObject *)object)) {
        *real = PyComplex_RealAsDouble(object);
        *imaginary = PyComplex_ImagAsDouble(object);
        return 0;
    }
    // PyComplex_RealAsDouble ignores __complex__ in this version of the ABI.
    if (PyObject_HasAttrString(object, "__complex__") == 1) {
        PyObject *number = PyObject_CallFunctionObjArgs((PyObject *)&PyComplex_Type, object, NULL);
        if (number == NULL) return number_failure();
        *real = PyComplex_RealAsDouble(number);
        *imaginary = PyComplex_ImagAsDouble(number);
        Py_DecRef(number);
        return 0;
    }
    *imaginary = 0;
    return swiftcore_as_double(object, real);
}

const char *swiftcore_utf8(void *object, intptr_t *count) { return PyUnicode_AsUTF8AndSize(object, count); }

char *swiftcore_text(void *object) {
    enum { LIMIT = 120 };
    PyObject *kept_type, *kept_value, *kept_traceback;
    PyErr_Fetch(&kept_type, &kept_value, &kept_traceback);
    PyObject *text = PyObject_Repr(object);
    const char *utf8 = text == NULL ? NULL : PyUnicode_AsUTF8AndSize(text, NULL);
    char *result;
    if (utf8 == NULL) {
        PyErr_Clear();
        result = strdup("(it cannot be shown)");
    } else if (strlen(utf8) <= LIMIT) {
        result = strdup(utf8);
    } else {
        size_t end = LIMIT;
        while (end > 0 && ((unsigned char)utf8[end] & 0xC0) == 0x80) end--;
        result = malloc(end + sizeof "…");
        memcpy(result, utf8, end);
        strcpy(result + end, "…");
    }
    Py_DecRef(text);
    PyErr_Restore(kept_type, kept_value, kept_traceback);
    return result;
}

const char *swiftcore_type_name(void *object, char *buffer, intptr_t size) {
    PyObject *name = PyType_GetName(Py_TYPE((PyObject *)object));
    const char *utf8 = name == NULL ? NULL : PyUnicode_AsUTF8AndSize(name, NULL);
    if (utf8 == NULL) PyErr_Clear();
    snprintf(buffer, (size_t)size, "%s", utf8 == NULL ? "object" : utf8);
    Py_DecRef(name);
    return buffer;
}

// MARK: To Python

void *swiftcore_none(void) { return Py_NewRef(Py_None); }
void *swiftcore_bool(bool value) { return PyBool_FromLong(value); }
void *swiftcore_float(double value) { return PyFloat_FromDouble(value); }
void *swiftcore_int64(int64_t value) { return PyLong_FromLongLong(value); }
void *swiftcore_uint64(uint64_t value) { return PyLong_FromUnsignedLongLong(value); }
void *swiftcore_complex(double real, double imaginary) { return PyComplex_FromDoubles(real, imaginary); }
void *swiftcore_string(const char *utf8, intptr_t count) { return PyUnicode_FromStringAndSize(utf8, count); }

static bool are_complete(void *const *items, intptr_t count) {
    for (intptr_t i = 0; i < count; i++)
        if (items[i] == NULL) return false;
    return true;
}

static void drop(void *const *items, intptr_t count) {
    for (intptr_t i = 0; i < count; i++) Py_DecRef(items[i]);
}

void *swiftcore_tuple(void *const *items, intptr_t count) {
    PyObject *tuple = are_complete(items, count) ? PyTuple_New(count) : NULL;
    if (tuple == NULL) {
        drop(items, count);
        return NULL;
    }
    for (intptr_t i = 0; i < count; i++) PyTuple_SetItem(tuple, i, items[i]);
    return tuple;
}

void *swiftcore_list(void *const *items, intptr_t count) {
    PyObject *list = are_complete(items, count) ? PyList_New(count) : NULL;
    if (list == NULL) {
        drop(items, count);
        return NULL;
    }
    for (intptr_t i = 0; i < count; i++) PyList_SetItem(list, i, items[i]);
    return list;
}

void *swiftcore_named_tuple(int32_t type, void *const *items, intptr_t count) {
    // tuple.__new__ itself: the constructor that a named tuple has would only pack the fields again.
    static newfunc create = NULL;
    if (create == NULL) create = (newfunc)PyType_GetSlot(&PyTuple_Type, Py_tp_new);
    PyObject *fields = swiftcore_tuple(items, count);
    if (fields == NULL) return NULL;
    PyObject *class = swiftcore_tuple_type(type);
    PyObject *arguments = class == NULL ? NULL : PyTuple_Pack(1, fields);
    Py_DecRef(fields);
    if (arguments == NULL) return NULL;
    PyObject *result = create((PyTypeObject *)class, arguments, NULL);
    Py_DecRef(arguments);
    return result;
}

void *swiftcore_dictionary(void) { return PyDict_New(); }

int swiftcore_set_item(void *dictionary, void *key, void *value) {
    int status = key == NULL || value == NULL ? -1 : PyDict_SetItem(dictionary, key, value);
    Py_DecRef(key);
    Py_DecRef(value);
    return status;
}

// MARK: Sequences

intptr_t swiftcore_count(void *object) {
    if (!PySequence_Check(object) || PyUnicode_Check((PyObject *)object) || PyDict_Check((PyObject *)object)) return -1;
    intptr_t count = PySequence_Size(object);
    if (count < 0) PyErr_Clear();
    return count;
}

void *swiftcore_item(void *sequence, intptr_t index) {
    if (PyList_Check((PyObject *)sequence)) {
        PyObject *item = PyList_GetItem(sequence, index);
        Py_IncRef(item);
        return item;
    }
    return PySequence_GetItem(sequence, index);
}

void *swiftcore_dictionary_item(void *dictionary, const char *key) { return PyDict_GetItemString(dictionary, key); }
void *swiftcore_dictionary_keys(void *dictionary) { return PyDict_Keys(dictionary); }

void *swiftcore_array_of(void *object) {
    if (PyObject_HasAttrString(object, "__array__") != 1) return NULL;
    PyObject *method = PyObject_GetAttrString(object, "__array__");
    PyObject *array = method == NULL ? NULL : PyObject_CallNoArgs(method);
    Py_DecRef(method);
    return array;
}

void *swiftcore_call(void *callable, void *const *items, intptr_t count) {
    PyObject *arguments = swiftcore_tuple(items, count);
    if (arguments == NULL) return NULL;
    PyObject *result = PyObject_Call(callable, arguments, NULL);
    Py_DecRef(arguments);
    return result;
}
