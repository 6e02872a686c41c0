extension Tensor where Scalar: TensorScalar {
    /// An operation that has kernels of its own for its value and its pullback, and is written in tensor operations too.
    ///
    /// The kernels serve whoever wants the value or the first derivative. Where the pullback is differentiated itself,
    /// it is that of `reference`, so that derivatives of any order exist without being written out.
    ///
    /// - Parameters:
    ///   - arguments: the tensors that the value depends on.
    ///   - reference: the operation in tensor operations.
    ///   - compute: the operation on tensors that nobody differentiates, and what its pullback needs besides the
    ///     arguments; the flag says whether there will be a pullback.
    ///   - pullback: from the arguments, the value, what was kept, a cotangent and which arguments want theirs, the
    ///     cotangents of the arguments.
    static func fused<Kept>(
        _ arguments: [Tensor], reference: @escaping ([Tensor]) -> Tensor,
        compute: (_ arguments: [Tensor], _ isDifferentiated: Bool) -> (Tensor, Kept),
        pullback: @escaping (_ arguments: [Tensor], _ y: Tensor, _ kept: Kept, _ cotangent: Tensor, _ wanted: [Bool])
            -> [Tensor?]
    ) -> Tensor {
        let isDifferentiated = arguments.contains { $0.trace != nil }
        var kept: Kept?
        return recording(arguments) { arguments in
            let (y, part) = compute(arguments, isDifferentiated)
            kept = part
            return y
        } pullback: { arguments, y in
            let kept = kept
            return { cotangent, wanted in
                if let kept, cotangent.trace == nil, arguments.allSatisfy({ $0.trace == nil }) {
                    return pullback(arguments, y, kept, cotangent, wanted)
                }
                return valueWithPullback(at: arguments, reference).pullback(cotangent)
            }
        }
    }
}
