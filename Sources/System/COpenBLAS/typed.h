// BLAS and LAPACK by element type.
//
// Each routine has four names, one a type, and Swift does not import C's complex numbers. Here each
// has one name, takes the type as its first argument (the routines' own letter: 's', 'd', 'c' or 'z')
// and its arrays and scalar factors as untyped pointers, so that the Swift above is written once.
// All LAPACK routines take column-major arrays.
#ifndef REPL_KIT_TYPED_BLAS_H
#define REPL_KIT_TYPED_BLAS_H

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

static inline void typed_trsm(char type, CBLAS_UPLO triangle, CBLAS_TRANSPOSE trans, CBLAS_DIAG diagonal, int order, int columns, const void *alpha, const void *a, int lda, void *b, int ldb) {
    switch (type) {
    case 's': cblas_strsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, REAL_FACTOR(float, alpha), a, lda, b, ldb); break;
    case 'd': cblas_dtrsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, REAL_FACTOR(double, alpha), a, lda, b, ldb); break;
    case 'c': cblas_ctrsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, alpha, a, lda, b, ldb); break;
    default: cblas_ztrsm(CblasRowMajor, CblasLeft, triangle, trans, diagonal, order, columns, alpha, a, lda, b, ldb);
    }
}

// MARK: LAPACK, column-major

static inline int typed_potrf(char type, char uplo, int n, void *a, int lda) {
    LAPACK_ALL(potrf, uplo, n, a, lda)
}

static inline int typed_getrf(char type, int m, int n, void *a, int lda, int *pivots) {
    LAPACK_ALL(getrf, m, n, a, lda, pivots)
}

static inline int typed_getrs(char type, char trans, int n, int columns, const void *a, int lda, const int *pivots, void *b, int ldb) {
    LAPACK_ALL(getrs, trans, n, columns, a, lda, pivots, b, ldb)
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

static inline int typed_trsyl(char type, char trans_a, char trans_b, int sign, int m, int n, const void *a, int lda, const void *b, int ldb, void *c, int ldc, void *scale) {
    LAPACK_ALL(trsyl, trans_a, trans_b, sign, m, n, a, lda, b, ldb, c, ldc, scale)
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

#undef REAL_FACTOR
#undef LAPACK_ALL
#undef LAPACK_REAL_COMPLEX
#endif
