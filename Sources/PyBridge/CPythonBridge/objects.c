// References, conversions and operations: each function takes the interpreter lock for itself.

#include "internal.h"

#include <complex.h>

void *cpb_take_error(void) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        PyErr_SetString(PyExc_SystemError, "an operation failed without an exception");
        PyErr_Fetch(&type, &value, &traceback);
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL) PyException_SetTraceback(value, traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
}

// MARK: References

void cpb_retain(void *object) {
    PyGILState_STATE state = PyGILState_Ensure();
    Py_INCREF((PyObject *)object);
    PyGILState_Release(state);
}

void cpb_release(void *object) {
    // A Swift global may outlive the interpreter of a plain Python process.
    if (!Py_IsInitialized()) return;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF((PyObject *)object);
    PyGILState_Release(state);
}

intptr_t cpb_reference_count(void *object) {
    PyGILState_STATE state = PyGILState_Ensure();
    intptr_t count = Py_REFCNT((PyObject *)object);
    PyGILState_Release(state);
    return count;
}

// MARK: Swift values to Python

static void *retained(PyObject *object) {
    PyGILState_STATE state = PyGILState_Ensure();
    Py_INCREF(object);
    PyGILState_Release(state);
    return object;
}

void *cpb_none(void) { return retained(Py_None); }
void *cpb_ellipsis(void) { return retained(Py_Ellipsis); }
void *cpb_bool(bool value) { return retained(value ? Py_True : Py_False); }
void *cpb_int(int64_t value, cpb_error error) { CPB_OBJECT(PyLong_FromLongLong(value)); }
void *cpb_uint(uint64_t value, cpb_error error) { CPB_OBJECT(PyLong_FromUnsignedLongLong(value)); }
void *cpb_float(double value, cpb_error error) { CPB_OBJECT(PyFloat_FromDouble(value)); }
void *cpb_complex(double real, double imaginary, cpb_error error) {
    CPB_OBJECT(PyComplex_FromDoubles(real, imaginary));
}
void *cpb_string(const char *utf8, intptr_t count, cpb_error error) {
    CPB_OBJECT(PyUnicode_FromStringAndSize(utf8, count));
}

static PyObject *make_tuple(void *const *items, intptr_t count) {
    PyObject *tuple = PyTuple_New(count);
    if (tuple == NULL) return NULL;
    for (intptr_t i = 0; i < count; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef((PyObject *)items[i]));
    return tuple;
}

static PyObject *make_list(void *const *items, intptr_t count) {
    PyObject *list = PyList_New(count);
    if (list == NULL) return NULL;
    for (intptr_t i = 0; i < count; i++) PyList_SET_ITEM(list, i, Py_NewRef((PyObject *)items[i]));
    return list;
}

static PyObject *make_dictionary(void *const *keys, void *const *values, intptr_t count) {
    PyObject *dictionary = PyDict_New();
    if (dictionary == NULL) return NULL;
    for (intptr_t i = 0; i < count; i++) {
        if (PyDict_SetItem(dictionary, keys[i], values[i]) != 0) {
            Py_DECREF(dictionary);
            return NULL;
        }
    }
    return dictionary;
}

void *cpb_tuple(void *const *items, intptr_t count, cpb_error error) { CPB_OBJECT(make_tuple(items, count)); }
void *cpb_list(void *const *items, intptr_t count, cpb_error error) { CPB_OBJECT(make_list(items, count)); }
void *cpb_dictionary(void *const *keys, void *const *values, intptr_t count, cpb_error error) {
    CPB_OBJECT(make_dictionary(keys, values, count));
}
void *cpb_slice(void *start, void *stop, void *step, cpb_error error) { CPB_OBJECT(PySlice_New(start, stop, step)); }

// MARK: Python values to Swift

bool cpb_is_none(void *object) { return object == Py_None; }
bool cpb_is_string(void *object) { return PyUnicode_Check((PyObject *)object); }
bool cpb_is_float(void *object) { return PyFloat_Check((PyObject *)object); }

static int as_double(PyObject *object, double *value) {
    *value = PyFloat_AsDouble(object);
    return *value == -1 && PyErr_Occurred() ? -1 : 0;
}

static int as_int(PyObject *object, int64_t *value) {
    PyObject *integer = PyNumber_Index(object);
    if (integer == NULL) return -1;
    *value = PyLong_AsLongLong(integer);
    Py_DECREF(integer);
    return *value == -1 && PyErr_Occurred() ? -1 : 0;
}

static int as_uint(PyObject *object, uint64_t *value) {
    PyObject *integer = PyNumber_Index(object);
    if (integer == NULL) return -1;
    *value = PyLong_AsUnsignedLongLong(integer);
    Py_DECREF(integer);
    return *value == (uint64_t)-1 && PyErr_Occurred() ? -1 : 0;
}

static int as_complex(PyObject *object, double *real, double *imaginary) {
    Py_complex value = PyComplex_AsCComplex(object);
    *real = value.real;
    *imaginary = value.imag;
    return value.real == -1 && PyErr_Occurred() ? -1 : 0;
}

static int as_bool(PyObject *object, bool *value) {
    int truth = PyObject_IsTrue(object);
    *value = truth == 1;
    return truth < 0 ? -1 : 0;
}

int cpb_as_double(void *object, double *value, cpb_error error) { CPB_STATUS(as_double(object, value)); }
int cpb_as_int(void *object, int64_t *value, cpb_error error) { CPB_STATUS(as_int(object, value)); }
int cpb_as_uint(void *object, uint64_t *value, cpb_error error) { CPB_STATUS(as_uint(object, value)); }
int cpb_as_complex(void *object, double *real, double *imaginary, cpb_error error) {
    CPB_STATUS(as_complex(object, real, imaginary));
}
int cpb_as_bool(void *object, bool *value, cpb_error error) { CPB_STATUS(as_bool(object, value)); }
const char *cpb_utf8(void *object, intptr_t *count, cpb_error error) {
    CPB_LOCKED(const char *, NULL, PyUnicode_AsUTF8AndSize(object, count));
}

// MARK: Operations

void *cpb_import(const char *name, cpb_error error) { CPB_OBJECT(PyImport_ImportModule(name)); }
void *cpb_get_attribute(void *object, const char *name, cpb_error error) {
    CPB_OBJECT(PyObject_GetAttrString(object, name));
}
bool cpb_has_attribute(void *object, const char *name) {
    PyGILState_STATE state = PyGILState_Ensure();
    int found = PyObject_HasAttrString(object, name);
    PyGILState_Release(state);
    return found == 1;
}
int cpb_set_attribute(void *object, const char *name, void *value, cpb_error error) {
    CPB_STATUS(PyObject_SetAttrString(object, name, value));
}
void *cpb_get_item(void *object, void *key, cpb_error error) { CPB_OBJECT(PyObject_GetItem(object, key)); }
int cpb_set_item(void *object, void *key, void *value, cpb_error error) {
    CPB_STATUS(value == NULL ? PyObject_DelItem(object, key) : PyObject_SetItem(object, key, value));
}

static PyObject *call(
    PyObject *callable, void *const *positional, intptr_t positional_count, const char *const *names,
    void *const *named, intptr_t named_count) {
    PyObject *arguments = make_tuple(positional, positional_count);
    if (arguments == NULL) return NULL;
    PyObject *keywords = NULL, *result = NULL;
    bool ready = true;
    if (named_count > 0) {
        keywords = PyDict_New();
        ready = keywords != NULL;
        for (intptr_t i = 0; ready && i < named_count; i++) {
            if (PyDict_GetItemString(keywords, names[i]) != NULL) {
                PyErr_Format(PyExc_TypeError, "keyword argument repeated: %s", names[i]);
                ready = false;
            } else {
                ready = PyDict_SetItemString(keywords, names[i], named[i]) == 0;
            }
        }
    }
    if (ready) result = PyObject_Call(callable, arguments, keywords);
    Py_DECREF(arguments);
    Py_XDECREF(keywords);
    return result;
}

void *cpb_call(
    void *callable, void *const *positional, intptr_t positional_count, const char *const *names, void *const *named,
    intptr_t named_count, cpb_error error) {
    CPB_OBJECT(call(callable, positional, positional_count, names, named, named_count));
}

static PyObject *power(PyObject *left, PyObject *right) { return PyNumber_Power(left, right, Py_None); }
static PyObject *in_place_power(PyObject *left, PyObject *right) { return PyNumber_InPlacePower(left, right, Py_None); }

void *cpb_binary(cpb_operation operation, bool in_place, void *left, void *right, cpb_error error) {
    // In the order of cpb_operation.
    static PyObject *(*const functions[][2])(PyObject *, PyObject *) = {
        {PyNumber_Add, PyNumber_InPlaceAdd},
        {PyNumber_Subtract, PyNumber_InPlaceSubtract},
        {PyNumber_Multiply, PyNumber_InPlaceMultiply},
        {PyNumber_TrueDivide, PyNumber_InPlaceTrueDivide},
        {PyNumber_FloorDivide, PyNumber_InPlaceFloorDivide},
        {PyNumber_Remainder, PyNumber_InPlaceRemainder},
        {power, in_place_power},
        {PyNumber_MatrixMultiply, PyNumber_InPlaceMatrixMultiply},
        {PyNumber_And, PyNumber_InPlaceAnd},
        {PyNumber_Or, PyNumber_InPlaceOr},
        {PyNumber_Xor, PyNumber_InPlaceXor},
        {PyNumber_Lshift, PyNumber_InPlaceLshift},
        {PyNumber_Rshift, PyNumber_InPlaceRshift},
    };
    CPB_OBJECT(functions[operation][in_place ? 1 : 0](left, right));
}

void *cpb_unary(cpb_unary_operation operation, void *object, cpb_error error) {
    static PyObject *(*const functions[])(PyObject *) = {
        PyNumber_Negative, PyNumber_Positive, PyNumber_Invert, PyNumber_Absolute};
    CPB_OBJECT(functions[operation](object));
}

void *cpb_compare(cpb_comparison comparison, void *left, void *right, cpb_error error) {
    static const int codes[] = {Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE};
    CPB_OBJECT(PyObject_RichCompare(left, right, codes[comparison]));
}

int cpb_contains(void *container, void *element, cpb_error error) {
    CPB_STATUS(PySequence_Contains(container, element));
}
intptr_t cpb_count(void *object, cpb_error error) { CPB_LOCKED(intptr_t, -1, PyObject_Size(object)); }
void *cpb_iterator(void *object, cpb_error error) { CPB_OBJECT(PyObject_GetIter(object)); }

void *cpb_next(void *iterator, cpb_error error) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *item = PyIter_Next(iterator);
    *error = item == NULL && PyErr_Occurred() ? cpb_take_error() : NULL;
    PyGILState_Release(state);
    return item;
}

void *cpb_str(void *object, cpb_error error) { CPB_OBJECT(PyObject_Str(object)); }
void *cpb_repr(void *object, cpb_error error) { CPB_OBJECT(PyObject_Repr(object)); }
const char *cpb_type_name(void *object) { return Py_TYPE((PyObject *)object)->tp_name; }
