import CVectorMath

/// Rotary positions (RoPE, Su et al. 2021, arXiv:2104.09864): pair l of a query's or key's channels is rotated by position · θ_l,
/// so that a product of the two depends on the difference of their positions alone.
///
/// Pair l consists of channels l and l + pairs.
public struct RotaryPositions<Scalar: TensorScalar>: Sendable {
    /// θ_l of each pair.
    public var frequencies: [Scalar]

    /// Given frequencies.
    public init(frequencies: [Scalar]) { self.frequencies = frequencies }

    /// θ_l = base^(−2l/width) for the width/2 pairs of a head.
    ///
    /// Stops the program if the width is odd.
    public init(width: Int, base: Scalar = 10_000) {
        guard width > 0, width % 2 == 0 else {
            fatalError("RotaryPositions: a width of \(width) has no pairs of channels: expected an even number")
        }
        frequencies = (0..<width / 2).map { Scalar.pow(base, -2 * Scalar($0) / Scalar(width)) }
    }

    /// One frequency for all pairs: with headings in radians for positions, directional rotary positions (DRoPE,
    /// arXiv:2503.15029), which a full turn leaves as they are.
    public static func singleFrequency(width: Int, _ frequency: Scalar = 1) -> RotaryPositions {
        RotaryPositions(frequencies: [Scalar](repeating: frequency, count: width / 2))
    }

    /// The angle of each pair at each position: the shape of `positions` with the number of pairs behind it.
    public func angles(at positions: Tensor<Scalar>) -> Tensor<Scalar> {
        positions.detached().expandingShape(at: -1) * Tensor(frequencies)
    }

    /// The angles at positions in the plane: the first half of the pairs turns by x, the second by y, so that the layer, made
    /// for a width w, serves heads of the width 2w.
    public func angles(atX x: Tensor<Scalar>, y: Tensor<Scalar>) -> Tensor<Scalar> {
        Tensor.concatenating([angles(at: x), angles(at: y)], along: -1)
    }

    /// Queries or keys, [batch, time, heads, width], at positions of the shape [time] or [batch, time].
    public func callAsFunction(_ x: Tensor<Scalar>, at positions: Tensor<Scalar>) -> Tensor<Scalar> {
        x.rotatingPairs(by: angles(at: positions))
    }
}

extension Tensor where Scalar: TensorScalar {
    /// The channels of queries or keys, [batch, time, heads, width], turned pair by pair: channels l and l + pairs by
    /// `angles`, [time, pairs] or [batch, time, pairs]; channels beyond 2 · pairs stay as they are.
    ///
    /// The angles have no derivative.
    public func rotatingPairs(by angles: Tensor) -> Tensor {
        rotatingPairs(PairRotation(angles.detached()))
    }

    /// The same by angles whose cosines and sines are known.
    func rotatingPairs(_ rotation: PairRotation<Scalar>, isInverse: Bool = false) -> Tensor {
        guard rank == 4, rotation.fits(shape) else {
            shapesDoNotFit(
                "rotatingPairs", shape, rotation.cosines.shape,
                "they are [batch, time, heads, width] and [time, pairs] or [batch, time, pairs], with 2 · pairs ≤ width")
        }
        return Tensor.recording(self, .linear, { rotation.apply(to: $0, isInverse: isInverse) }) { _, _ in
            { $0.rotatingPairs(rotation, isInverse: !isInverse) }
        }
    }
}

/// Rotations of pairs of channels: cosines and sines of the angles.
struct PairRotation<Scalar: TensorScalar>: Sendable {
    let cosines: Tensor<Scalar>
    let sines: Tensor<Scalar>

    init(_ angles: Tensor<Scalar>) {
        cosines = cos(angles)
        sines = sin(angles)
    }

    func fits(_ shape: TensorShape) -> Bool {
        let own = cosines.shape
        guard own.rank == 2 || own.rank == 3 && own[0] == shape[0] else { return false }
        return own[own.rank - 2] == shape[1] && 2 * own[own.rank - 1] <= shape[3]
    }

    func apply(to x: Tensor<Scalar>, isInverse: Bool) -> Tensor<Scalar> {
        let x = x.packed()
        let result = Tensor<Scalar>(uninitialized: x.shape)
        let pairs = cosines.shape[cosines.rank - 1]
        guard x.count > 0, pairs > 0 else { return x }
        vm_rotate_pairs(
            Scalar.usesDoubleKernels ? 1 : 0, x.shape[0] * x.shape[1], x.shape[2], x.shape[3], 2 * pairs,
            cosines.count / pairs, isInverse ? 1 : 0, cosines.pointer, sines.pointer, x.pointer, result.pointer)
        return result
    }
}
