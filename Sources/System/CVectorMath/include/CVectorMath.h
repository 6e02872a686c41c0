// Loops over contiguous arrays, for the widest vectors the processor has.
//
// Arithmetic is compiled for several instruction sets and chosen at load time; exponentials,
// logarithms and the like are glibc's libmvec. Swift cannot be compiled for several instruction sets
// in one library, which is why these loops are here; what they are used for is in Swift.
//
// Sums run in 16 lanes (8 of Doubles) that are added in a fixed order, without fused multiply-add, so that a sum's
// bits depend neither on the processor's vector width nor on the address of the array.
#ifndef C_VECTOR_MATH_H
#define C_VECTOR_MATH_H

#include <stddef.h>
#include <stdint.h>
#include "ClusterKernels.h"
#include "SequenceKernels.h"
#include "SoftmaxKernels.h"

/// y[i] = f(x[i]).
typedef enum {
    VM_EXP, VM_LOG, VM_TANH, VM_SIN, VM_COS, VM_ERF, VM_EXPM1, VM_LOG1P, VM_TAN, VM_SINH, VM_COSH, VM_ATAN,
    VM_NEGATE, VM_ABS, VM_SQUARE, VM_SQRT, VM_RECIPROCAL, VM_RELU, VM_SIGMOID, VM_SOFTPLUS, VM_SILU, VM_GELU,
    VM_SIGN, VM_FLOOR, VM_ROUND
} vm_unary_operation;

/// y[i] = f(a[i], b[i]).
typedef enum {
    VM_ADD, VM_SUBTRACT, VM_MULTIPLY, VM_DIVIDE, VM_MAXIMUM, VM_MINIMUM,
    // a is the cotangent and b the result of the function (its argument for RELU, SILU and GELU).
    VM_TANH_PULLBACK, VM_SIGMOID_PULLBACK, VM_RELU_PULLBACK, VM_SILU_PULLBACK, VM_GELU_PULLBACK,
    // 1 where the comparison holds, else 0.
    VM_LESS, VM_LESS_OR_EQUAL, VM_EQUAL
} vm_binary_operation;

/// How the second argument of a binary operation is laid out beside the rows × columns of the first.
typedef enum {
    VM_SAME,      // rows × columns
    VM_ROW,       // one row, repeated for every row
    VM_COLUMN,    // one column, repeated for every column
    VM_SCALAR     // one number
} vm_layout;

/// The result of a reduction of each row (or column) of rows × columns.
typedef enum { VM_SUM, VM_MAX, VM_MIN } vm_reduction;

void vm_unary(vm_unary_operation operation, int is_double, size_t count, const void *x, void *y);

/// y = f(a, b), or f(b, a) where `swapped`; a is rows × columns, b as `layout` says.
void vm_binary(
    vm_binary_operation operation, vm_layout layout, int swapped, int is_double, size_t rows, size_t columns,
    const void *a, const void *b, void *y);

/// y[i] = x[i]^power, as the C library has it.
void vm_power(int is_double, size_t count, double power, const void *x, void *y);

/// y += scale · x.
void vm_add_scaled(int is_double, size_t count, double scale, const void *x, void *y);

/// y[r] = reduction over row r.
void vm_reduce_rows(vm_reduction operation, int is_double, size_t rows, size_t columns, const void *x, void *y);

/// y[c] = reduction over column c.
void vm_reduce_columns(vm_reduction operation, int is_double, size_t rows, size_t columns, const void *x, void *y);

/// y[r] = Σ_c a[r, c] b[r, c].
void vm_dot_rows(int is_double, size_t rows, size_t columns, const void *a, const void *b, void *y);

/// Softmax of each row.
void vm_softmax_rows(int is_double, size_t rows, size_t columns, const void *x, void *y);

/// The cotangent of softmax's argument: y ⊙ (g − Σ g ⊙ y) by row, where y is softmax's result.
void vm_softmax_rows_pullback(
    int is_double, size_t rows, size_t columns, const void *y, const void *cotangent, void *result);

/// Each row less its mean, divided by √(variance + epsilon); `inverse` gets the divisor's reciprocal.
void vm_normalize_rows(
    int is_double, size_t rows, size_t columns, double epsilon, int centered, const void *x, void *y, void *inverse);

/// The cotangent of the argument of the row normalisation, from its result y and `inverse`.
void vm_normalize_rows_pullback(
    int is_double, size_t rows, size_t columns, int centered, const void *y, const void *inverse,
    const void *cotangent, void *result);

/// ln(1 + e^(βx))/β and, up to `order` ≤ 3, its derivatives; those not asked for may be null.
void vm_softplus_derivatives(
    int is_double, size_t count, double beta, int order, const void *x, void *value, void *first, void *second,
    void *third);

/// 256 Floats or 128 Doubles.
enum { VM_PRODUCT_DEPTH = 1024 };

/// C = AB, or C += AB where `accumulating`. A[r, k] stands at a + r · a_row + k · a_step, so that it may be transposed;
/// the rows of B and C are b_row and c_row apart. Returns 0, with nothing done, where the processor lacks the widest
/// vectors.
///
/// The inner axis is cut into pieces of VM_PRODUCT_DEPTH bytes. Each number of a piece's product is one chain of fused
/// multiply-adds (16 chains, or 8 of Doubles, over the whole axis where B is a single column and A is read along its rows),
/// and the pieces are added up in order: its bits do not depend on the other rows and columns.
int vm_product(
    int is_double, size_t rows, size_t columns, size_t inner, const void *a, size_t a_row, size_t a_step, const void *b,
    size_t b_row, void *c, size_t c_row, int accumulating);

/// The same row `rows` times.
void vm_repeat_row(int is_double, size_t rows, size_t columns, const void *row, void *y);

/// y[c] += the sum of column c, row by row.
void vm_add_columns(int is_double, size_t rows, size_t columns, const void *x, void *y);

/// y[c, r] = x[r, c], the rows of x being x_row apart.
void vm_transpose(int is_double, size_t rows, size_t columns, const void *x, size_t x_row, void *y);

/// A smooth function that networks put between their layers.
typedef enum { VM_ACTIVATION_TANH, VM_ACTIVATION_SINE, VM_ACTIVATION_SOFTPLUS } vm_activation_kind;

/// A smooth function and, where `order` > 0, its first derivative. `beta` is softplus's.
void vm_activation(
    vm_activation_kind kind, int is_double, size_t count, double beta, int order, const void *x, void *value,
    void *first);

/// The same function applied to jets, see `vm_jet`: z holds the parts from the first direction on, y the values and gets
/// the other parts. Higher derivatives are made of the value and the first one as they are needed.
void vm_network_jet(
    vm_activation_kind kind, int is_double, size_t count, double beta, int directions, int laplacian_directions,
    int has_laplacian, const void *z, const void *first, void *y);

/// The cotangent of all parts of the jets before the function.
void vm_network_jet_pullback(
    vm_activation_kind kind, int is_double, size_t count, double beta, int directions, int laplacian_directions,
    int has_laplacian, const void *z, const void *first, const void *y, const void *cotangent, void *result);

/// A smooth function of one number, applied to jets: arrays of `count` values, then of the derivatives along
/// `directions` directions, then (where `has_laplacian`) of the sum of the second derivatives along the first
/// `laplacian_directions`. `first` and `second` are the function's derivatives at the values; the values of the
/// result are not written.
void vm_jet(
    int is_double, size_t count, int directions, int laplacian_directions, int has_laplacian, const void *z,
    const void *first, const void *second, void *y);

/// The cotangent of the jets z of `vm_jet`, with the function's third derivative too.
void vm_jet_pullback(
    int is_double, size_t count, int directions, int laplacian_directions, int has_laplacian, const void *z,
    const void *first, const void *second, const void *third, const void *cotangent, void *result);

/// One step of Adam on one parameter array; see the Swift type for what the numbers mean.
void vm_adam_step(
    int is_double, size_t count, const void *gradient, void *first, void *second, void *parameters,
    double first_decay, double second_decay, double step_size, double second_correction, double epsilon,
    double weight_decay);

/// How a window moves over images of channels × height × width; every window gives one element of
/// out_height × out_width. What a window covers outside the image counts as zero.
typedef struct {
    int channels, height, width, kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, padding_y,
        padding_x, out_height, out_width;
} vm_window;

/// columns[(c, ky, kx), (oy, ox)] = what the window at (oy, ox) covers of channel c with its element (ky, kx); the
/// rows are `row_stride` apart.
void vm_image_to_columns(int is_double, const vm_window *window, size_t row_stride, const void *image, void *columns);

/// The transpose: every element of `columns` is added to where it was taken from; those from outside become zero.
void vm_columns_to_image(int is_double, const vm_window *window, size_t row_stride, void *columns, void *image);

/// The places in x of the largest element under every window of planes of height × width. Row window r reaches from
/// row_bounds[2r] to before row_bounds[2r + 1], and the columns alike. NaN counts as largest.
void vm_largest_places(
    int is_double, size_t planes, size_t height, size_t width, size_t rows, const int32_t *row_bounds, size_t columns,
    const int32_t *column_bounds, const void *x, int64_t *places);

/// Each channel convolved with `multiplier` filters of its own: out has channels · multiplier planes, added to.
void vm_depthwise(
    int is_double, const vm_window *window, int multiplier, const void *image, const void *filters, void *out);

/// The transpose of `vm_depthwise` by the image: added to `image`.
void vm_depthwise_image(
    int is_double, const vm_window *window, int multiplier, const void *out, const void *filters, void *image);

/// The transpose of `vm_depthwise` by the filters: added to `filters`.
void vm_depthwise_filters(
    int is_double, const vm_window *window, int multiplier, const void *image, const void *out, void *filters);

#endif
