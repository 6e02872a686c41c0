// The module itself: what Swift defines, the Python half (package.py), and the binding of arguments.

#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"
static const char package_source[] = {
#embed "package.py"
    , 0};

/// Generated from the marks in Core: calls `swiftcore_define_…` for each of them.
void swiftcore_define_exports(void);

// MARK: Definitions

typedef struct {
    const char *module, *name, *documentation;
    PyMethodDef method;
    int32_t count, positional;
    PyObject **names;
    char **texts;
    bool *required;
} Function;

typedef struct {
    const char *module, *name, *documentation, *fields;
    PyObject *type;
} Tuple;

typedef struct {
    const char *name, *documentation;
    bool is_value_error;
    PyObject *general, *argument;
} Exception;

// Written while the module is made, with the interpreter lock; only read later.
static Function *functions;
static int32_t function_count, function_capacity;
static Tuple *tuples;
static int32_t tuple_count, tuple_capacity;
static Exception *exceptions;
static int32_t exception_count, exception_capacity;
static PyObject *base_exception;

static void *grown(void *items, int32_t count, int32_t *capacity, size_t size) {
    if (count < *capacity) return items;
    *capacity = *capacity == 0 ? 64 : 2 * *capacity;
    void *larger = realloc(items, (size_t)*capacity * size);
    if (larger == NULL) abort();
    return larger;
}

void swiftcore_define_function(
    const char *module, const char *name, const char *documentation, const char *parameters,
    swiftcore_function function) {
    functions = grown(functions, function_count, &function_capacity, sizeof *functions);
    Function *made = &functions[function_count++];
    *made = (Function){.module = module, .name = name, .documentation = documentation};
    made->method = (PyMethodDef){
        name, (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS, documentation};
    int32_t most = 1;
    for (const char *each = parameters; *each != 0; each++) most += *each == ',' || *each == '|';
    made->names = calloc((size_t)most, sizeof *made->names);
    made->texts = calloc((size_t)most, sizeof *made->texts);
    made->required = calloc((size_t)most, sizeof *made->required);
    made->positional = -1;
    for (const char *start = parameters; *start != 0;) {
        if (*start == '|') {
            made->positional = made->count;
            start++;
            continue;
        }
        size_t length = strcspn(start, ",|");
        size_t text = length > 0 && start[length - 1] == '?' ? length - 1 : length;
        if (text > 0) {
            made->required[made->count] = text == length;
            made->texts[made->count] = strndup(start, text);
            made->names[made->count] = PyUnicode_InternFromString(made->texts[made->count]);
            made->count++;
        }
        start += length;
        if (*start == ',') start++;
    }
    if (made->positional < 0) made->positional = made->count;
}

void swiftcore_define_tuple(const char *module, const char *name, const char *documentation, const char *fields) {
    tuples = grown(tuples, tuple_count, &tuple_capacity, sizeof *tuples);
    tuples[tuple_count++] = (Tuple){module, name, documentation, fields, NULL};
}

void swiftcore_define_exception(const char *name, const char *documentation, int32_t bases) {
    exceptions = grown(exceptions, exception_count, &exception_capacity, sizeof *exceptions);
    exceptions[exception_count++] = (Exception){name, documentation, bases == 1, NULL, NULL};
}

PyObject *swiftcore_tuple_type(int32_t index) { return tuples[index].type; }
const char *swiftcore_function_name(int32_t function) { return functions[function].name; }
const char *swiftcore_parameter_name(int32_t function, int32_t parameter) {
    return functions[function].texts[parameter];
}

// MARK: The native module

static PyObject *definitions(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    PyObject *all = PyTuple_New(3);
    if (all == NULL) return NULL;
    for (int i = 0; i < 3; i++) PyTuple_SetItem(all, i, PyList_New(0));
    bool failed = false;
    for (int32_t i = 0; i < function_count && !failed; i++) {
        PyObject *item = Py_BuildValue("(ss)", functions[i].module, functions[i].name);
        failed = item == NULL || PyList_Append(PyTuple_GetItem(all, 0), item) != 0;
        Py_DecRef(item);
    }
    for (int32_t i = 0; i < tuple_count && !failed; i++) {
        PyObject *item = Py_BuildValue(
            "(ssss)", tuples[i].module, tuples[i].name, tuples[i].documentation, tuples[i].fields);
        failed = item == NULL || PyList_Append(PyTuple_GetItem(all, 1), item) != 0;
        Py_DecRef(item);
    }
    for (int32_t i = 0; i < exception_count && !failed; i++) {
        PyObject *item = Py_BuildValue(
            "(ssO)", exceptions[i].name, exceptions[i].documentation,
            exceptions[i].is_value_error ? Py_True : Py_False);
        failed = item == NULL || PyList_Append(PyTuple_GetItem(all, 2), item) != 0;
        Py_DecRef(item);
    }
    if (!failed) return all;
    Py_DecRef(all);
    return NULL;
}

static PyObject *set_exceptions(PyObject *self, PyObject *arguments) {
    (void)self;
    PyObject *base, *list;
    if (!PyArg_ParseTuple(arguments, "OO", &base, &list)) return NULL;
    base_exception = Py_NewRef(base);
    for (int32_t i = 0; i < exception_count; i++) {
        PyObject *pair = PyList_GetItem(list, i);
        if (pair == NULL || !PyArg_ParseTuple(pair, "OO", &exceptions[i].general, &exceptions[i].argument)) return NULL;
        Py_IncRef(exceptions[i].general);
        Py_IncRef(exceptions[i].argument);
    }
    return Py_NewRef(Py_None);
}

static PyObject *set_tuples(PyObject *self, PyObject *list) {
    (void)self;
    for (int32_t i = 0; i < tuple_count; i++) {
        tuples[i].type = PyList_GetItem(list, i);
        if (tuples[i].type == NULL) return NULL;
        Py_IncRef(tuples[i].type);
    }
    return Py_NewRef(Py_None);
}

static PyObject *make_function(PyObject *self, PyObject *arguments) {
    (void)self;
    int index;
    PyObject *module;
    if (!PyArg_ParseTuple(arguments, "iO", &index, &module)) return NULL;
    if (index < 0 || index >= function_count) return PyErr_Format(PyExc_IndexError, "no function %d", index);
    PyObject *name = PyObject_GetAttrString(module, "__name__");
    PyObject *function = name == NULL ? NULL : PyCFunction_NewEx(&functions[index].method, module, name);
    Py_DecRef(name);
    return function;
}

static PyMethodDef methods[] = {
    {"definitions", definitions, METH_NOARGS, "What Swift defines: functions, named tuples, exceptions."},
    {"set_exceptions", set_exceptions, METH_VARARGS, "Gives the exceptions that Swift raises."},
    {"set_tuples", set_tuples, METH_O, "Gives the types of results."},
    {"function", make_function, METH_VARARGS, "Makes a function of a sub-module."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "swiftcore._native", "The compiled part of swiftcore.", -1, methods, NULL, NULL, NULL, NULL};

// Without the attribute nothing refers to it: the loader looks it up by name.
__attribute__((visibility("default"), used)) PyObject *PyInit__native(void) {
    if (function_count == 0) swiftcore_define_exports();
    if (swiftcore_prepare_memory() != 0) return NULL;
    return PyModule_Create(&definition);
}

// MARK: Inside an embedded interpreter

/// The package's Python half, as the finder below wants it.
static PyObject *package_text(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    return PyUnicode_FromString(package_source);
}
static PyObject *native_module(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    return PyInit__native();
}
static PyMethodDef embedded_methods[] = {
    {"text", package_text, METH_NOARGS, ""},
    {"native", native_module, METH_NOARGS, ""},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef embedded = {
    PyModuleDef_HEAD_INIT, "_swiftcore_embedded", "", -1, embedded_methods, NULL, NULL, NULL, NULL};

// Before all other finders: inside a notebook the process's own Core is meant, whatever is installed.
static const char finder_source[] =
    "import importlib.machinery, linecache, sys\n"
    "class SwiftCoreFinder:\n"
    "    'Finds swiftcore in this process.'\n"
    "    @classmethod\n"
    "    def find_spec(cls, name, path=None, target=None):\n"
    "        if name not in ('swiftcore', 'swiftcore._native'):\n"
    "            return None\n"
    "        return importlib.machinery.ModuleSpec(name, cls, origin='built-in', is_package=name == 'swiftcore')\n"
    "    @staticmethod\n"
    "    def create_module(spec):\n"
    "        return embedded.native() if spec.name == 'swiftcore._native' else None\n"
    "    @staticmethod\n"
    "    def exec_module(module):\n"
    "        if module.__name__ == 'swiftcore':\n"
    "            exec(compile(embedded.text(), '<swiftcore>', 'exec'), module.__dict__)\n"
    "sys.meta_path.insert(0, SwiftCoreFinder)\n";

char *swiftcore_register(void) {
    PyGILState_STATE state = PyGILState_Ensure();
    char *failure = NULL;
    PyObject *module = PyModule_Create(&embedded), *names = PyDict_New(), *code = NULL, *value = NULL;
    if (module != NULL && names != NULL && PyDict_SetItemString(names, "embedded", module) == 0
        && PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) == 0) {
        code = Py_CompileString(finder_source, "<swiftcore>", Py_file_input);
        if (code != NULL) value = PyEval_EvalCode(code, names, names);
    }
    if (value == NULL) {
        PyObject *exception = swiftcore_take_exception();
        char *text = swiftcore_text(exception);
        if (asprintf(&failure, "swiftcore could not be registered: %s", text) < 0) failure = strdup("swiftcore");
        free(text);
        Py_DecRef(exception);
    }
    Py_DecRef(value);
    Py_DecRef(code);
    Py_DecRef(names);
    Py_DecRef(module);
    PyGILState_Release(state);
    return failure;
}

// MARK: Calls

/// Which parameter a keyword names; -1 if none.
static int32_t keyword_position(const Function *function, PyObject *keyword) {
    for (int32_t i = 0; i < function->count; i++)
        if (function->names[i] == keyword) return i;
    // A name that was not interned.
    for (int32_t i = 0; i < function->count; i++) {
        if (PyUnicode_Compare(function->names[i], keyword) == 0) return i;
    }
    return -1;
}

int swiftcore_bind(int32_t index, void *const *arguments, intptr_t count, void *names, void **slots) {
    const Function *function = &functions[index];
    for (int32_t i = 0; i < function->count; i++) slots[i] = NULL;
    if (count > function->positional) {
        PyErr_Format(
            PyExc_TypeError, "%s() takes %d positional argument%s but %zd were given", function->name,
            function->positional, function->positional == 1 ? "" : "s", count);
        return -1;
    }
    for (intptr_t i = 0; i < count; i++) slots[i] = arguments[i];
    Py_ssize_t named = names == NULL ? 0 : PyTuple_Size(names);
    for (Py_ssize_t i = 0; i < named; i++) {
        PyObject *keyword = PyTuple_GetItem(names, i);
        int32_t position = keyword_position(function, keyword);
        if (position < 0) {
            PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function->name, keyword);
            return -1;
        }
        if (slots[position] != NULL) {
            PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'", function->name, keyword);
            return -1;
        }
        slots[position] = arguments[count + i];
    }
    for (int32_t i = 0; i < function->count; i++) {
        if (slots[i] == NULL && function->required[i]) {
            PyErr_Format(
                PyExc_TypeError, "%s() missing required%s argument '%s'", function->name,
                i < function->positional ? "" : " keyword-only", function->texts[i]);
            return -1;
        }
    }
    return 0;
}

void *swiftcore_unlock(void) { return PyEval_SaveThread(); }
void swiftcore_lock(void *state) { PyEval_RestoreThread(state); }
int32_t swiftcore_enter(void) { return (int32_t)PyGILState_Ensure(); }
void swiftcore_leave(int32_t state) { PyGILState_Release((PyGILState_STATE)state); }

// MARK: Exceptions

void swiftcore_raise(swiftcore_exception kind, const char *message) {
    PyObject *const types[] = {PyExc_TypeError, PyExc_ValueError, PyExc_OverflowError, PyExc_RuntimeError};
    PyErr_SetString(types[kind], message);
}

void swiftcore_raise_defined(int32_t index, bool is_argument, const char *message) {
    PyObject *type = index < 0 ? base_exception : is_argument ? exceptions[index].argument : exceptions[index].general;
    PyErr_SetString(type, message);
}

void *swiftcore_take_exception(void) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        PyErr_SetString(PyExc_SystemError, "an operation failed without an exception");
        PyErr_Fetch(&type, &value, &traceback);
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL) PyException_SetTraceback(value, traceback);
    Py_DecRef(type);
    Py_DecRef(traceback);
    return value;
}

void swiftcore_raise_taken(void *exception) {
    PyErr_SetObject((PyObject *)Py_TYPE((PyObject *)exception), exception);
    Py_DecRef(exception);
}
