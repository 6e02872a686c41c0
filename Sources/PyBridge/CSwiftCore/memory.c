// Arrays through the buffer protocol, in both directions.

#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { FORMAT_SIZE = 8 };

// MARK: Swift's memory, seen by Python

typedef struct {
    PyObject_HEAD
    void *data;
    Py_ssize_t item_size, byte_count;
    int dimensions;
    Py_ssize_t shape[SWIFTCORE_MAXIMUM_DIMENSIONS], strides[SWIFTCORE_MAXIMUM_DIMENSIONS];
    char format[FORMAT_SIZE];
    void *owner;
    void (*release)(void *);
} Memory;

static int get_buffer(PyObject *self, Py_buffer *view, int flags) {
    (void)flags;
    Memory *memory = (Memory *)self;
    view->buf = memory->data;
    view->obj = Py_NewRef(self);
    view->len = memory->byte_count;
    view->itemsize = memory->item_size;
    view->readonly = 0;
    view->ndim = memory->dimensions;
    view->format = memory->format;
    view->shape = memory->shape;
    view->strides = memory->strides;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

static void deallocate(PyObject *self) {
    Memory *memory = (Memory *)self;
    PyTypeObject *type = Py_TYPE(self);
    if (memory->release != NULL) memory->release(memory->owner);
    PyObject_Free(self);
    Py_DecRef((PyObject *)type);
}

static PyType_Slot slots[] = {
    {Py_tp_dealloc, deallocate},
    {Py_bf_getbuffer, get_buffer},
    {Py_tp_doc, "Memory that a Swift function made."},
    {0, NULL},
};
static PyType_Spec specification = {
    "swiftcore.Memory", sizeof(Memory), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

// Guarded by the interpreter lock.
static PyObject *memory_type = NULL, *asarray = NULL;

int swiftcore_prepare_memory(void) {
    if (memory_type == NULL) memory_type = PyType_FromSpec(&specification);
    return memory_type == NULL ? -1 : 0;
}

PyObject *swiftcore_numpy_asarray(void) {
    if (asarray == NULL) {
        PyObject *numpy = PyImport_ImportModule("numpy");
        if (numpy == NULL) {
            // Without NumPy a memoryview will do; an interrupt or a broken NumPy must be seen.
            if (!PyErr_ExceptionMatches(PyExc_ModuleNotFoundError)) return NULL;
            PyErr_Clear();
            asarray = Py_NewRef(Py_None);
        } else {
            asarray = PyObject_GetAttrString(numpy, "asarray");
            Py_DecRef(numpy);
        }
    }
    return asarray;
}

void *swiftcore_array(
    void *data, const char *format, intptr_t item_size, int dimensions, const intptr_t *shape, void *owner,
    void (*release)(void *)) {
    static double nothing = 0;
    Memory *memory = NULL;
    if (dimensions > SWIFTCORE_MAXIMUM_DIMENSIONS || strlen(format) >= FORMAT_SIZE) {
        PyErr_Format(PyExc_ValueError, "an array of %d dimensions cannot be returned", dimensions);
    } else {
        memory = (Memory *)PyType_GenericAlloc((PyTypeObject *)memory_type, 0);
    }
    if (memory == NULL) {
        release(owner);
        return NULL;
    }
    // Empty memory may have no address, which the buffer protocol does not allow.
    memory->data = data == NULL ? (void *)&nothing : data;
    memory->item_size = item_size;
    memory->dimensions = dimensions;
    memory->byte_count = item_size;
    for (int axis = dimensions - 1; axis >= 0; axis--) {
        memory->shape[axis] = shape[axis];
        memory->strides[axis] = memory->byte_count;
        memory->byte_count *= shape[axis];
    }
    strcpy(memory->format, format);
    memory->owner = owner;
    memory->release = release;
    PyObject *convert = swiftcore_numpy_asarray();
    PyObject *array = NULL;
    if (convert == Py_None) {
        array = PyMemoryView_FromObject((PyObject *)memory);
    } else if (convert != NULL) {
        array = PyObject_CallFunctionObjArgs(convert, (PyObject *)memory, NULL);
    }
    Py_DecRef((PyObject *)memory);
    return array;
}

// MARK: Python's memory, seen by Swift

int swiftcore_view_open(void *object, swiftcore_view *view) {
    if (!PyObject_CheckBuffer(object)) return -1;
    Py_buffer *buffer = malloc(sizeof(Py_buffer));
    if (buffer == NULL) return -1;
    if (PyObject_GetBuffer(object, buffer, PyBUF_STRIDED_RO | PyBUF_FORMAT) != 0) {
        PyErr_Clear();
        free(buffer);
        return -1;
    }
    *view = (swiftcore_view){
        .handle = buffer, .data = buffer->buf, .format = buffer->format == NULL ? "B" : buffer->format,
        .item_size = buffer->itemsize, .dimensions = buffer->ndim, .shape = buffer->shape,
        .strides = buffer->strides};
    return 0;
}

void swiftcore_view_close(void *handle) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyBuffer_Release(handle);
    PyGILState_Release(state);
    free(handle);
}
