#include "CVectorMath.h"
#include <math.h>
#include <stdlib.h>
#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

// The places along one axis of the result whose window element k lies inside the image.
static inline void inside(int size, int out, int stride, int dilation, int padding, int k, int *first, int *end) {
    int shift = padding - k * dilation;
    int low = shift > 0 ? (shift + stride - 1) / stride : 0;
    int top = size - 1 + shift;
    int high = top < 0 ? 0 : top / stride + 1;
    if (high > out) high = out;
    *first = low < high ? low : high;
    *end = high;
}

#define INLINE inline __attribute__((always_inline))
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define ABI512 __attribute__((target("avx512f,fma")))
#define ABI256 __attribute__((target("avx2,fma")))
typedef float f16 __attribute__((vector_size(64)));
typedef float f8 __attribute__((vector_size(32)));
typedef double d8 __attribute__((vector_size(64)));
typedef double d4 __attribute__((vector_size(32)));

// libmvec's names follow the vector function ABI: ISA letter, lanes, the scalar function.
#define DECLARE(name)                                                                                    \
    ABI512 f16 _ZGVeN16v_##name##f(f16);                                                                   \
    ABI256 f8 _ZGVdN8v_##name##f(f8);                                                                      \
    ABI512 d8 _ZGVeN8v_##name(d8);                                                                         \
    ABI256 d4 _ZGVdN4v_##name(d4);
DECLARE(exp) DECLARE(log) DECLARE(tanh) DECLARE(sin) DECLARE(cos) DECLARE(erf) DECLARE(expm1) DECLARE(log1p)
DECLARE(tan) DECLARE(sinh) DECLARE(cosh) DECLARE(atan)
#else
#define CLONES
#endif

typedef float float_vector __attribute__((vector_size(64)));
typedef float float_unaligned __attribute__((vector_size(64), aligned(4)));
typedef int32_t float_mask __attribute__((vector_size(64)));
typedef double double_vector __attribute__((vector_size(64)));
typedef double double_unaligned __attribute__((vector_size(64), aligned(8)));
typedef int64_t double_mask __attribute__((vector_size(64)));

#define T float
#define LANES 16
#define V float_vector
#define MASK float_mask
#define ABSBITS 0x7fffffff
#define LOWESTEXPONENT (-87.0f)
#define SQRT sqrtf
#define NAME(x) float_##x
#define SCALARF(name) name##f
#define WIDEFUNCTION(name) _ZGVeN16v_##name##f
#define HALFFUNCTION(name) _ZGVdN8v_##name##f
#define WIDE f16
#define WIDELANES 16
#define HALF f8
#define HALFLANES 8
#define LANEMASK __mmask16
#define LOADSOME(mask, p) ((V)_mm512_maskz_loadu_ps(mask, p))
#define STORESOME(mask, p, v) _mm512_mask_storeu_ps(p, mask, (__m512)(v))
#define GREATER(a, b) _mm512_cmp_ps_mask((__m512)(a), (__m512)(b), _CMP_GT_OQ)
#define CHOOSE(mask, a, b) ((V)_mm512_mask_mov_ps((__m512)(b), mask, (__m512)(a)))
#define CHOOSEPLACE(mask, a, b) ((MASK)_mm512_mask_mov_epi32((__m512i)(b), mask, _mm512_set1_epi32((int)(a))))
#define LOWERPAIRS(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define UPPERPAIRS(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#include "transcendental.inc"
#include "kernels.inc"
#include "products.inc"
#include "clusters.inc"
#include "sequences.inc"
#include "windows.inc"
#undef T
#undef LANES
#undef V
#undef MASK
#undef ABSBITS
#undef LOWESTEXPONENT
#undef SQRT
#undef NAME
#undef SCALARF
#undef WIDEFUNCTION
#undef HALFFUNCTION
#undef WIDE
#undef WIDELANES
#undef HALF
#undef HALFLANES
#undef LANEMASK
#undef LOADSOME
#undef STORESOME
#undef GREATER
#undef CHOOSE
#undef CHOOSEPLACE
#undef LOWERPAIRS
#undef UPPERPAIRS

#define T double
#define LANES 8
#define V double_vector
#define MASK double_mask
#define ABSBITS 0x7fffffffffffffffLL
#define LOWESTEXPONENT (-708.0)
#define SQRT sqrt
#define NAME(x) double_##x
#define SCALARF(name) name
#define WIDEFUNCTION(f) _ZGVeN8v_##f
#define HALFFUNCTION(f) _ZGVdN4v_##f
#define WIDE d8
#define WIDELANES 8
#define HALF d4
#define HALFLANES 4
#define LANEMASK __mmask8
#define LOADSOME(mask, p) ((V)_mm512_maskz_loadu_pd(mask, p))
#define STORESOME(mask, p, v) _mm512_mask_storeu_pd(p, mask, (__m512d)(v))
#define GREATER(a, b) _mm512_cmp_pd_mask((__m512d)(a), (__m512d)(b), _CMP_GT_OQ)
#define CHOOSE(mask, a, b) ((V)_mm512_mask_mov_pd((__m512d)(b), mask, (__m512d)(a)))
#define CHOOSEPLACE(mask, a, b) ((MASK)_mm512_mask_mov_epi64((__m512i)(b), mask, _mm512_set1_epi64((int64_t)(a))))
#define LOWERPAIRS(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define UPPERPAIRS(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#include "transcendental.inc"
#include "kernels.inc"
#include "products.inc"
#include "clusters.inc"
#include "sequences.inc"
#include "windows.inc"

#define DISPATCH(function, ...) if (is_double) double_##function(__VA_ARGS__); else float_##function(__VA_ARGS__)

void vm_unary(vm_unary_operation operation, int is_double, size_t count, const void *x, void *y) {
    DISPATCH(unary, operation, count, x, y);
}

void vm_binary(
    vm_binary_operation operation, vm_layout layout, int swapped, int is_double, size_t rows, size_t columns,
    const void *a, const void *b, void *y)
{
    // One long row where the layout allows it: short rows would leave most lanes of their last vector unused.
    if (layout == VM_SAME || layout == VM_SCALAR) { columns *= rows; rows = 1; }
    if (operation == VM_SILU_PULLBACK || operation == VM_GELU_PULLBACK) {
        DISPATCH(activation_pullback, operation, rows * columns, a, b, y);
    } else {
        DISPATCH(binary, operation, layout, swapped, rows, columns, a, b, y);
    }
}

void vm_power(int is_double, size_t count, double power, const void *x, void *y) {
    if (is_double) for (size_t i = 0; i < count; i++) ((double *)y)[i] = pow(((const double *)x)[i], power);
    else for (size_t i = 0; i < count; i++) ((float *)y)[i] = powf(((const float *)x)[i], (float)power);
}

void vm_add_scaled(int is_double, size_t count, double scale, const void *x, void *y) {
    DISPATCH(add_scaled, count, scale, x, y);
}

void vm_reduce_rows(vm_reduction operation, int is_double, size_t rows, size_t columns, const void *x, void *y) {
    DISPATCH(reduce_rows, operation, rows, columns, x, y);
}

void vm_reduce_columns(vm_reduction operation, int is_double, size_t rows, size_t columns, const void *x, void *y) {
    DISPATCH(reduce_columns, operation, rows, columns, x, y);
}

void vm_dot_rows(int is_double, size_t rows, size_t columns, const void *a, const void *b, void *y) {
    DISPATCH(dot_rows, rows, columns, a, b, y);
}

void vm_softmax_rows(int is_double, size_t rows, size_t columns, const void *x, void *y) {
    DISPATCH(softmax, rows, columns, x, y);
}

void vm_softmax_rows_pullback(
    int is_double, size_t rows, size_t columns, const void *y, const void *cotangent, void *result)
{
    DISPATCH(softmax_pullback, rows, columns, y, cotangent, result);
}

void vm_normalize_rows(
    int is_double, size_t rows, size_t columns, double epsilon, int centered, const void *x, void *y, void *inverse)
{
    DISPATCH(normalize, rows, columns, epsilon, centered, x, y, inverse);
}

void vm_normalize_rows_pullback(
    int is_double, size_t rows, size_t columns, int centered, const void *y, const void *inverse,
    const void *cotangent, void *result)
{
    DISPATCH(normalize_pullback, rows, columns, centered, y, inverse, cotangent, result);
}

void vm_softplus_derivatives(
    int is_double, size_t count, double beta, int order, const void *x, void *value, void *first, void *second,
    void *third)
{
    DISPATCH(softplus_derivatives, count, beta, order, x, value, first, second, third);
}

void vm_jet(
    int is_double, size_t count, int directions, int laplacian_directions, int has_laplacian, const void *z,
    const void *first, const void *second, void *y)
{
    DISPATCH(jet, count, directions, laplacian_directions, has_laplacian, z, first, second, y);
}

void vm_jet_pullback(
    int is_double, size_t count, int directions, int laplacian_directions, int has_laplacian, const void *z,
    const void *first, const void *second, const void *third, const void *cotangent, void *result)
{
    DISPATCH(
        jet_pullback, count, directions, laplacian_directions, has_laplacian, z, first, second, third, cotangent,
        result);
}

void vm_adam_step(
    int is_double, size_t count, const void *gradient, void *first, void *second, void *parameters,
    double first_decay, double second_decay, double step_size, double second_correction, double epsilon,
    double weight_decay)
{
    DISPATCH(
        adam, count, gradient, first, second, parameters, first_decay, second_decay, step_size, second_correction,
        epsilon, weight_decay);
}

void vm_image_to_columns(int is_double, const vm_window *window, size_t row_stride, const void *image, void *columns) {
    DISPATCH(image_to_columns, window, row_stride, image, columns);
}

void vm_columns_to_image(int is_double, const vm_window *window, size_t row_stride, void *columns, void *image) {
    DISPATCH(columns_to_image, window, row_stride, columns, image);
}

void vm_depthwise(
    int is_double, const vm_window *window, int multiplier, const void *image, const void *filters, void *out)
{
    DISPATCH(depthwise, window, multiplier, image, filters, out);
}

void vm_depthwise_image(
    int is_double, const vm_window *window, int multiplier, const void *out, const void *filters, void *image)
{
    DISPATCH(depthwise_image, window, multiplier, out, filters, image);
}

void vm_depthwise_filters(
    int is_double, const vm_window *window, int multiplier, const void *image, const void *out, void *filters)
{
    DISPATCH(depthwise_filters, window, multiplier, image, out, filters);
}

void vm_largest_places(
    int is_double, size_t planes, size_t height, size_t width, size_t rows, const int32_t *row_bounds, size_t columns,
    const int32_t *column_bounds, const void *x, int64_t *places)
{
    DISPATCH(largest_places, planes, height, width, rows, row_bounds, columns, column_bounds, x, places);
}

void vm_softmax_rows_limited(
    int is_double, size_t rows, size_t columns, const int32_t *begin, const int32_t *end, const void *x, void *y)
{
    DISPATCH(softmax_limited, rows, columns, begin, end, x, y);
}

void vm_rotate_pairs(
    int is_double, size_t rows, size_t heads, size_t width, size_t rotated, size_t period, int inverse,
    const void *cosines, const void *sines, const void *x, void *y)
{
    DISPATCH(rotate_pairs, rows, heads, width, rotated, period, inverse, cosines, sines, x, y);
}

void vm_lstm_step(
    int is_double, size_t batch, size_t width, void *gates, const void *before, void *cell, void *squashed,
    void *hidden)
{
    DISPATCH(lstm_step, batch, width, gates, before, cell, squashed, hidden);
}

void vm_lstm_step_pullback(
    int is_double, size_t batch, size_t width, const void *gates, const void *before, const void *squashed,
    const void *hidden_cotangent, void *cell_cotangent, void *result)
{
    DISPATCH(lstm_step_pullback, batch, width, gates, before, squashed, hidden_cotangent, cell_cotangent, result);
}

void vm_gru_step(
    int is_double, size_t batch, size_t width, const void *x, const void *h, const void *before, void *gates,
    void *hidden)
{
    DISPATCH(gru_step, batch, width, x, h, before, gates, hidden);
}

void vm_gru_step_pullback(
    int is_double, size_t batch, size_t width, const void *gates, const void *h, const void *before,
    const void *cotangent, void *dx, void *dh, void *through)
{
    DISPATCH(gru_step_pullback, batch, width, gates, h, before, cotangent, dx, dh, through);
}

void vm_scan(
    int is_double, size_t time, size_t columns, int reversed, const void *a, const void *b, const void *start,
    void *h)
{
    DISPATCH(scan, time, columns, reversed, a, b, start, h);
}

void vm_causal_convolution(
    int is_double, size_t time, size_t columns, size_t taps, const void *w, const void *x, void *y)
{
    DISPATCH(causal_convolution, time, columns, taps, w, x, y);
}

void vm_causal_convolution_pullback(
    int is_double, size_t time, size_t columns, size_t taps, const void *w, const void *x, const void *g,
    void *dx, void *dw)
{
    DISPATCH(causal_convolution_pullback, time, columns, taps, w, x, g, dx, dw);
}

void vm_selective_scan(
    int is_double, size_t time, size_t columns, size_t states, double scale, const void *x, const void *delta,
    const void *a, const void *b, const void *c, void *h, void *work, void *y)
{
    DISPATCH(selective_scan, time, columns, states, scale, x, delta, a, b, c, h, work, y);
}

void vm_selective_scan_pullback(
    int is_double, size_t time, size_t columns, size_t states, double scale, const void *x, const void *delta,
    const void *a, const void *b, const void *c, const void *start, const void *dy, void *dh, void *dx,
    void *ddelta, void *da, void *db, void *dc, void *work)
{
    DISPATCH(
        selective_scan_pullback, time, columns, states, scale, x, delta, a, b, c, start, dy, dh, dx, ddelta,
        da, db, dc, work);
}

void vm_delta_rule(
    int is_double, size_t steps, size_t factors, size_t keys, size_t values, const void *decay, const void *k,
    const void *v, const void *beta, const void *gamma, const void *q, void *states, void *readings, void *y)
{
    DISPATCH(delta_rule, steps, factors, keys, values, decay, k, v, beta, gamma, q, states, readings, y);
}

void vm_delta_rule_pullback(
    int is_double, size_t steps, size_t factors, size_t keys, size_t values, const void *decay, const void *k,
    const void *v, const void *beta, const void *gamma, const void *q, const void *states, const void *readings,
    const void *dy, void *ds, void *ddecay, void *dk, void *dv, void *dbeta, void *dgamma, void *dq, void *work)
{
    DISPATCH(
        delta_rule_pullback, steps, factors, keys, values, decay, k, v, beta, gamma, q, states, readings,
        dy, ds, ddecay, dk, dv, dbeta, dgamma, dq, work);
}

int vm_product(
    int is_double, size_t rows, size_t columns, size_t inner, const void *a, size_t a_row, size_t a_step, const void *b,
    size_t b_row, void *c, size_t c_row, int accumulating)
{
    return is_double
        ? double_matrix_product(rows, columns, inner, a, a_row, a_step, b, b_row, c, c_row, accumulating)
        : float_matrix_product(rows, columns, inner, a, a_row, a_step, b, b_row, c, c_row, accumulating);
}

void vm_activation(
    vm_activation_kind kind, int is_double, size_t count, double beta, int order, const void *x, void *value,
    void *first)
{
    DISPATCH(activation, kind, count, beta, order, x, value, first);
}

void vm_network_jet(
    vm_activation_kind kind, int is_double, size_t count, double beta, int directions, int laplacian_directions,
    int has_laplacian, const void *z, const void *first, void *y)
{
    DISPATCH(network_jet, kind, count, beta, directions, laplacian_directions, has_laplacian, z, first, y);
}

void vm_network_jet_pullback(
    vm_activation_kind kind, int is_double, size_t count, double beta, int directions, int laplacian_directions,
    int has_laplacian, const void *z, const void *first, const void *y, const void *cotangent, void *result)
{
    DISPATCH(
        network_jet_pullback, kind, count, beta, directions, laplacian_directions, has_laplacian, z, first, y, cotangent,
        result);
}

void vm_repeat_row(int is_double, size_t rows, size_t columns, const void *row, void *y) {
    size_t size = columns * (is_double ? sizeof(double) : sizeof(float));
    for (size_t r = 0; r < rows; r++) __builtin_memcpy((char *)y + r * size, row, size);
}

void vm_add_columns(int is_double, size_t rows, size_t columns, const void *x, void *y) {
    DISPATCH(add_columns, rows, columns, x, y);
}

void vm_transpose(int is_double, size_t rows, size_t columns, const void *x, size_t x_row, void *y) {
    DISPATCH(transpose, rows, columns, x, x_row, y);
}

int vm_nearest(
    int is_double, size_t rows, size_t depth, const void *x, size_t x_row, size_t centroids, const void *c, size_t c_row,
    const void *bias, void *panel, intptr_t *labels, void *largest)
{
    return is_double
        ? double_nearest(rows, depth, x, x_row, centroids, c, c_row, bias, panel, labels, largest)
        : float_nearest(rows, depth, x, x_row, centroids, c, c_row, bias, panel, labels, largest);
}

void vm_largest_products(
    int is_double, size_t rows, size_t columns, const void *products, size_t row, const void *bias, intptr_t first,
    intptr_t *labels, void *largest)
{
    DISPATCH(largest_products, rows, columns, products, row, bias, first, labels, largest);
}

size_t vm_sum_runs(
    int is_double, size_t begin, size_t end, const int32_t *order, const intptr_t *labels, size_t columns, const void *x,
    size_t x_row, void *scratch, double *sums, double *head)
{
    return is_double
        ? double_sum_runs(begin, end, order, labels, columns, x, x_row, scratch, sums, head)
        : float_sum_runs(begin, end, order, labels, columns, x, x_row, scratch, sums, head);
}

void vm_label_distances(
    int is_double, size_t rows, size_t columns, const void *x, size_t x_row, const void *c, const intptr_t *labels, void *out)
{
    DISPATCH(label_distances, rows, columns, x, x_row, c, labels, out);
}

void vm_accumulate(int is_double, size_t count, const void *x, double *sums) {
    DISPATCH(accumulate, count, x, sums);
}

void vm_cluster_means(
    int is_double, size_t clusters, size_t columns, const double *sums, const intptr_t *counts, const void *old,
    void *means, double *moved)
{
    DISPATCH(cluster_means, clusters, columns, sums, counts, old, means, moved);
}
