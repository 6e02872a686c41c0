import CVectorMath

extension Tensor where Scalar: TensorScalar {
    /// e^x / Σ e^x along an axis, without overflow. A line of −∞ alone gives NaN.
    public func softmax(along axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "softmax")
        if axis != rank - 1 { return transposed(axis, -1).softmax().transposed(axis, -1) }
        return Tensor.recording(self, .general, { $0.softmaxed() }) { _, y in
            { dy in
                if dy.trace == nil, y.trace == nil { return softmaxPullback(y, dy) }
                let weighted = dy * y
                return weighted - y * weighted.sum(along: -1, keepingAxes: true)
            }
        }
    }

    /// x − ln Σ e^x along an axis, without overflow: the logarithm of `softmax`.
    public func logSoftmax(along axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "logSoftmax")
        return Tensor.recording(self, .general, {
            $0 - $0.logSumExp(along: axis, keepingAxes: true)
        }) { _, y in
            { dy in dy - exp(y) * dy.sum(along: axis, keepingAxes: true) }
        }
    }

    private func softmaxed() -> Tensor {
        let x = packed()
        let result = Tensor(uninitialized: shape)
        let columns = shape[rank - 1]
        if columns > 0 {
            vm_softmax_rows(Scalar.usesDoubleKernels ? 1 : 0, count / columns, columns, x.pointer, result.pointer)
        }
        return result
    }
}

private func softmaxPullback<S: TensorScalar>(_ y: Tensor<S>, _ cotangent: Tensor<S>) -> Tensor<S> {
    let y = y.packed(), cotangent = cotangent.packed()
    let result = Tensor<S>(uninitialized: y.shape)
    let columns = y.shape[y.rank - 1]
    if columns > 0 {
        vm_softmax_rows_pullback(
            S.usesDoubleKernels ? 1 : 0, y.count / columns, columns, y.pointer, cotangent.pointer, result.pointer)
    }
    return result
}

extension Tensor where Scalar: TensorScalar {
    /// Each line of the last axis less its mean (where `centered`), divided by √(mean square + epsilon): the
    /// common part of layer normalisation (Ba et al. 2016) and, uncentred, RMS normalisation (Zhang and
    /// Sennrich 2019).
    public func normalizedLastAxis(epsilon: Scalar, centered: Bool = true) -> Tensor {
        guard rank > 0, shape[rank - 1] > 0 else {
            fatalError("normalizedLastAxis: the shape \(shape) has no last axis to normalise")
        }
        let columns = shape[rank - 1]
        let rows = count / columns
        // The reciprocal divisors come out beside the result; the pullback of an undifferentiated one uses them.
        var inverse: Tensor?
        return Tensor.recording(self, .general, { x in
            let x = x.packed()
            let result = Tensor(uninitialized: x.shape), divisors = Tensor(uninitialized: [rows])
            vm_normalize_rows(
                Scalar.usesDoubleKernels ? 1 : 0, rows, columns, Double(epsilon), centered ? 1 : 0, x.pointer,
                result.pointer, divisors.pointer)
            inverse = divisors
            return result
        }) { x, y in
            let divisors = inverse
            return { dy in
                if dy.trace == nil, x.trace == nil, let divisors {
                    let y = y.packed(), dy = dy.packed()
                    let result = Tensor(uninitialized: y.shape)
                    vm_normalize_rows_pullback(
                        Scalar.usesDoubleKernels ? 1 : 0, rows, columns, centered ? 1 : 0, y.pointer, divisors.pointer,
                        dy.pointer, result.pointer)
                    return result
                }
                let deviation = centered ? x - x.mean(along: -1, keepingAxes: true) : x
                let factor = 1 / sqrt(deviation.squared().mean(along: -1, keepingAxes: true) + epsilon)
                let projected = y * (dy * y).mean(along: -1, keepingAxes: true)
                let centre = centered ? dy - dy.mean(along: -1, keepingAxes: true) : dy
                return factor * (centre - projected)
            }
        }
    }
}
