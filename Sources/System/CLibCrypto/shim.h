#ifndef REPL_KIT_CLIBCRYPTO_H
#define REPL_KIT_CLIBCRYPTO_H
#include <openssl/sha.h>
#endif
