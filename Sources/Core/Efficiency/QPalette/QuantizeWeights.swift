import Mathematics

/// A weight matrix after quantisation.
public struct WeightQuantization: Sendable, Equatable {
    /// The matrix that is stored, turned back.
    public let values: Matrix
    /// ‖W − Ŵ‖²/‖W‖².
    public let relativeError: Double
    /// Bits a weight, without codebooks and scales.
    public let bits: Double
}

// swiftcore: quantize_weights
/// Turns a weight matrix by random signs and Hadamard transforms, quantises it and turns it back (q-palette,
/// arXiv:2509.20214).
///
/// - Parameters:
///   - weights: one row an output, one column an input; finite and not all zero. Trellises need multiples of 16, half
///     trellises a multiple of 32 columns, pairs an even number of columns.
///   - scheme: the kind of quantiser.
///   - bits: the rate: a scalar 1 ... 10, pairs 0.5 ... 6 in halves, a trellis 0.5 ... 6 in halves, a half trellis a
///     quarter between two of those.
///   - stateBits: of a trellis, 1 ... 20; the paper has 16. Its states emit normal numbers of their own.
///   - scaling: one scale for the matrix or for each row.
///   - generator: draws signs, codebooks and tables.
/// - Throws: `QuantizationError.invalidArgument` naming the argument.
public func quantizeWeights<G: RandomNumberGenerator>(
    _ weights: Matrix, scheme: QuantizerPalette.Scheme, bits: Double, stateBits: Int = 12,
    scaling: IncoherentWeights.Scaling = .global, using generator: inout G
) throws(QuantizationError) -> WeightQuantization {
    func steps(_ unit: Double, _ expected: String) throws(QuantizationError) -> Int {
        let count = bits / unit
        try QuantizationError.require(count == count.rounded() && count >= 1 && count <= 20, "bits", bits, expected)
        return Int(count)
    }
    func trellis(_ table: TrellisTable, _ bitsPerStep: Int) throws(QuantizationError) -> TrellisQuantizer {
        try TrellisQuantizer(TrellisCode(table, bitsPerStep: bitsPerStep))
    }
    let turned = try IncoherentWeights(weights, scaling: scaling, using: &generator)
    let quantizer: any WeightQuantizer
    switch scheme {
    case .scalar: quantizer = try LloydMaxQuantizer(bits: try steps(1, "a whole number, 1 ... 10"))
    case .pairs:
        quantizer = try PairQuantizer(bitsPerPair: try steps(0.5, "a multiple of 0.5, 0.5 ... 6"), using: &generator)
    case .trellis:
        let count = try steps(0.5, "a multiple of 0.5, 0.5 ... \(Double(stateBits) / 2)")
        quantizer = try trellis(.gaussian(stateBits: stateBits, using: &generator), count)
    case .halfTrellis:
        let quarters = try steps(0.25, "an odd multiple of 0.25")
        try QuantizationError.require(
            !quarters.isMultiple(of: 2) && quarters >= 3, "bits", bits, "an odd multiple of 0.25, 0.75 or more")
        let table = try TrellisTable.gaussian(stateBits: stateBits, using: &generator)
        quantizer = HalfTrellisQuantizer(try trellis(table, quarters / 2), try trellis(table, quarters / 2 + 1))
    }
    let values = turned.restore(try quantizer.quantize(turned.values).values)
    let error = (values - weights).flattened
    return WeightQuantization(
        values: values, relativeError: error.dot(error) / weights.flattened.dot(weights.flattened),
        bits: quantizer.bitsPerWeight)
}
