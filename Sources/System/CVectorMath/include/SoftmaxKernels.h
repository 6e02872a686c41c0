// The memory passes of the softmax algorithms of two-pass-softmax (arXiv:2001.04438), in single precision.
//
// Every exponential is made of the same pair: eˣ = mantissa · 2^exponent with |x − exponent · ln 2| ≤ ln 2 / 2 and a
// polynomial of degree 5 for the mantissa, fused multiply-adds throughout. x must lie between −2²² and 2²². 2^exponent
// is replaced by 0 for exponents ≤ −127. `ways` is the number of independent vectors in flight, 1, 2 or 4: of
// accumulators where the pass has a result.
#ifndef SOFTMAX_KERNELS_H
#define SOFTMAX_KERNELS_H

#include <stddef.h>

/// eˣ of each number as mantissa · 2^exponent.
void vm_extended_exponentials(size_t count, const float *x, float *mantissas, float *exponents);

/// Two-pass, first pass: Σ e^x = mantissa · 2^exponent. Reads x.
void vm_extended_sum(int ways, size_t count, const float *x, float *mantissa, float *exponent);

/// Two-pass, second pass: y = e^x · scale · 2^−exponent. Reads x, writes y.
void vm_extended_scale(int ways, size_t count, const float *x, float scale, float exponent, float *y);

/// Three-pass, first pass: the largest number. Reads x.
float vm_softmax_maximum(int ways, size_t count, const float *x);

/// Three-pass with recomputing, second pass: Σ e^(x − maximum). Reads x.
float vm_softmax_sum(int ways, size_t count, const float *x, float maximum);

/// Three-pass with recomputing, third pass: y = e^(x − maximum) · scale. Reads x, writes y.
void vm_softmax_recompute(int ways, size_t count, const float *x, float maximum, float scale, float *y);

/// Three-pass with reloading, second pass: y = e^(x − maximum), and the sum of y. Reads x, writes y.
float vm_softmax_store(int ways, size_t count, const float *x, float maximum, float *y);

/// Three-pass with reloading, third pass: y ← y · scale. Reads y, writes y.
void vm_softmax_rescale(int ways, size_t count, float scale, float *y);

/// y = x by the same loads and stores as the passes above: what the memory allows.
void vm_copy(int ways, size_t count, const float *x, float *y);

#endif
