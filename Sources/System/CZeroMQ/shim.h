#ifndef REPL_KIT_CZEROMQ_H
#define REPL_KIT_CZEROMQ_H
#include <zmq.h>
#endif
