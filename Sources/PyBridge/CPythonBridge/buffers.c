// Memory that Swift and Python share through the buffer protocol, in both directions.

#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { MAXIMUM_DIMENSIONS = 4, FORMAT_SIZE = 8 };

// MARK: Swift's memory, seen by Python

typedef struct {
    PyObject_HEAD
    void *data;
    Py_ssize_t item_size, byte_count;
    int dimensions;
    Py_ssize_t shape[MAXIMUM_DIMENSIONS], strides[MAXIMUM_DIMENSIONS];
    char format[FORMAT_SIZE];
    void *owner;
    void (*release)(void *);
} SwiftMemory;

static int memory_get_buffer(PyObject *self, Py_buffer *view, int flags) {
    SwiftMemory *memory = (SwiftMemory *)self;
    view->obj = NULL;
    if ((flags & PyBUF_WRITABLE) != 0) {
        PyErr_SetString(PyExc_BufferError, "this memory belongs to a Swift value and is read-only");
        return -1;
    }
    view->buf = memory->data;
    view->obj = Py_NewRef(self);
    view->len = memory->byte_count;
    view->itemsize = memory->item_size;
    view->readonly = 1;
    view->ndim = memory->dimensions;
    view->format = memory->format;
    view->shape = memory->shape;
    view->strides = memory->strides;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

static void memory_deallocate(PyObject *self) {
    SwiftMemory *memory = (SwiftMemory *)self;
    PyTypeObject *type = Py_TYPE(self);
    memory->release(memory->owner);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyType_Slot memory_slots[] = {
    {Py_tp_dealloc, memory_deallocate},
    {Py_bf_getbuffer, memory_get_buffer},
    {Py_tp_doc, "Memory of a Swift value, kept alive while Python uses it."},
    {0, NULL},
};
static PyType_Spec memory_spec = {
    "replkit.SwiftMemory", sizeof(SwiftMemory), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    memory_slots};

void *cpb_buffer(
    const void *data, const char *format, intptr_t item_size, int dimensions, const intptr_t *shape,
    const intptr_t *strides, void *owner, void (*release)(void *), cpb_error error) {
    static PyObject *type = NULL;  // guarded by the interpreter lock
    static const double nothing = 0;
    PyGILState_STATE state = PyGILState_Ensure();
    SwiftMemory *memory = NULL;
    if (dimensions > MAXIMUM_DIMENSIONS || strlen(format) >= FORMAT_SIZE) {
        PyErr_SetString(PyExc_ValueError, "too many dimensions or too long a format for a Swift buffer");
    } else if (type != NULL || (type = PyType_FromSpec(&memory_spec)) != NULL) {
        memory = PyObject_New(SwiftMemory, (PyTypeObject *)type);
    }
    if (memory != NULL) {
        // An empty Swift buffer may have no address, which the buffer protocol does not allow.
        memory->data = data == NULL ? (void *)&nothing : (void *)data;
        memory->item_size = item_size;
        memory->dimensions = dimensions;
        memory->byte_count = item_size;
        for (int i = 0; i < dimensions; i++) {
            memory->shape[i] = shape[i];
            memory->strides[i] = strides[i];
            memory->byte_count *= shape[i];
        }
        strcpy(memory->format, format);
        memory->owner = owner;
        memory->release = release;
    } else {
        release(owner);
    }
    *error = memory == NULL ? cpb_take_error() : NULL;
    PyGILState_Release(state);
    return memory;
}

// MARK: Python's memory, seen by Swift

static int open_view(PyObject *object, cpb_view *view) {
    Py_buffer *buffer = malloc(sizeof(Py_buffer));
    if (buffer == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (PyObject_GetBuffer(object, buffer, PyBUF_STRIDED_RO | PyBUF_FORMAT) != 0) {
        free(buffer);
        return -1;
    }
    view->handle = buffer;
    view->data = buffer->buf;
    view->format = buffer->format == NULL ? "B" : buffer->format;
    view->item_size = buffer->itemsize;
    view->dimensions = buffer->ndim;
    view->shape = buffer->shape;
    view->strides = buffer->strides;
    view->read_only = buffer->readonly != 0;
    return 0;
}

int cpb_view_open(void *object, cpb_view *view, cpb_error error) { CPB_STATUS(open_view(object, view)); }

void cpb_view_close(cpb_view *view) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyBuffer_Release(view->handle);
    PyGILState_Release(state);
    free(view->handle);
}
