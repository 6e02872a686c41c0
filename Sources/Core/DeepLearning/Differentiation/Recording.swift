/// What forward mode may take for granted about an operation.
enum TangentRule {
    /// Each result depends on the argument of the same place alone, so that the derivative goes forward as it
    /// goes back.
    case elementwise
    /// The operation is linear: the tangent of the result is the operation on the tangent.
    case linear
    /// Neither: the pullback is transposed.
    case general
}

extension Tensor where Scalar: TensorScalar {
    /// An operation on one tensor.
    ///
    /// - Parameters:
    ///   - compute: the operation on a tensor that nobody differentiates.
    ///   - pullback: from the argument and the result, the function from the result's cotangent to the
    ///     argument's, written in tensor operations. It should capture only what it needs.
    @inline(__always)
    static func recording(
        _ x: Tensor, _ rule: TangentRule, _ compute: (Tensor) -> Tensor,
        pullback: (_ x: Tensor, _ y: Tensor) -> ReverseTrace<Scalar>.Pullback
    ) -> Tensor {
        if x.trace == nil { return compute(x) }
        return recordingTraced(x, rule, compute, pullback)
    }

    @inline(never)
    private static func recordingTraced(
        _ x: Tensor, _ rule: TangentRule, _ compute: (Tensor) -> Tensor,
        _ pullback: (_ x: Tensor, _ y: Tensor) -> ReverseTrace<Scalar>.Pullback
    ) -> Tensor {
        guard let trace = x.trace else { return compute(x) }
        let lowered = x.lowered
        let y = recordingTraced(lowered, rule, compute, pullback)
        if trace.isForward {
            let tangent = unsafeDowncast(trace, to: ForwardTrace<Scalar>.self).tangent
            let result =
                switch rule {
                case .elementwise: pullback(lowered, y)(tangent)
                case .linear: recordingTraced(tangent, rule, compute, pullback)
                case .general: transpose(pullback(lowered, y), shape: y.shape, at: tangent)
                }
            return y.traced(ForwardTrace(level: trace.level, lower: y.trace, tangent: result))
        }
        let parent = unsafeDowncast(trace, to: ReverseTrace<Scalar>.self)
        return y.traced(
            ReverseTrace(level: trace.level, lower: y.trace, rule: .unary(parent, pullback(lowered, y))))
    }

    /// An operation on two tensors.
    ///
    /// - Parameters:
    ///   - compute: the operation on tensors that nobody differentiates.
    ///   - pushforward: from the arguments and the result, the result's tangent by the first argument's
    ///     tangent and by the second's; nil to transpose the pullbacks.
    ///   - pullbacks: from the arguments and the result, the functions from the result's cotangent to each
    ///     argument's.
    @inline(__always)
    static func recording(
        _ a: Tensor, _ b: Tensor, _ compute: (Tensor, Tensor) -> Tensor,
        pushforwards: ((_ a: Tensor, _ b: Tensor, _ y: Tensor) -> (
            ReverseTrace<Scalar>.Pullback, ReverseTrace<Scalar>.Pullback
        ))? = nil,
        pullbacks: (_ a: Tensor, _ b: Tensor, _ y: Tensor) -> (
            ReverseTrace<Scalar>.Pullback, ReverseTrace<Scalar>.Pullback
        )
    ) -> Tensor {
        if a.trace == nil, b.trace == nil { return compute(a, b) }
        return recordingTraced(a, b, compute, pushforwards, pullbacks)
    }

    @inline(never)
    private static func recordingTraced(
        _ a: Tensor, _ b: Tensor, _ compute: (Tensor, Tensor) -> Tensor,
        _ pushforwards: ((_ a: Tensor, _ b: Tensor, _ y: Tensor) -> (
            ReverseTrace<Scalar>.Pullback, ReverseTrace<Scalar>.Pullback
        ))?,
        _ pullbacks: (_ a: Tensor, _ b: Tensor, _ y: Tensor) -> (
            ReverseTrace<Scalar>.Pullback, ReverseTrace<Scalar>.Pullback
        )
    ) -> Tensor {
        let level = Swift.max(a.level, b.level)
        guard level > 0 else { return compute(a, b) }
        let aTrace = a.level == level ? a.trace : nil, bTrace = b.level == level ? b.trace : nil
        let aLow = aTrace == nil ? a : a.lowered, bLow = bTrace == nil ? b : b.lowered
        let y = recordingTraced(aLow, bLow, compute, pushforwards, pullbacks)
        if (aTrace ?? bTrace)?.isForward == true {
            var tangent: Tensor?
            func tangents() -> (ReverseTrace<Scalar>.Pullback, ReverseTrace<Scalar>.Pullback) {
                if let pushforwards { return pushforwards(aLow, bLow, y) }
                let (first, second) = pullbacks(aLow, bLow, y)
                let shape = y.shape
                return ({ transpose(first, shape: shape, at: $0) }, { transpose(second, shape: shape, at: $0) })
            }
            let (first, second) = tangents()
            if let aTrace { tangent = first(unsafeDowncast(aTrace, to: ForwardTrace<Scalar>.self).tangent) }
            if let bTrace {
                let other = second(unsafeDowncast(bTrace, to: ForwardTrace<Scalar>.self).tangent)
                tangent = tangent.map { $0 + other } ?? other
            }
            guard let tangent else { return y }
            return y.traced(ForwardTrace(level: level, lower: y.trace, tangent: tangent))
        }
        let (first, second) = pullbacks(aLow, bLow, y)
        return y.traced(
            ReverseTrace(
                level: level, lower: y.trace,
                rule: .binary(
                    aTrace.map { unsafeDowncast($0, to: ReverseTrace<Scalar>.self) }, aTrace == nil ? nil : first,
                    bTrace.map { unsafeDowncast($0, to: ReverseTrace<Scalar>.self) }, bTrace == nil ? nil : second)))
    }

    /// An operation on any number of tensors.
    ///
    /// - Parameters:
    ///   - compute: the operation on tensors that nobody differentiates.
    ///   - pullback: from the arguments and the result, the function from the result's cotangent and which
    ///     arguments want theirs to the arguments' cotangents (nil for those that were not wanted).
    ///   - pushforward: from the arguments, the result and the arguments' tangents (nil for zero), the result's tangent;
    ///     without it the pullback is transposed.
    static func recording(
        _ arguments: [Tensor], _ compute: ([Tensor]) -> Tensor,
        pullback: (_ arguments: [Tensor], _ y: Tensor) -> (Tensor, [Bool]) -> [Tensor?],
        pushforward: ((_ arguments: [Tensor], _ y: Tensor, _ tangents: [Tensor?]) -> Tensor)? = nil
    ) -> Tensor {
        var level: UInt64 = 0
        for argument in arguments { level = Swift.max(level, argument.level) }
        guard level > 0 else { return compute(arguments) }
        let traces = arguments.map { $0.level == level ? $0.trace : nil }
        let lowered = arguments.map { $0.level == level ? $0.lowered : $0 }
        let y = recording(lowered, compute, pullback: pullback, pushforward: pushforward)
        let forward = traces.lazy.compactMap({ $0 }).first.flatMap { $0.isForward ? $0 : nil }
        let tangents = forward == nil ? [] : traces.map { $0.map { unsafeDowncast($0, to: ForwardTrace<Scalar>.self).tangent } }
        if let forward, let pushforward {
            return y.traced(ForwardTrace(level: forward.level, lower: y.trace, tangent: pushforward(lowered, y, tangents)))
        }
        let back = pullback(lowered, y)
        if let forward {
            // All pullbacks transposed at once.
            let level = TraceCounter.next()
            let variable = ReverseTrace<Scalar>(level: level, lower: nil, rule: .leaf)
            let images = back(Tensor.zeros(y.shape).traced(variable), tangents.map { $0 != nil })
            let pairs = zip(images, tangents).compactMap { image, tangent in
                image.flatMap { image in tangent.map { (image, $0) } }
            }
            let pass = BackwardPass(from: pairs.map(\.0), level: level)
            let tangent = pass.cotangents(of: [variable], seeds: pairs.map(\.1))[0] ?? .zeros(y.shape)
            return y.traced(ForwardTrace(level: forward.level, lower: y.trace, tangent: tangent))
        }
        let parents = traces.map { $0.map { unsafeDowncast($0, to: ReverseTrace<Scalar>.self) } }
        return y.traced(ReverseTrace(level: level, lower: y.trace, rule: .general(parents, back)))
    }

    /// The transpose of a linear function at a tensor: a pullback, transposed, is the pushforward.
    static func transpose(
        _ linear: ReverseTrace<Scalar>.Pullback, shape: TensorShape, at tangent: Tensor
    ) -> Tensor {
        let level = TraceCounter.next()
        let variable = ReverseTrace<Scalar>(level: level, lower: nil, rule: .leaf)
        let image = linear(Tensor.zeros(shape).traced(variable))
        let pass = BackwardPass(from: [image], level: level)
        return pass.cotangents(of: [variable], seeds: [tangent])[0] ?? .zeros(shape)
    }
}
