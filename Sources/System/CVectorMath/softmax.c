#include "SoftmaxKernels.h"
#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

#define INLINE inline __attribute__((always_inline))
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define LANES 16
typedef float V __attribute__((vector_size(64)));
typedef float U __attribute__((vector_size(64), aligned(4)));
typedef int32_t M __attribute__((vector_size(64)));
typedef uint32_t B __attribute__((vector_size(64)));

#define LOAD(p) (*(const U *)(p))
#define STORE(p, v) (*(U *)(p) = (v))
#define SPLAT(x) ((float)(x) - (V){0})
#define SELECT(m, a, b) ((V)(((M)(m) & (M)(a)) | (~(M)(m) & (M)(b))))
#define FMA __builtin_elementwise_fma

// Vectors go by pointer: how one is passed as a value differs between the instruction sets.

// eˣ = m · 2ⁿ: the reduction of Cody and Waite, then Horner's scheme.
static INLINE void extended_exponential(const V *x, V *m, V *n) {
    V e = __builtin_elementwise_roundeven(*x * SPLAT(0x1.715476p+0f));
    V t = FMA(e, SPLAT(-0x1.62E43p-1f), *x);
    t = FMA(e, SPLAT(0x1.05C61p-29f), t);
    V p = SPLAT(0x1.0F9F9Cp-7f);
    p = FMA(p, t, SPLAT(0x1.573A1Ap-5f));
    p = FMA(p, t, SPLAT(0x1.555A80p-3f));
    p = FMA(p, t, SPLAT(0x1.FFFDC6p-2f));
    p = FMA(p, t, SPLAT(0x1.FFFFF6p-1f));
    *m = FMA(p, t, SPLAT(1));
    *n = e;
}

// 2^δ for whole δ ≤ 0, and 0 for δ ≤ −127 or NaN (−∞ − −∞): adding 1.5 · 2²³ + 127 leaves the biased exponent in the
// lowest bits.
static INLINE void power_of_two(const V *delta, V *y) {
    V d = SELECT(*delta > SPLAT(-127), *delta, SPLAT(-127));
    *y = (V)((B)(d + SPLAT(12583039)) << 23);
}

// (m, n) ← (m, n) + (p, e)
static INLINE void extended_add(V *m, V *n, const V *p, const V *e) {
    V largest = SELECT(*e > *n, *e, *n), first = *n - largest, second = *e - largest, a, b;
    power_of_two(&first, &a);
    power_of_two(&second, &b);
    *m = FMA(*m, a, *p * b);
    *n = largest;
}

// The first `left` numbers, and `rest` in the other lanes.
static INLINE void load_part(const float *x, size_t left, float rest, V *v) {
    *v = SPLAT(rest);
    __builtin_memcpy(v, x, left * sizeof(float));
}

// The lanes from `left` on become `rest`.
static INLINE void keep_part(V *v, size_t left, float rest) {
    for (size_t lane = left; lane < LANES; lane++) (*v)[lane] = rest;
}

#define WAYS for (int way = 0; way < ways; way++)
// `BODY` for `ways` vectors at a time, then for one at a time, then for the `left` numbers that fill no vector.
#define PASS(BODY, REST)                                                                                \
    size_t i = 0;                                                                                       \
    for (; i + (size_t)ways * LANES <= count; i += (size_t)ways * LANES) {                              \
        _Pragma("clang loop unroll(full)") WAYS { size_t at = i + (size_t)way * LANES; BODY }           \
    }                                                                                                   \
    for (; i + LANES <= count; i += LANES) { size_t at = i; int way = 0; (void)way; BODY }              \
    if (i < count) { size_t at = i, left = count - i; REST }

// The pass with a constant number of ways.
#define BY_WAYS(CALL)                                                                                   \
    switch (ways) {                                                                                     \
    case 4: { enum { ways = 4 }; CALL; }                                                                \
    case 2: { enum { ways = 2 }; CALL; }                                                                \
    default: { enum { ways = 1 }; CALL; }                                                               \
    }

CLONES void vm_extended_exponentials(size_t count, const float *x, float *mantissas, float *exponents) {
    enum { ways = 1 };
    V v, m, n;
    PASS(
        v = LOAD(x + at); extended_exponential(&v, &m, &n); STORE(mantissas + at, m); STORE(exponents + at, n);,
        load_part(x + at, left, 0, &v); extended_exponential(&v, &m, &n);
        __builtin_memcpy(mantissas + at, &m, left * sizeof(float));
        __builtin_memcpy(exponents + at, &n, left * sizeof(float));)
}

static INLINE void extended_sum(
    const int ways, size_t count, const float *x, float *mantissa, float *exponent)
{
    V m[4], n[4], v, p, e;
    for (int way = 0; way < 4; way++) { m[way] = SPLAT(0); n[way] = SPLAT(-__builtin_inff()); }
    PASS(
        v = LOAD(x + at); extended_exponential(&v, &p, &e); extended_add(&m[way], &n[way], &p, &e);,
        load_part(x + at, left, 0, &v); extended_exponential(&v, &p, &e);
        keep_part(&p, left, 0); keep_part(&e, left, -__builtin_inff());
        extended_add(&m[0], &n[0], &p, &e);)
    for (int way = 1; way < ways; way++) extended_add(&m[0], &n[0], &m[way], &n[way]);
    // The lanes, always added in the same order: each half to the other.
    for (int half = LANES / 2; half > 0; half /= 2) {
        p = SPLAT(0);
        e = SPLAT(-__builtin_inff());
        for (int lane = 0; lane < half; lane++) { p[lane] = m[0][lane + half]; e[lane] = n[0][lane + half]; }
        extended_add(&m[0], &n[0], &p, &e);
    }
    *mantissa = m[0][0];
    *exponent = n[0][0];
}

CLONES void vm_extended_sum(int ways, size_t count, const float *x, float *mantissa, float *exponent) {
    BY_WAYS(extended_sum(ways, count, x, mantissa, exponent); return)
}

static INLINE void extended_scale(
    const int ways, size_t count, const float *x, float scale, float exponent, float *y)
{
    V v, m, n, power;
#define SCALED                                                                                          \
    extended_exponential(&v, &m, &n);                                                                   \
    n = n - SPLAT(exponent);                                                                            \
    power_of_two(&n, &power);                                                                           \
    v = m * SPLAT(scale) * power;
    PASS(
        v = LOAD(x + at); SCALED STORE(y + at, v);,
        load_part(x + at, left, 0, &v); SCALED __builtin_memcpy(y + at, &v, left * sizeof(float));)
#undef SCALED
}

CLONES void vm_extended_scale(int ways, size_t count, const float *x, float scale, float exponent, float *y) {
    BY_WAYS(extended_scale(ways, count, x, scale, exponent, y); return)
}

static INLINE float total(const V *lanes) {
    V v = *lanes;
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) v[lane] += v[lane + half];
    return v[0];
}

static INLINE float maximum_of(const int ways, size_t count, const float *x) {
    V largest[4], v;
    for (int way = 0; way < 4; way++) largest[way] = SPLAT(-__builtin_inff());
    PASS(
        v = LOAD(x + at); largest[way] = SELECT(v > largest[way], v, largest[way]);,
        load_part(x + at, left, -__builtin_inff(), &v); largest[0] = SELECT(v > largest[0], v, largest[0]);)
    float result = largest[0][0];
    for (int way = 0; way < ways; way++)
        for (int lane = 0; lane < LANES; lane++)
            if (largest[way][lane] > result) result = largest[way][lane];
    return result;
}

CLONES float vm_softmax_maximum(int ways, size_t count, const float *x) {
    BY_WAYS(return maximum_of(ways, count, x))
}

// v ← e^(v − maximum)
#define DIFFERENCE                                                                                      \
    v = v - SPLAT(maximum);                                                                             \
    extended_exponential(&v, &m, &n);                                                                   \
    power_of_two(&n, &power);                                                                           \
    v = m * power;

static INLINE float sum_of(const int ways, size_t count, const float *x, float maximum) {
    V sums[4], v, m, n, power;
    for (int way = 0; way < 4; way++) sums[way] = SPLAT(0);
    PASS(
        v = LOAD(x + at); DIFFERENCE sums[way] += v;,
        load_part(x + at, left, maximum, &v); DIFFERENCE keep_part(&v, left, 0); sums[0] += v;)
    for (int way = 1; way < ways; way++) sums[0] += sums[way];
    return total(&sums[0]);
}

CLONES float vm_softmax_sum(int ways, size_t count, const float *x, float maximum) {
    BY_WAYS(return sum_of(ways, count, x, maximum))
}

static INLINE void recompute(
    const int ways, size_t count, const float *x, float maximum, float scale, float *y)
{
    V v, m, n, power;
    PASS(
        v = LOAD(x + at); DIFFERENCE v *= SPLAT(scale); STORE(y + at, v);,
        load_part(x + at, left, maximum, &v); DIFFERENCE v *= SPLAT(scale);
        __builtin_memcpy(y + at, &v, left * sizeof(float));)
}

CLONES void vm_softmax_recompute(int ways, size_t count, const float *x, float maximum, float scale, float *y) {
    BY_WAYS(recompute(ways, count, x, maximum, scale, y); return)
}

static INLINE float store(const int ways, size_t count, const float *x, float maximum, float *y) {
    V sums[4], v, m, n, power;
    for (int way = 0; way < 4; way++) sums[way] = SPLAT(0);
    PASS(
        v = LOAD(x + at); DIFFERENCE sums[way] += v; STORE(y + at, v);,
        load_part(x + at, left, maximum, &v); DIFFERENCE __builtin_memcpy(y + at, &v, left * sizeof(float));
        keep_part(&v, left, 0); sums[0] += v;)
    for (int way = 1; way < ways; way++) sums[0] += sums[way];
    return total(&sums[0]);
}

CLONES float vm_softmax_store(int ways, size_t count, const float *x, float maximum, float *y) {
    BY_WAYS(return store(ways, count, x, maximum, y))
}

static INLINE void rescale(const int ways, size_t count, float scale, float *y) {
    PASS(V v = LOAD(y + at); STORE(y + at, v * SPLAT(scale));, for (; at < count; at++) y[at] *= scale; (void)left;)
}

CLONES void vm_softmax_rescale(int ways, size_t count, float scale, float *y) {
    BY_WAYS(rescale(ways, count, scale, y); return)
}

static INLINE void copy(const int ways, size_t count, const float *x, float *y) {
    PASS(
        V v = LOAD(x + at); STORE(y + at, v);
        // Else the loop becomes a call of memcpy, which writes past the caches.
        __asm__ volatile("" : : : "memory");,
        __builtin_memcpy(y + at, x + at, left * sizeof(float));)
}

CLONES void vm_copy(int ways, size_t count, const float *x, float *y) {
    BY_WAYS(copy(ways, count, x, y); return)
}
