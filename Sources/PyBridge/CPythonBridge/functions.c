// Swift closures as Python callables.

#include "internal.h"

#include <stdlib.h>

typedef struct {
    cpb_function_body body;
    void *context;
    void (*release)(void *);
} SwiftFunction;

static const char capsule_name[] = "replkit.SwiftFunction";

static void destroy(PyObject *capsule) {
    SwiftFunction *function = PyCapsule_GetPointer(capsule, capsule_name);
    if (function == NULL) return;
    function->release(function->context);
    free(function);
}

static PyObject *call_swift(PyObject *capsule, PyObject *arguments, PyObject *keywords) {
    SwiftFunction *function = PyCapsule_GetPointer(capsule, capsule_name);
    if (function == NULL) return NULL;
    void *exception = NULL, *result;
    // Swift code never holds the interpreter lock: what it calls takes it again.
    Py_BEGIN_ALLOW_THREADS
    result = function->body(function->context, arguments, keywords, &exception);
    Py_END_ALLOW_THREADS
    if (result == NULL) {
        PyObject *raised = exception;
        if (raised != NULL && PyExceptionInstance_Check(raised)) {
            PyErr_SetObject((PyObject *)Py_TYPE(raised), raised);
        } else {
            PyErr_SetString(PyExc_RuntimeError, "a Swift function failed without an error");
        }
        Py_XDECREF(raised);
    }
    return result;
}

static PyMethodDef definition = {
    "swift_function", (PyCFunction)(void (*)(void))call_swift, METH_VARARGS | METH_KEYWORDS, "A Swift closure."};

void *cpb_function(cpb_function_body body, void *context, void (*release)(void *), cpb_error error) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *callable = NULL, *capsule = NULL;
    SwiftFunction *function = malloc(sizeof(SwiftFunction));
    if (function == NULL) {
        PyErr_NoMemory();
    } else {
        *function = (SwiftFunction){body, context, release};
        capsule = PyCapsule_New(function, capsule_name, destroy);
    }
    if (capsule == NULL) {
        release(context);
        free(function);
    } else {
        callable = PyCFunction_NewEx(&definition, capsule, NULL);
        Py_DECREF(capsule);
    }
    *error = callable == NULL ? cpb_take_error() : NULL;
    PyGILState_Release(state);
    return callable;
}
