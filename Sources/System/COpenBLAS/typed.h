// BLAS and LAPACK by element type.
//
// Each routine has four names, one a type, and Swift does not import C's complex numbers. Here each
// has one name, takes the type as its first argument (the routines' own letter: 's', 'd', 'c' or 'z')
// and its arrays and scalar factors as untyped pointers, so that the Swift above is written once.
// All LAPACK routines take column-major arrays.
#ifndef REPL_KIT_TYPED_BLAS_H
#define REPL_KIT_TYPED_BLAS_H

#include <math.h>
#include <stdint.h>

// The bits of a result must not depend on whether the processor has fused multiply-add.
#pragma STDC FP_CONTRACT OFF

#define REAL_FACTOR(c_type, p) (*(const c_type *)(p))

// One LAPACK routine whose four signatures agree up to the element type.
#define LAPACK_ALL(routine, ...)                                              \
    switch (type) {                                                           \
    case 's': return LAPACKE_s##routine(LAPACK_COL_MAJOR, __VA_ARGS__);       \
    case 'd': return LAPACKE_d##routine(LAPACK_COL_MAJOR, __VA_ARGS__);       \
    case 'c': return LAPACKE_c##routine(LAPACK_COL_MAJOR, __VA_ARGS__);       \
    default: return LAPACKE_z##routine(LAPACK_COL_MAJOR, __VA_ARGS__);        \
    }

// The same where real and complex types have different names for it.
#define LAPACK_REAL_COMPLEX(orthogonal, unitary, ...)                              \
    switch (type) {                                                           \
    case 's': return LAPACKE_s##orthogonal(LAPACK_COL_MAJOR, __VA_ARGS__);          \
    case 'd': return LAPACKE_d##orthogonal(LAPACK_COL_MAJOR, __VA_ARGS__);          \
    case 'c': return LAPACKE_c##unitary(LAPACK_COL_MAJOR, __VA_ARGS__);       \
    default: return LAPACKE_z##unitary(LAPACK_COL_MAJOR, __VA_ARGS__);        \
    }

// MARK: BLAS, row-major

static inline void typed_dot(char type, int n, const void *x, int x_stride, const void *y, int y_stride, int conjugate, void *result) {
    switch (type) {
    case 's': *(float *)result = cblas_sdot(n, x, x_stride, y, y_stride); break;
    case 'd': *(double *)result = cblas_ddot(n, x, x_stride, y, y_stride); break;
    case 'c':
        if (conjugate) cblas_cdotc_sub(n, x, x_stride, y, y_stride, result);
        else cblas_cdotu_sub(n, x, x_stride, y, y_stride, result);
        break;
    default:
        if (conjugate) cblas_zdotc_sub(n, x, x_stride, y, y_stride, result);
        else cblas_zdotu_sub(n, x, x_stride, y, y_stride, result);
    }
}

static inline double typed_norm(char type, int n, const void *x, int stride) {
    switch (type) {
    case 's': return cblas_snrm2(n, x, stride);
    case 'd': return cblas_dnrm2(n, x, stride);
    case 'c': return cblas_scnrm2(n, x, stride);
    default: return cblas_dznrm2(n, x, stride);
    }
}

static inline void typed_axpy(char type, int n, const void *a, const void *x, int x_stride, void *y, int y_stride) {
    switch (type) {
    case 's': cblas_saxpy(n, REAL_FACTOR(float, a), x, x_stride, y, y_stride); break;
    case 'd': cblas_daxpy(n, REAL_FACTOR(double, a), x, x_stride, y, y_stride); break;
    case 'c': cblas_caxpy(n, a, x, x_stride, y, y_stride); break;
    default: cblas_zaxpy(n, a, x, x_stride, y, y_stride);
    }
}

static inline void typed_gemv(char type, CBLAS_TRANSPOSE trans, int rows, int columns, const void *alpha, const void *a, int lda, const void *x, int x_stride, const void *beta, void *y, int y_stride) {
    switch (type) {
    case 's': cblas_sgemv(CblasRowMajor, trans, rows, columns, REAL_FACTOR(float, alpha), a, lda, x, x_stride, REAL_FACTOR(float, beta), y, y_stride); break;
    case 'd': cblas_dgemv(CblasRowMajor, trans, rows, columns, REAL_FACTOR(double, alpha), a, lda, x, x_stride, REAL_FACTOR(double, beta), y, y_stride); break;
    case 'c': cblas_cgemv(CblasRowMajor, trans, rows, columns, alpha, a, lda, x, x_stride, beta, y, y_stride); break;
    default: cblas_zgemv(CblasRowMajor, trans, rows, columns, alpha, a, lda, x, x_stride, beta, y, y_stride);
    }
}

static inline void typed_ger(char type, int rows, int columns, const void *alpha, const void *x, int x_stride, const void *y, int y_stride, int conjugate, void *a, int lda) {
    switch (type) {
    case 's': cblas_sger(CblasRowMajor, rows, columns, REAL_FACTOR(float, alpha), x, x_stride, y, y_stride, a, lda); break;
    case 'd': cblas_dger(CblasRowMajor, rows, columns, REAL_FACTOR(double, alpha), x, x_stride, y, y_stride, a, lda); break;
    case 'c':
        if (conjugate) cblas_cgerc(CblasRowMajor, rows, columns, alpha, x, x_stride, y, y_stride, a, lda);
        else cblas_cgeru(CblasRowMajor, rows, columns, alpha, x, x_stride, y, y_stride, a, lda);
        break;
    default:
        if (conjugate) cblas_zgerc(CblasRowMajor, rows, columns, alpha, x, x_stride, y, y_stride, a, lda);
        else cblas_zgeru(CblasRowMajor, rows, columns, alpha, x, x_stride, y, y_stride, a, lda);
    }
}

static inline void typed_gemm(char type, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int rows, int columns, int inner, const void *alpha, const void *a, int lda, const void *b, int ldb, const void *beta, void *c, int ldc) {
    switch (type) {
    case 's': cblas_sgemm(CblasRowMajor, ta, tb, rows, columns, inner, REAL_FACTOR(float, alpha), a, lda, b, ldb, REAL_FACTOR(float, beta), c, ldc); break;
    case 'd': cblas_dgemm(CblasRowMajor, ta, tb, rows, columns, inner, REAL_FACTOR(double, alpha), a, lda, b, ldb, REAL_FACTOR(double, beta), c, ldc); break;
    case 'c': cblas_cgemm(CblasRowMajor, ta, tb, rows, columns, inner, alpha, a, lda, b, ldb, beta, c, ldc); break;
    default: cblas_zgemm(CblasRowMajor, ta, tb, rows, columns, inner, alpha, a, lda, b, ldb, beta, c, ldc);
    }
}

// The upper triangle of AAᴴ, or of AᴴA where `transposed`.
static inline void typed_herk(char type, int transposed, int order, int inner, const void *a, int lda, void *c, int ldc) {
    CBLAS_TRANSPOSE plain = transposed ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE adjoint = transposed ? CblasConjTrans : CblasNoTrans;
    switch (type) {
    case 's': cblas_ssyrk(CblasRowMajor, CblasUpper, plain, order, inner, 1, a, lda, 0, c, ldc); break;
    case 'd': cblas_dsyrk(CblasRowMajor, CblasUpper, plain, order, inner, 1, a, lda, 0, c, ldc); break;
    case 'c': cblas_cherk(CblasRowMajor, CblasUpper, adjoint, order, inner, 1, a, lda, 0, c, ldc); break;
    default: cblas_zherk(CblasRowMajor, CblasUpper, adjoint, order, inner, 1, a, lda, 0, c, ldc);
    }
}

static inline void typed_trsv(char type, CBLAS_UPLO triangle, CBLAS_TRANSPOSE trans, CBLAS_DIAG diagonal, int order, const void *a, int lda, void *b) {
    switch (type) {
    case 's': cblas_strsv(CblasRowMajor, triangle, trans, diagonal, order, a, lda, b, 1); break;
    case 'd': cblas_dtrsv(CblasRowMajor, triangle, trans, diagonal, order, a, lda, b, 1); break;
    case 'c': cblas_ctrsv(CblasRowMajor, triangle, trans, diagonal, order, a, lda, b, 1); break;
    default: cblas_ztrsv(CblasRowMajor, triangle, trans, diagonal, order, a, lda, b, 1);
    }
}

static inline void typed_trsm(char type, CBLAS_UPLO triangle, CBLAS_TRANSPOSE trans, CBLAS_DIAG diagonal, int order, int columns, const void *alpha, const void *a, int lda, void *b, int ldb) {
    switch (type) {
    case 's': cblas_strsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, REAL_FACTOR(float, alpha), a, lda, b, ldb); break;
    case 'd': cblas_dtrsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, REAL_FACTOR(double, alpha), a, lda, b, ldb); break;
    case 'c': cblas_ctrsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, alpha, a, lda, b, ldb); break;
    default: cblas_ztrsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, alpha, a, lda, b, ldb);
    }
}

static inline void typed_scal(char type, int n, const void *a, void *x, int stride) {
    switch (type) {
    case 's': cblas_sscal(n, REAL_FACTOR(float, a), x, stride); break;
    case 'd': cblas_dscal(n, REAL_FACTOR(double, a), x, stride); break;
    case 'c': cblas_cscal(n, a, x, stride); break;
    default: cblas_zscal(n, a, x, stride);
    }
}

static inline void typed_copy(char type, int n, const void *x, int x_stride, void *y, int y_stride) {
    switch (type) {
    case 's': cblas_scopy(n, x, x_stride, y, y_stride); break;
    case 'd': cblas_dcopy(n, x, x_stride, y, y_stride); break;
    case 'c': cblas_ccopy(n, x, x_stride, y, y_stride); break;
    default: cblas_zcopy(n, x, x_stride, y, y_stride);
    }
}

// MARK: Loops that are not in BLAS

// Whether any of n numbers is infinite or NaN: all bits of the exponent set.
static inline int typed_has_nonfinite(char type, long n, const void *x) {
    if (type == 'c' || type == 'z') n *= 2;
    int found = 0;
    if (type == 's' || type == 'c') {
        const uint32_t *bits = (const uint32_t *)x;
        for (long i = 0; i < n; i++) found |= (bits[i] & 0x7f800000u) == 0x7f800000u;
    } else {
        const uint64_t *bits = (const uint64_t *)x;
        for (long i = 0; i < n; i++) found |= (bits[i] & 0x7ff0000000000000u) == 0x7ff0000000000000u;
    }
    return found;
}

#define COPY_TRANSPOSED(element, conjugation)                                                   \
    {                                                                                           \
        const element *from = (const element *)source;                                          \
        element *to = (element *)target;                                                        \
        for (long i0 = 0; i0 < rows; i0 += 16)                                                  \
            for (long j0 = 0; j0 < columns; j0 += 16) {                                         \
                long i1 = i0 + 16 < rows ? i0 + 16 : rows, j1 = j0 + 16 < columns ? j0 + 16 : columns; \
                for (long i = i0; i < i1; i++)                                                  \
                    for (long j = j0; j < j1; j++) {                                            \
                        element value = from[i * row_stride + j];                               \
                        conjugation;                                                            \
                        to[j * rows + i] = value;                                               \
                    }                                                                           \
            }                                                                                   \
    }

typedef struct { float re, im; } typed_complex_float;
typedef struct { double re, im; } typed_complex_double;

// target (columns × rows, dense) ← the transpose, or the adjoint, of source (rows × columns, row-major).
static inline void typed_transpose(char type, int conjugate, long rows, long columns, const void *source, long row_stride, void *target) {
    switch (type) {
    case 's': COPY_TRANSPOSED(float, (void)0) break;
    case 'd': COPY_TRANSPOSED(double, (void)0) break;
    case 'c': COPY_TRANSPOSED(typed_complex_float, if (conjugate) value.im = -value.im) break;
    default: COPY_TRANSPOSED(typed_complex_double, if (conjugate) value.im = -value.im)
    }
}

// Whether a matrix of 4- or 8-byte numbers equals its transpose bit by bit, tile by tile.
#define IS_SYMMETRIC(word, words)                                                               \
    {                                                                                           \
        const word *x = (const word *)a;                                                        \
        word tile[16 * 16 * words];                                                             \
        for (long i0 = 0; i0 < n; i0 += 16)                                                     \
            for (long j0 = 0; j0 <= i0; j0 += 16) {                                             \
                long height = n - i0 < 16 ? n - i0 : 16, width = n - j0 < 16 ? n - j0 : 16;     \
                for (long j = 0; j < width; j++)                                                \
                    for (long i = 0; i < height; i++)                                           \
                        for (long k = 0; k < words; k++)                                        \
                            tile[(i * 16 + j) * words + k] = x[((j0 + j) * n + i0 + i) * words + k]; \
                word differs = 0;                                                               \
                for (long i = 0; i < height; i++)                                               \
                    for (long j = 0; j < width * words; j++)                                    \
                        differs |= tile[i * 16 * words + j] ^ x[((i0 + i) * n + j0) * words + j]; \
                if (differs) return 0;                                                          \
            }                                                                                   \
        return 1;                                                                               \
    }

static inline int typed_is_symmetric(char type, long n, const void *a) {
    if (type == 's') IS_SYMMETRIC(uint32_t, 1)
    IS_SYMMETRIC(uint64_t, 1)
}

#define IS_ASYMMETRIC(element, complex)                                                         \
    {                                                                                           \
        const element *x = (const element *)a;                                                  \
        double largest = 0;                                                                     \
        for (long i = 0; i < n * n * (complex ? 2 : 1); i++) {                                  \
            double magnitude = x[i] < 0 ? -x[i] : x[i];                                         \
            if (magnitude > largest) largest = magnitude;                                       \
        }                                                                                       \
        double bound = tolerance * largest;                                                     \
        for (long i0 = 0; i0 < n; i0 += 32)                                                     \
            for (long j0 = 0; j0 <= i0; j0 += 32)                                               \
                for (long i = i0; i < n && i < i0 + 32; i++)                                    \
                    for (long j = j0; j < j0 + 32 && j <= i; j++) {                             \
                        double re = complex ? (double)x[2 * (i * n + j)] - x[2 * (j * n + i)]   \
                                            : (double)x[i * n + j] - x[j * n + i];              \
                        double im = complex ? (double)x[2 * (i * n + j) + 1] + x[2 * (j * n + i) + 1] : 0; \
                        if (re > bound || re < -bound || im > bound || im < -bound) return i * n + j; \
                    }                                                                           \
        return -1;                                                                              \
    }

// A place i·n + j where aᵢⱼ differs from the conjugate of aⱼᵢ by more than the tolerance times the largest
// element, or -1.
static inline long typed_asymmetry(char type, long n, const void *a, double tolerance) {
    // The common case, exact symmetry of a real matrix, is quickly seen.
    if ((type == 's' || type == 'd') && typed_is_symmetric(type, n, a)) return -1;
    switch (type) {
    case 's': IS_ASYMMETRIC(float, 0)
    case 'd': IS_ASYMMETRIC(double, 0)
    case 'c': IS_ASYMMETRIC(float, 1)
    default: IS_ASYMMETRIC(double, 1)
    }
}

#define MIRROR(element, conjugation)                                                            \
    {                                                                                           \
        element *x = (element *)a;                                                              \
        for (long i0 = 0; i0 < n; i0 += 32)                                                     \
            for (long j0 = 0; j0 <= i0; j0 += 32)                                               \
                for (long i = i0; i < n && i < i0 + 32; i++)                                    \
                    for (long j = j0; j < j0 + 32 && j < i; j++) {                              \
                        element value = x[j * n + i];                                           \
                        conjugation;                                                            \
                        x[i * n + j] = value;                                                   \
                    }                                                                           \
    }

// Below the diagonal of a row-major matrix, the conjugates of what stands above it.
static inline void typed_mirror(char type, long n, void *a) {
    switch (type) {
    case 's': MIRROR(float, (void)0) break;
    case 'd': MIRROR(double, (void)0) break;
    case 'c': MIRROR(typed_complex_float, value.im = -value.im) break;
    default: MIRROR(typed_complex_double, value.im = -value.im)
    }
}

#define MULTIPLY_REAL(element)                                                                  \
    {                                                                                           \
        const element *a = (const element *)factors;                                            \
        element *y = (element *)x;                                                              \
        if (stride) for (long i = 0; i < n; i++) y[i] *= a[i];                                  \
        else for (long i = 0; i < n; i++) y[i] *= a[0];                                         \
    }

#define MULTIPLY_COMPLEX(element)                                                               \
    {                                                                                           \
        const element *a = (const element *)factors;                                            \
        element *y = (element *)x;                                                              \
        for (long i = 0; i < n; i++) {                                                          \
            element f = a[i * stride], v = y[i];                                                \
            y[i].re = f.re * v.re - f.im * v.im;                                                \
            y[i].im = f.re * v.im + f.im * v.re;                                                \
        }                                                                                       \
    }

// xᵢ ← aᵢxᵢ; with stride 0 all factors are the first.
static inline void typed_multiply(char type, long n, const void *factors, long stride, void *x) {
    switch (type) {
    case 's': MULTIPLY_REAL(float) break;
    case 'd': MULTIPLY_REAL(double) break;
    case 'c': MULTIPLY_COMPLEX(typed_complex_float) break;
    default: MULTIPLY_COMPLEX(typed_complex_double)
    }
}

// Row by row: with cₖ = rₖ/lₖₖ and sₖ = xₖ/lₖₖ, lᵢₖ ← (lᵢₖ ± s̄ₖxᵢ)/cₖ, then xᵢ ← cₖxᵢ − sₖlᵢₖ.
#define ROTATE_REAL(element)                                                                    \
    {                                                                                           \
        element *l = (element *)lower, *c = (element *)rotations, *s = c + n;                   \
        const element *x = (const element *)vector;                                             \
        for (long i = 0; i < n; i++) {                                                          \
            element *row = l + i * n, xi = x[i];                                                \
            for (long k = 0; k < i; k++) {                                                      \
                row[k] = (row[k] + sign * s[k] * xi) / c[k];                                    \
                xi = c[k] * xi - s[k] * row[k];                                                 \
            }                                                                                   \
            element square = sign > 0 ? 1 : (row[i] - xi) * (row[i] + xi);                      \
            if (!(square > 0)) return i + 1;                                                    \
            element r = (element)(sign > 0 ? __builtin_hypot(row[i], xi) : __builtin_sqrt(square)); \
            c[i] = r / row[i];                                                                  \
            s[i] = xi / row[i];                                                                 \
            row[i] = r;                                                                         \
        }                                                                                       \
        return 0;                                                                               \
    }

#define ROTATE_COMPLEX(element, real)                                                           \
    {                                                                                           \
        element *l = (element *)lower, *c = (element *)rotations, *s = c + n;                   \
        const element *x = (const element *)vector;                                             \
        for (long i = 0; i < n; i++) {                                                          \
            element *row = l + i * n, xi = x[i];                                                \
            for (long k = 0; k < i; k++) {                                                      \
                real re = (row[k].re + sign * (s[k].re * xi.re + s[k].im * xi.im)) / c[k].re;   \
                real im = (row[k].im + sign * (s[k].re * xi.im - s[k].im * xi.re)) / c[k].re;   \
                row[k].re = re;                                                                 \
                row[k].im = im;                                                                 \
                xi.re = c[k].re * xi.re - (s[k].re * re - s[k].im * im);                        \
                xi.im = c[k].re * xi.im - (s[k].re * im + s[k].im * re);                        \
            }                                                                                   \
            real size = (real)__builtin_hypot(xi.re, xi.im);                                    \
            real square = sign > 0 ? 1 : (row[i].re - size) * (row[i].re + size);               \
            if (!(square > 0)) return i + 1;                                                    \
            real r = (real)(sign > 0 ? __builtin_hypot(row[i].re, size) : __builtin_sqrt(square)); \
            c[i].re = r / row[i].re;                                                            \
            s[i].re = xi.re / row[i].re;                                                        \
            s[i].im = xi.im / row[i].re;                                                        \
            row[i].re = r;                                                                      \
            row[i].im = 0;                                                                      \
        }                                                                                       \
        return 0;                                                                               \
    }

// The lower triangle of A + sign·xxᴴ from that of A; i + 1 where row i of it does not exist. `rotations`
// holds 2n numbers.
static inline long typed_rotate(char type, long n, void *lower, const void *vector, int sign, void *rotations) {
    switch (type) {
    case 's': ROTATE_REAL(float)
    case 'd': ROTATE_REAL(double)
    case 'c': ROTATE_COMPLEX(typed_complex_float, float)
    default: ROTATE_COMPLEX(typed_complex_double, double)
    }
}

static inline double typed_absolute_sum(char type, long n, const void *x, long stride) {
    double sum = 0;
    switch (type) {
    case 's': for (long i = 0; i < n; i++) sum += __builtin_fabsf(((const float *)x)[i * stride]); break;
    case 'd': for (long i = 0; i < n; i++) sum += __builtin_fabs(((const double *)x)[i * stride]); break;
    case 'c':
        for (long i = 0; i < n; i++) {
            typed_complex_float z = ((const typed_complex_float *)x)[i * stride];
            sum += __builtin_hypotf(z.re, z.im);
        }
        break;
    default:
        for (long i = 0; i < n; i++) {
            typed_complex_double z = ((const typed_complex_double *)x)[i * stride];
            sum += __builtin_hypot(z.re, z.im);
        }
    }
    return sum;
}

// MARK: Sparse matrices in compressed rows

#define SPARSE_REAL(element)                                                                    \
    {                                                                                           \
        const element *v = (const element *)values, *from = (const element *)x;                 \
        element *to = (element *)y;                                                             \
        for (long i = 0; i < rows; i++) {                                                       \
            if (width == 1) {                                                                   \
                element sum = 0;                                                                \
                for (long k = starts[i]; k < starts[i + 1]; k++) sum += v[k] * from[columns[k]]; \
                to[i] += sum;                                                                   \
            } else                                                                              \
                for (long k = starts[i]; k < starts[i + 1]; k++) {                              \
                    const element *row = from + columns[k] * width;                             \
                    element a = v[k], *target = to + i * width;                                 \
                    for (long j = 0; j < width; j++) target[j] += a * row[j];                   \
                }                                                                               \
        }                                                                                       \
    }

#define SPARSE_COMPLEX(element)                                                                 \
    {                                                                                           \
        const element *v = (const element *)values, *from = (const element *)x;                 \
        element *to = (element *)y;                                                             \
        for (long i = 0; i < rows; i++)                                                         \
            for (long k = starts[i]; k < starts[i + 1]; k++) {                                  \
                const element *row = from + columns[k] * width;                                 \
                element a = v[k], *target = to + i * width;                                     \
                for (long j = 0; j < width; j++) {                                              \
                    target[j].re += a.re * row[j].re - a.im * row[j].im;                        \
                    target[j].im += a.re * row[j].im + a.im * row[j].re;                        \
                }                                                                               \
            }                                                                                   \
    }

// Y ← Y + AX for row-major X and Y of `width` columns.
static inline void typed_sparse_multiply(char type, long rows, const long *starts, const int *columns, const void *values, long width, const void *x, void *y) {
    switch (type) {
    case 's': SPARSE_REAL(float) break;
    case 'd': SPARSE_REAL(double) break;
    case 'c': SPARSE_COMPLEX(typed_complex_float) break;
    default: SPARSE_COMPLEX(typed_complex_double)
    }
}

#define SPARSE_TRANSPOSED_REAL(element)                                                         \
    {                                                                                           \
        const element *v = (const element *)values, *from = (const element *)x;                 \
        element *to = (element *)y;                                                             \
        for (long i = 0; i < rows; i++)                                                         \
            for (long k = starts[i]; k < starts[i + 1]; k++) to[columns[k]] += v[k] * from[i];  \
    }

#define SPARSE_TRANSPOSED_COMPLEX(element)                                                      \
    {                                                                                           \
        const element *v = (const element *)values, *from = (const element *)x;                 \
        element *to = (element *)y;                                                             \
        for (long i = 0; i < rows; i++)                                                         \
            for (long k = starts[i]; k < starts[i + 1]; k++) {                                  \
                to[columns[k]].re += v[k].re * from[i].re - v[k].im * from[i].im;               \
                to[columns[k]].im += v[k].re * from[i].im + v[k].im * from[i].re;               \
            }                                                                                   \
    }

// y ← y + Aᵀx.
static inline void typed_sparse_multiply_transposed(char type, long rows, const long *starts, const int *columns, const void *values, const void *x, void *y) {
    switch (type) {
    case 's': SPARSE_TRANSPOSED_REAL(float) break;
    case 'd': SPARSE_TRANSPOSED_REAL(double) break;
    case 'c': SPARSE_TRANSPOSED_COMPLEX(typed_complex_float) break;
    default: SPARSE_TRANSPOSED_COMPLEX(typed_complex_double)
    }
}

#define SPARSE_TRANSPOSE(element, conjugation)                                                  \
    for (long i = 0; i < rows; i++)                                                             \
        for (long k = starts[i]; k < starts[i + 1]; k++) {                                      \
            long place = new_starts[indices[k]]++;                                              \
            element value = ((const element *)values)[k];                                       \
            conjugation;                                                                        \
            new_indices[place] = (int)i;                                                        \
            ((element *)new_values)[place] = value;                                             \
        }

// The compressed rows of the transpose (or adjoint); `new_starts`, columns + 1 numbers, begins as zeros.
static inline void typed_sparse_transpose(char type, int conjugate, long rows, long columns, const long *starts, const int *indices, const void *values, long *new_starts, int *new_indices, void *new_values) {
    for (long k = 0; k < starts[rows]; k++) new_starts[indices[k] + 1]++;
    for (long j = 0; j < columns; j++) new_starts[j + 1] += new_starts[j];
    switch (type) {
    case 's': SPARSE_TRANSPOSE(float, (void)0) break;
    case 'd': SPARSE_TRANSPOSE(double, (void)0) break;
    case 'c': SPARSE_TRANSPOSE(typed_complex_float, if (conjugate) value.im = -value.im) break;
    default: SPARSE_TRANSPOSE(typed_complex_double, if (conjugate) value.im = -value.im)
    }
    // Each start has moved to the next one.
    for (long j = columns; j > 0; j--) new_starts[j] = new_starts[j - 1];
    new_starts[0] = 0;
}

// MARK: Elementwise loops, so that code that is generic over the element type need not be specialised

#define ELEMENTWISE(type_name, expression)                                                      \
    {                                                                                           \
        const type_name *u = (const type_name *)x, *v = (const type_name *)y;                   \
        type_name *w = (type_name *)result;                                                     \
        for (long i = 0; i < n; i++) w[i] = expression;                                         \
    }

// w ← u + v, u − v (of real numbers, or of the parts of complex ones).
static inline void typed_sum(char type, long n, const void *x, const void *y, int subtract, void *result) {
    if (type == 'c' || type == 'z') n *= 2;
    if (type == 's' || type == 'c') {
        if (subtract) ELEMENTWISE(float, u[i] - v[i]) else ELEMENTWISE(float, u[i] + v[i])
    } else {
        if (subtract) ELEMENTWISE(double, u[i] - v[i]) else ELEMENTWISE(double, u[i] + v[i])
    }
}

// All n numbers ← the number at `value`.
static inline void typed_fill(char type, long n, const void *value, void *result) {
    switch (type) {
    case 's': for (long i = 0; i < n; i++) ((float *)result)[i] = *(const float *)value; break;
    case 'd': for (long i = 0; i < n; i++) ((double *)result)[i] = *(const double *)value; break;
    case 'c': for (long i = 0; i < n; i++) ((typed_complex_float *)result)[i] = *(const typed_complex_float *)value; break;
    default: for (long i = 0; i < n; i++) ((typed_complex_double *)result)[i] = *(const typed_complex_double *)value;
    }
}

// sums[j] += |aᵢⱼ| over the rows.
static inline void typed_add_column_moduli(char type, long rows, long columns, const void *a, double *sums) {
    for (long i = 0; i < rows; i++)
        for (long j = 0; j < columns; j++) sums[j] += typed_absolute_sum(type, 1, (const char *)a + (i * columns + j) * (type == 's' ? 4 : type == 'z' ? 16 : 8), 1);
}

#define TRIANGULAR_ROOT(element, real, root)                                                    \
    {                                                                                           \
        const element *from = (const element *)triangle;                                        \
        element *r = (element *)result, *t = (element *)transposed;                             \
        for (long j = 0; j < n; j++) {                                                          \
            r[j * n + j] = t[j * n + j] = ((const element *)root)[j];                           \
            for (long i = j - 1; i >= 0; i--) {                                                 \
                const element *left = r + i * n, *right = t + j * n;                            \
                real re = from[i * n + j].re, im = from[i * n + j].im;                          \
                for (long k = i + 1; k < j; k++) {                                              \
                    re -= left[k].re * right[k].re - left[k].im * right[k].im;                  \
                    im -= left[k].re * right[k].im + left[k].im * right[k].re;                  \
                }                                                                               \
                real sre = r[i * n + i].re + r[j * n + j].re, sim = r[i * n + i].im + r[j * n + j].im; \
                real size = (real)__builtin_hypot(sre, sim);                                    \
                element value = {0, 0};                                                         \
                if (size == 0) {                                                                \
                    if (re != 0 || im != 0) return j + 1;                                       \
                } else {                                                                        \
                    real ure = sre / size, uim = sim / size;                                    \
                    value.re = (re * ure + im * uim) / size;                                    \
                    value.im = (im * ure - re * uim) / size;                                    \
                }                                                                               \
                r[i * n + j] = t[j * n + i] = value;                                            \
            }                                                                                   \
        }                                                                                       \
        return 0;                                                                               \
    }

// The upper triangular root of an upper triangle of complex numbers whose diagonal has the given roots:
// rᵢⱼ(rᵢᵢ + rⱼⱼ) = tᵢⱼ − Σ rᵢₖrₖⱼ. The transpose is kept too, so that both factors of the sum are contiguous.
// j + 1 where column j has none.
static inline long typed_triangular_root(char type, long n, const void *triangle, const void *roots, void *result, void *transposed) {
    if (type == 'c') TRIANGULAR_ROOT(typed_complex_float, float, roots)
    TRIANGULAR_ROOT(typed_complex_double, double, roots)
}

// MARK: LAPACK, column-major

static inline int typed_potrf(char type, char uplo, int n, void *a, int lda) {
    LAPACK_ALL(potrf, uplo, n, a, lda)
}

static inline int typed_pstrf(char type, char uplo, int n, void *a, int lda, int *pivots, int *rank, double tolerance) {
    LAPACK_ALL(pstrf, uplo, n, a, lda, pivots, rank, tolerance)
}

static inline int typed_gelsd(char type, int m, int n, int columns, void *a, int lda, void *b, int ldb, void *s, double rcond, int *rank) {
    LAPACK_ALL(gelsd, m, n, columns, a, lda, b, ldb, s, rcond, rank)
}

static inline int typed_ormqr(char type, int adjoint, int m, int n, int k, const void *a, int lda, const void *tau, void *c, int ldc) {
    char side = 'L', trans = adjoint ? (type == 's' || type == 'd' ? 'T' : 'C') : 'N';
    LAPACK_REAL_COMPLEX(ormqr, unmqr, side, trans, m, n, k, a, lda, tau, c, ldc)
}

// The work form: what was checked for NaN before need not be read again.
static inline int typed_getrf(char type, int m, int n, void *a, int lda, int *pivots) {
    LAPACK_ALL(getrf_work, m, n, a, lda, pivots)
}

static inline int typed_getrs(char type, int n, int columns, const void *factors, const int *pivots, void *b) {
    LAPACK_ALL(getrs_work, 'N', n, columns, factors, n, pivots, b, n)
}

static inline int typed_gecon(char type, char norm, int n, const void *a, int lda, double a_norm, void *reciprocal) {
    LAPACK_ALL(gecon, norm, n, a, lda, a_norm, reciprocal)
}

static inline int typed_geqrf(char type, int m, int n, void *a, int lda, void *tau) {
    LAPACK_ALL(geqrf, m, n, a, lda, tau)
}

static inline int typed_geqp3(char type, int m, int n, void *a, int lda, int *pivots, void *tau) {
    LAPACK_ALL(geqp3, m, n, a, lda, pivots, tau)
}

static inline int typed_orgqr(char type, int m, int n, int k, void *a, int lda, const void *tau) {
    LAPACK_REAL_COMPLEX(orgqr, ungqr, m, n, k, a, lda, tau)
}

static inline int typed_gesdd(char type, char job, int m, int n, void *a, int lda, void *s, void *u, int ldu, void *vt, int ldvt) {
    LAPACK_ALL(gesdd, job, m, n, a, lda, s, u, ldu, vt, ldvt)
}

static inline int typed_gesvd(char type, char job, int m, int n, void *a, int lda, void *s, void *u, int ldu, void *vt, int ldvt, void *superdiagonal) {
    LAPACK_ALL(gesvd, job, job, m, n, a, lda, s, u, ldu, vt, ldvt, superdiagonal)
}

static inline int typed_heevd(char type, char job, char uplo, int n, void *a, int lda, void *w) {
    LAPACK_REAL_COMPLEX(syevd, heevd, job, uplo, n, a, lda, w)
}

static inline int typed_hegvd(char type, char job, char uplo, int n, void *a, int lda, void *b, int ldb, void *w) {
    LAPACK_REAL_COMPLEX(sygvd, hegvd, 1, job, uplo, n, a, lda, b, ldb, w)
}

// The eigenvalues go to `w` as complex numbers for complex types; real types give real parts in `w`,
// imaginary parts in `w_imaginary`.
static inline int typed_geev(char type, char job_left, char job_right, int n, void *a, int lda, void *w, void *w_imaginary, void *vl, void *vr) {
    switch (type) {
    case 's': return LAPACKE_sgeev(LAPACK_COL_MAJOR, job_left, job_right, n, a, lda, w, w_imaginary, vl, n, vr, n);
    case 'd': return LAPACKE_dgeev(LAPACK_COL_MAJOR, job_left, job_right, n, a, lda, w, w_imaginary, vl, n, vr, n);
    case 'c': return LAPACKE_cgeev(LAPACK_COL_MAJOR, job_left, job_right, n, a, lda, w, vl, n, vr, n);
    default: return LAPACKE_zgeev(LAPACK_COL_MAJOR, job_left, job_right, n, a, lda, w, vl, n, vr, n);
    }
}

static inline int typed_ggev(char type, char job_right, int n, void *a, void *b, void *alpha, void *alpha_imaginary, void *beta, void *vr) {
    switch (type) {
    case 's': return LAPACKE_sggev(LAPACK_COL_MAJOR, 'N', job_right, n, a, n, b, n, alpha, alpha_imaginary, beta, 0, n, vr, n);
    case 'd': return LAPACKE_dggev(LAPACK_COL_MAJOR, 'N', job_right, n, a, n, b, n, alpha, alpha_imaginary, beta, 0, n, vr, n);
    case 'c': return LAPACKE_cggev(LAPACK_COL_MAJOR, 'N', job_right, n, a, n, b, n, alpha, beta, 0, n, vr, n);
    default: return LAPACKE_zggev(LAPACK_COL_MAJOR, 'N', job_right, n, a, n, b, n, alpha, beta, 0, n, vr, n);
    }
}

static inline int typed_gees(char type, int n, void *a, void *w, void *w_imaginary, void *vectors) {
    int selected = 0;
    switch (type) {
    case 's': return LAPACKE_sgees(LAPACK_COL_MAJOR, 'V', 'N', 0, n, a, n, &selected, w, w_imaginary, vectors, n);
    case 'd': return LAPACKE_dgees(LAPACK_COL_MAJOR, 'V', 'N', 0, n, a, n, &selected, w, w_imaginary, vectors, n);
    case 'c': return LAPACKE_cgees(LAPACK_COL_MAJOR, 'V', 'N', 0, n, a, n, &selected, w, vectors, n);
    default: return LAPACKE_zgees(LAPACK_COL_MAJOR, 'V', 'N', 0, n, a, n, &selected, w, vectors, n);
    }
}

// LAPACK's eigenvectors of a real matrix, n columns of which those of a conjugate pair hold the real and the imaginary
// part of one, as a row-major complex matrix; tile by tile, since it transposes. `values` are the complex eigenvalues.
#define PAIRED_EIGENVECTORS(element)                                                            \
    {                                                                                           \
        const element *v = (const element *)vectors, *w = (const element *)values;              \
        element *x = (element *)result;                                                         \
        for (long c0 = 0; c0 < n; c0 += 16)                                                     \
            for (long r0 = 0; r0 < n; r0 += 16)                                                 \
                for (long c = c0; c < n && c < c0 + 16; c++) {                                  \
                    /* The columns of a pair: c and the next for the first, its conjugate for the second. */ \
                    element turn = w[2 * c + 1];                                                \
                    const element *re = v + (turn < 0 ? c - 1 : c) * n;                         \
                    const element *im = turn == 0 ? 0 : v + (turn < 0 ? c : c + 1) * n;         \
                    element sign = turn < 0 ? -1 : 1;                                           \
                    for (long r = r0; r < n && r < r0 + 16; r++) {                              \
                        x[2 * (r * n + c)] = re[r];                                             \
                        x[2 * (r * n + c) + 1] = im == 0 ? 0 : sign * im[r];                    \
                    }                                                                           \
                }                                                                               \
    }

static inline void typed_paired_eigenvectors(char type, long n, const void *vectors, const void *values, void *result) {
    if (type == 's') PAIRED_EIGENVECTORS(float) else PAIRED_EIGENVECTORS(double)
}

// The complex Schur form from the real one, A = ZTZ' (both column-major in reals, n x n): each 2 x 2 block on T's
// diagonal is made triangular by a complex rotation. T and Z come out row-major and complex.
#define COMPLEX_SCHUR_FORM(element, cpx, square_root, hypotenuse)                               \
    {                                                                                           \
        const element *t = (const element *)real_triangle, *z = (const element *)real_vectors;  \
        cpx *T = (cpx *)triangle, *Z = (cpx *)vectors;                                          \
        for (long i = 0; i < n; i++)                                                            \
            for (long j = 0; j < n; j++) {                                                      \
                T[i * n + j] = (cpx){t[j * n + i], 0};                                          \
                Z[i * n + j] = (cpx){z[j * n + i], 0};                                          \
            }                                                                                   \
        for (long m = n - 1; m > 0; m--) {                                                      \
            cpx low = T[m * n + m - 1];                                                         \
            element below = low.re;                                                             \
            if (below == 0) continue;                                                           \
            /* LAPACK's standard block [[a, b], [c, a]] with bc < 0: eigenvalue less T[m][m] is i sqrt(-bc). */ \
            element b = T[(m - 1) * n + m].re;                                                  \
            element shift = square_root(-b) * square_root(below);                               \
            if (below < 0) shift = square_root(b) * square_root(-below);                        \
            element r = hypotenuse(shift, below);                                               \
            element c = shift / r, s = below / r; /* the rotation [[-ic, s], [-s, ic]] */       \
            for (long j = m - 1; j < n; j++) {                                                  \
                cpx x = T[(m - 1) * n + j], y = T[m * n + j];                                   \
                T[(m - 1) * n + j] = (cpx){c * x.im + s * y.re, -c * x.re + s * y.im};          \
                T[m * n + j] = (cpx){-s * x.re - c * y.im, -s * x.im + c * y.re};               \
            }                                                                                   \
            for (long i = 0; i <= m; i++) {                                                     \
                cpx x = T[i * n + m - 1], y = T[i * n + m];                                     \
                T[i * n + m - 1] = (cpx){-c * x.im + s * y.re, c * x.re + s * y.im};            \
                T[i * n + m] = (cpx){-s * x.re + c * y.im, -s * x.im - c * y.re};               \
            }                                                                                   \
            for (long i = 0; i < n; i++) {                                                      \
                cpx x = Z[i * n + m - 1], y = Z[i * n + m];                                     \
                Z[i * n + m - 1] = (cpx){-c * x.im + s * y.re, c * x.re + s * y.im};            \
                Z[i * n + m] = (cpx){-s * x.re + c * y.im, -s * x.im - c * y.re};               \
            }                                                                                   \
            T[m * n + m - 1] = (cpx){0, 0};                                                     \
        }                                                                                       \
    }

static inline void typed_complex_schur_form(
    char type, long n, const void *real_triangle, const void *real_vectors, void *triangle, void *vectors) {
    if (type == 's') COMPLEX_SCHUR_FORM(float, typed_complex_float, sqrtf, hypotf)
    else COMPLEX_SCHUR_FORM(double, typed_complex_double, sqrt, hypot)
}

#undef COMPLEX_SCHUR_FORM
#undef PAIRED_EIGENVECTORS
#undef REAL_FACTOR
#undef ROTATE_REAL
#undef ROTATE_COMPLEX
#undef SPARSE_REAL
#undef SPARSE_COMPLEX
#undef SPARSE_TRANSPOSED_REAL
#undef SPARSE_TRANSPOSED_COMPLEX
#undef ELEMENTWISE
#undef SPARSE_TRANSPOSE
#undef TRIANGULAR_ROOT
#undef MULTIPLY_REAL
#undef MULTIPLY_COMPLEX
#undef COPY_TRANSPOSED
#undef IS_SYMMETRIC
#undef IS_ASYMMETRIC
#undef MIRROR
#undef LAPACK_ALL
#undef LAPACK_REAL_COMPLEX
#endif
