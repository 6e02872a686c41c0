import Mathematics

/// The quantisers of many rates among which layers choose (q-palette, arXiv:2509.20214), with the errors that they make
/// on independent standard normal weights.
public struct QuantizerPalette: Sendable {
    /// The kinds of quantisers.
    public enum Scheme: String, Sendable, CaseIterable {
        /// Scalar levels at 2 to 8 bits.
        case scalar
        /// Codebooks of pairs at 1.5 to 6 bits, in halves.
        case pairs
        /// Trellises at 1.5 to 5 bits, in halves.
        case trellis
        /// Two trellises of neighbouring rates, at 1.75 to 4.75 bits.
        case halfTrellis
    }

    /// How large the quantisers are and how carefully they are measured.
    public struct Options: Sendable, Equatable {
        /// L, the bits of a trellis's state; the paper has 16.
        public var stateBits = 12
        /// Whether states emit a small codebook's pairs by the paper's hash, rather than normal numbers of their own.
        public var isHashed = false
        /// By how much weights are multiplied before a trellis codes them; the paper has 0.9.
        public var scale = 0.9
        /// The most bits a pair of a codebook has; the paper has 12.
        public var largestPairBits = 12
        /// The side of the square of normal weights on which errors are measured; a multiple of 32.
        public var side = 256

        public init(
            stateBits: Int = 12, isHashed: Bool = false, scale: Double = 0.9, largestPairBits: Int = 12, side: Int = 256
        ) {
            self.stateBits = stateBits
            self.isHashed = isHashed
            self.scale = scale
            self.largestPairBits = largestPairBits
            self.side = side
        }
    }

    /// One quantiser of the palette.
    public struct Entry: Sendable {
        public let scheme: Scheme
        public let quantizer: any WeightQuantizer
        /// The mean squared error on independent standard normal weights.
        public let error: Double

        /// Bits a weight.
        public var bits: Double { quantizer.bitsPerWeight }
        /// For tables and legends.
        public var name: String { quantizer.name }
    }

    /// By scheme, then by rate.
    public let entries: [Entry]

    /// The whole palette. The errors of all but scalar quantisers are measured.
    ///
    /// - Parameters:
    ///   - options: how large it is.
    ///   - generator: draws codebooks and the weights for the errors.
    /// - Throws: `QuantizationError.invalidArgument` for options that make no sense.
    public init<G: RandomNumberGenerator>(
        _ options: Options = Options(), using generator: inout G
    ) throws(QuantizationError) {
        try QuantizationError.require(
            options.side > 0 && options.side.isMultiple(of: 32), "side", options.side, "a positive multiple of 32")
        try QuantizationError.require(
            3...12 ~= options.largestPairBits, "largestPairBits", options.largestPairBits, "3 ... 12")
        try QuantizationError.require(10...20 ~= options.stateBits, "stateBits", options.stateBits, "10 ... 20")
        var entries: [Entry] = []
        let weights = generator.normalMatrix(rows: options.side, columns: options.side)
        func measure(_ scheme: Scheme, _ quantizer: any WeightQuantizer) throws(QuantizationError) {
            let error = try quantizer.quantize(weights).values - weights
            let mean = error.flattened.dot(error.flattened) / Double(weights.rows * weights.columns)
            entries.append(Entry(scheme: scheme, quantizer: quantizer, error: mean))
        }
        for bits in 2...8 {
            let quantizer = try LloydMaxQuantizer(bits: bits)
            entries.append(Entry(scheme: .scalar, quantizer: quantizer, error: quantizer.distortion))
        }
        for bits in 3...options.largestPairBits {
            try measure(.pairs, try PairQuantizer(bitsPerPair: bits, using: &generator))
        }
        let trellises = try Self.trellises(options, using: &generator)
        for trellis in trellises { try measure(.trellis, trellis) }
        for (low, high) in zip(trellises, trellises.dropFirst()) {
            try measure(.halfTrellis, HalfTrellisQuantizer(low, high))
        }
        self.entries = entries
    }

    /// The trellises of 3 to 10 bits a step.
    private static func trellises<G: RandomNumberGenerator>(
        _ options: Options, using generator: inout G
    ) throws(QuantizationError) -> [TrellisQuantizer] {
        var tables: [Int: TrellisTable] = [:]
        var result: [TrellisQuantizer] = []
        for bits in 3...10 {
            // The small codebook grows with the rate; states with numbers of their own need but one table.
            let key = options.isHashed ? max(bits + 1, 9) : 0
            let table: TrellisTable
            if let known = tables[key] {
                table = known
            } else if options.isHashed {
                table = try .hashed(stateBits: options.stateBits, codebookBits: key, using: &generator)
            } else {
                table = try .gaussian(stateBits: options.stateBits, using: &generator)
            }
            tables[key] = table
            result.append(try TrellisQuantizer(TrellisCode(table, bitsPerStep: bits), scale: options.scale))
        }
        return result
    }

    /// The entries of some schemes whose rates meet a condition.
    public func entries(_ schemes: Set<Scheme>, where isIncluded: (Double) -> Bool = { _ in true }) -> [Entry] {
        entries.filter { schemes.contains($0.scheme) && isIncluded($0.bits) }
    }
}
