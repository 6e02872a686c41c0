#ifndef REPL_KIT_CLIBCRYPTO_H
#define REPL_KIT_CLIBCRYPTO_H
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#endif
