// sourcekitd's C interface, opened at run time: the library belongs to the toolchain that is on the path
// when the program runs, not to the one it was built with.
#include "CEngine.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { uint64_t data[3]; } sourcekitd_variant_t;

static void (*initialize)(void);
static void *(*request_from_yaml)(const char *, char **);
static void (*request_release)(void *);
static void *(*send_sync)(void *);
static void (*response_dispose)(void *);
static bool (*response_is_error)(void *);
static const char *(*response_error)(void *);
static sourcekitd_variant_t (*response_value)(void *);
static char *(*variant_json)(sourcekitd_variant_t);

char *ce_sourcekit_open(const char *library) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return strdup(dlerror());
    struct { void *place; const char *name; } functions[] = {
        {&initialize, "sourcekitd_initialize"},
        {&request_from_yaml, "sourcekitd_request_create_from_yaml"},
        {&request_release, "sourcekitd_request_release"},
        {&send_sync, "sourcekitd_send_request_sync"},
        {&response_dispose, "sourcekitd_response_dispose"},
        {&response_is_error, "sourcekitd_response_is_error"},
        {&response_error, "sourcekitd_response_error_get_description"},
        {&response_value, "sourcekitd_response_get_value"},
        {&variant_json, "sourcekitd_variant_json_description_copy"},
    };
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
        void *symbol = dlsym(handle, functions[index].name);
        if (!symbol) {
            char *message = malloc(512);
            snprintf(message, 512, "%s has no %s", library, functions[index].name);
            return message;
        }
        memcpy(functions[index].place, &symbol, sizeof symbol);
    }
    initialize();
    return NULL;
}

char *ce_sourcekit_send(const char *request, char **message) {
    *message = NULL;
    void *object = request_from_yaml(request, message);
    if (!object) return NULL;
    void *response = send_sync(object);
    request_release(object);
    char *answer = NULL;
    if (response_is_error(response)) {
        *message = strdup(response_error(response));
    } else {
        answer = variant_json(response_value(response));
    }
    response_dispose(response);
    return answer;
}
