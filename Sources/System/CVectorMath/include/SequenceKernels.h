// Kernels of sequence models: what a step of a recurrence does to all of its numbers at once.
#ifndef SEQUENCE_KERNELS_H
#define SEQUENCE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Softmax of x[r, begin[r] ..< end[r]] by row, zero elsewhere; a row without entries is zero.
void vm_softmax_rows_limited(
    int is_double, size_t rows, size_t columns, const int32_t *begin, const int32_t *end, const void *x, void *y);

/// Rotates the first `rotated` numbers of each of `heads` × `width` numbers of every row: the pair (i, i + rotated/2) by
/// the angle whose cosine and sine stand in row r mod `period` of the tables, or by its negative.
void vm_rotate_pairs(
    int is_double, size_t rows, size_t heads, size_t width, size_t rotated, size_t period, int inverse,
    const void *cosines, const void *sines, const void *x, void *y);

/// One step of an LSTM. `gates` holds the arguments of i, f, g, o for each sample and gets their values; `squashed`
/// gets tanh of the cell.
void vm_lstm_step(
    int is_double, size_t batch, size_t width, void *gates, const void *before, void *cell, void *squashed,
    void *hidden);

/// The cotangents of the gate arguments; `cell_cotangent` goes from the cell after the step to the one before it.
void vm_lstm_step_pullback(
    int is_double, size_t batch, size_t width, const void *gates, const void *before, const void *squashed,
    const void *hidden_cotangent, void *cell_cotangent, void *result);

/// One step of a GRU, from the parts of r, z, n that come from the input and from the hidden state.
void vm_gru_step(
    int is_double, size_t batch, size_t width, const void *x, const void *h, const void *before, void *gates,
    void *hidden);

/// The cotangents of both parts, and of the hidden state before as far as it is carried over.
void vm_gru_step_pullback(
    int is_double, size_t batch, size_t width, const void *gates, const void *h, const void *before,
    const void *cotangent, void *dx, void *dh, void *through);

/// h[t] = a[t] h[t ∓ 1] + b[t], number by number, from `start`.
void vm_scan(
    int is_double, size_t time, size_t columns, int reversed, const void *a, const void *b, const void *start, void *h);

/// y[t, c] = Σ_j w[j, c] x[t + j + 1 − taps, c], zero before the beginning.
void vm_causal_convolution(
    int is_double, size_t time, size_t columns, size_t taps, const void *w, const void *x, void *y);

/// The cotangent of the argument, and of the weights, which is added to `dw`.
void vm_causal_convolution_pullback(
    int is_double, size_t time, size_t columns, size_t taps, const void *w, const void *x, const void *g, void *dx,
    void *dw);

/// The selective scan of one sequence: h ← (s e^{δa} + 1 − s) h + δ b x, y = Σ_n c_n h_n. `work` holds states × columns
/// numbers, `h` the state before and after.
void vm_selective_scan(
    int is_double, size_t time, size_t columns, size_t states, double scale, const void *x, const void *delta,
    const void *a, const void *b, const void *c, void *h, void *work, void *y);

/// Its cotangents: `da` is added to, `dh` goes from the last state to the first, `work` holds
/// (2 time + 1) × states × columns + 3 × columns numbers.
void vm_selective_scan_pullback(
    int is_double, size_t time, size_t columns, size_t states, double scale, const void *x, const void *delta,
    const void *a, const void *b, const void *c, const void *start, const void *dy, void *dh, void *dx, void *ddelta,
    void *da, void *db, void *dc, void *work);

/// One sequence of one head: S ← α ⊙ S + k(γv − β kᵀ(α ⊙ S))ᵀ at each of `steps`, y = Sᵀq after each `factors` of them.
/// `states` holds S before the first step and gets it after each; `readings` gets kᵀ(α ⊙ S) of each step.
void vm_delta_rule(
    int is_double, size_t steps, size_t factors, size_t keys, size_t values, const void *decay, const void *k,
    const void *v, const void *beta, const void *gamma, const void *q, void *states, void *readings, void *y);

/// Its cotangents: `ds` goes from the last state to the first, `work` holds 2 × values numbers.
void vm_delta_rule_pullback(
    int is_double, size_t steps, size_t factors, size_t keys, size_t values, const void *decay, const void *k,
    const void *v, const void *beta, const void *gamma, const void *q, const void *states, const void *readings,
    const void *dy, void *ds, void *ddecay, void *dk, void *dv, void *dbeta, void *dgamma, void *dq, void *work);

#endif
