// Kernels of k-means (flash-kmeans, arXiv:2603.09229, on a processor's caches).
#ifndef CLUSTER_KERNELS_H
#define CLUSTER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Bytes of a panel for each column of the points: three vectors.
enum { VM_PANEL_BYTES = 192 };

/// labels[r] = the c that has the largest x_r · c + bias_c, the lower one of equals; largest[r] = that number. The products
/// never leave the registers. `panel` has VM_PANEL_BYTES · depth bytes. Returns 0, with nothing done, where the processor
/// lacks the widest vectors.
///
/// Each product is one chain of fused multiply-adds that begins with the bias: its bits do not depend on the points and
/// centroids beside it.
int vm_nearest(
    int is_double, size_t rows, size_t depth, const void *x, size_t x_row, size_t centroids, const void *c, size_t c_row,
    const void *bias, void *panel, intptr_t *labels, void *largest);

/// The same from products that are there: columns first ..< first + columns of all, taken over where they beat what
/// `largest` holds.
void vm_largest_products(
    int is_double, size_t rows, size_t columns, const void *products, size_t row, const void *bias, intptr_t first,
    intptr_t *labels, void *largest);

/// Sums of the runs of equal labels among the points order[begin ..< end], which are sorted by label: the run that continues
/// one from before `begin` to `head`, each other to its cluster's row of `sums`. Returns the number of runs. `scratch` has
/// `columns` numbers.
size_t vm_sum_runs(
    int is_double, size_t begin, size_t end, const int32_t *order, const intptr_t *labels, size_t columns, const void *x,
    size_t x_row, void *scratch, double *sums, double *head);

/// out[r] = |x_r - c_labels[r]|².
void vm_label_distances(
    int is_double, size_t rows, size_t columns, const void *x, size_t x_row, const void *c, const intptr_t *labels, void *out);

/// sums += x.
void vm_accumulate(int is_double, size_t count, const void *x, double *sums);

/// means = sums / counts, or the old centroid where the count is 0; moved[k] = the squared distance between the two.
void vm_cluster_means(
    int is_double, size_t clusters, size_t columns, const double *sums, const intptr_t *counts, const void *old,
    void *means, double *moved);

#endif
