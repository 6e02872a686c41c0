// Starting the interpreter, and keeping it usable across fork().

#define _GNU_SOURCE
#include "internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#pragma clang diagnostic ignored "-Wc23-extensions"
static const char support_source[] = {
#embed "support.py"
    , 0};

static PyObject *support_module = NULL;

const char *cpb_compiled_version(void) { return PY_VERSION; }

void *cpb_support(void) { return support_module; }

// MARK: The native module

/// write(descriptor, bytes): writes everything, after what C's (and so Swift's) stdout has buffered.
static PyObject *native_write(PyObject *self, PyObject *arguments) {
    int descriptor;
    Py_buffer bytes;
    if (!PyArg_ParseTuple(arguments, "iy*", &descriptor, &bytes)) return NULL;
    const char *next = bytes.buf;
    Py_ssize_t left = bytes.len;
    int failure = 0;
    Py_BEGIN_ALLOW_THREADS
    fflush(stdout);
    while (left > 0) {
        ssize_t written = write(descriptor, next, (size_t)left);
        if (written >= 0) {
            next += written;
            left -= written;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {descriptor, POLLOUT, 0};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            failure = errno;
            break;
        }
    }
    Py_END_ALLOW_THREADS
    Py_ssize_t count = bytes.len;
    PyBuffer_Release(&bytes);
    if (failure != 0) {
        errno = failure;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromSsize_t(count);
}

static PyMethodDef native_methods[] = {
    {"write", native_write, METH_VARARGS, "Write all bytes to a descriptor, after C's stdout."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef native_module = {
    PyModuleDef_HEAD_INIT, "_replkit_native", "What support.py takes from C.", -1, native_methods,
    NULL, NULL, NULL, NULL};

int cpb_register_native_module(void) {
    PyObject *module = PyModule_Create(&native_module);
    if (module == NULL) return -1;
    int status = PyDict_SetItemString(PyImport_GetModuleDict(), "_replkit_native", module);
    Py_DECREF(module);
    return status;
}

// MARK: Starting

/// Where the library that holds the interpreter lies; empty if the program itself holds it.
static void find_library(char *path, size_t size) {
    Dl_info info;
    path[0] = 0;
    if (dladdr((void *)Py_InitializeFromConfig, &info) == 0 || info.dli_fname == NULL) return;
    char resolved[PATH_MAX];
    if (realpath(info.dli_fname, resolved) == NULL) return;
    if (strstr(resolved, "libpython") == NULL) return;
    snprintf(path, size, "%s", resolved);
}

/// The folder whose lib/pythonX.Y belongs to the library: the nearest above it that has it.
static int find_home(const char *library, char *home, size_t size) {
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", library);
    for (char *slash; (slash = strrchr(folder, '/')) != NULL;) {
        *slash = 0;
        char standard[PATH_MAX + 64];
        snprintf(standard, sizeof standard, "%s/lib/python%d.%d/os.py", folder, PY_MAJOR_VERSION, PY_MINOR_VERSION);
        if (access(standard, R_OK) == 0) {
            snprintf(home, size, "%s", folder[0] == 0 ? "/" : folder);
            return 0;
        }
    }
    return -1;
}

static char *failure_text(const char *what, const char *detail) {
    char *text = NULL;
    if (asprintf(&text, "%s: %s", what, detail == NULL ? "no reason given" : detail) < 0) return strdup(what);
    return text;
}

static char *initialise(void) {
    char library[PATH_MAX], home[PATH_MAX] = "";
    find_library(library, sizeof library);
    // Extension modules look their symbols up globally: show them libpython's even if we were
    // opened without RTLD_GLOBAL.
    if (library[0] != 0) dlopen(library, RTLD_NOW | RTLD_GLOBAL);

    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.install_signal_handlers = 0;
    config.parse_argv = 0;
    // Text goes out at once: a forked process must not write what its parent had buffered.
    config.buffered_stdio = 0;
    PyStatus status = PyStatus_Ok();
    // `home` is set from the library and so wins over PATH and PYTHONHOME, which may belong to another
    // Python; a packager's own layout can be named with REPL_KIT_PYTHON_HOME.
    const char *chosen = getenv("REPL_KIT_PYTHON_HOME");
    if (chosen != NULL && chosen[0] != 0) {
        snprintf(home, sizeof home, "%s", chosen);
    } else if (library[0] != 0 && find_home(library, home, sizeof home) != 0) {
        PyConfig_Clear(&config);
        return failure_text("no standard library of Python beside", library);
    }
    if (home[0] != 0) {
        char program[PATH_MAX + 64];
        snprintf(program, sizeof program, "%s/bin/python%d.%d", home, PY_MAJOR_VERSION, PY_MINOR_VERSION);
        if (access(program, X_OK) != 0) snprintf(program, sizeof program, "%s/bin/python3", home);
        status = PyConfig_SetBytesString(&config, &config.home, home);
        if (!PyStatus_Exception(status)) status = PyConfig_SetBytesString(&config, &config.program_name, program);
        if (!PyStatus_Exception(status)) status = PyConfig_SetBytesString(&config, &config.executable, program);
    }
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) return failure_text("Python could not be started", status.err_msg);
    // The signal module takes SIGINT at its first import, by whatever imports it (subprocess does), even though
    // install_signal_handlers is 0. It is imported here, and the process's own disposition put back.
    struct sigaction before;
    if (sigaction(SIGINT, NULL, &before) == 0) {
        PyObject *module = PyImport_ImportModule("signal");
        if (module == NULL) PyErr_Clear();
        Py_XDECREF(module);
        sigaction(SIGINT, &before, NULL);
    }
    return NULL;
}

static char *load_support(bool own_interpreter) {
    char *failure = NULL;
    PyObject *module = NULL, *code = NULL, *value = NULL;
    if (cpb_register_native_module() == 0 && (module = PyImport_AddModule("_replkit")) != NULL) {
        PyObject *names = PyModule_GetDict(module);
        code = Py_CompileString(support_source, "<repl-kit support>", Py_file_input);
        if (code != NULL && PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) == 0)
            value = PyEval_EvalCode(code, names, names);
        if (value != NULL) {
            Py_DECREF(value);
            value = PyObject_CallMethod(module, "start", "O", own_interpreter ? Py_True : Py_False);
        }
    }
    if (value == NULL) {
        PyObject *exception = cpb_take_error(), *text = PyObject_Str(exception);
        failure = failure_text("PyBridge's support module failed", text == NULL ? NULL : PyUnicode_AsUTF8(text));
        Py_XDECREF(text);
        Py_XDECREF(exception);
        PyErr_Clear();
    } else {
        support_module = Py_NewRef(module);
    }
    Py_XDECREF(value);
    Py_XDECREF(code);
    return failure;
}

char *cpb_start(void) {
    bool own_interpreter = !Py_IsInitialized();
    if (own_interpreter) {
        char *failure = initialise();
        if (failure != NULL) return failure;
        failure = load_support(true);
        // From here on any thread may enter.
        PyEval_SaveThread();
        return failure;
    }
    PyGILState_STATE state = PyGILState_Ensure();
    char *failure = load_support(false);
    PyGILState_Release(state);
    return failure;
}

// MARK: Fork

static _Thread_local PyGILState_STATE fork_state;

void cpb_fork_prepare(void) {
    fork_state = PyGILState_Ensure();
    PyOS_BeforeFork();
}

void cpb_fork_parent(void) {
    PyOS_AfterFork_Parent();
    PyGILState_Release(fork_state);
}

void cpb_fork_child(void) {
    PyOS_AfterFork_Child();
    PyGILState_Release(fork_state);
}
