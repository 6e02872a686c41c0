#ifndef REPL_KIT_CCOINOR_H
#define REPL_KIT_CCOINOR_H
#include <coin/Clp_C_Interface.h>
#include <coin/Cbc_C_Interface.h>
#endif
