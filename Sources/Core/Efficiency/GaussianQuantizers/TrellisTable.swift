import Mathematics
import RealModule

/// The pair of numbers that each state of a trellis emits.
public struct TrellisTable: Sendable {
    /// How many bits a state has.
    public let stateBits: Int
    let first: [Float]
    let second: [Float]

    /// The standard deviation of the emitted numbers: √(15/16), that of what a code of two bits on the rate-distortion
    /// bound reproduces.
    public static let standardDeviation = 0.9682458365518543

    /// Independent normal numbers for each state.
    ///
    /// - Parameters:
    ///   - stateBits: 1 ... 20.
    ///   - generator: draws them.
    /// - Throws: `QuantizationError.invalidArgument` for other bits.
    public static func gaussian<G: RandomNumberGenerator>(
        stateBits: Int, using generator: inout G
    ) throws(QuantizationError) -> TrellisTable {
        try QuantizationError.require(1...20 ~= stateBits, "stateBits", stateBits, "1 ... 20")
        let count = 1 << stateBits
        func draws() -> [Float] { (0..<count).map { _ in Float(standardDeviation * generator.normal()) } }
        return TrellisTable(stateBits: stateBits, first: draws(), second: draws())
    }

    /// A small codebook of pairs, the k-means of normal pairs, that a hash spreads over all states: state s emits the
    /// pair ((s + 1)s >> (15 − n)) mod 2ⁿ, its first number with the sign of bit 15 of (s + 1)s (q-palette,
    /// arXiv:2509.20214, after QTIP, arXiv:2406.11235). What a processor keeps in its cache is the small codebook.
    ///
    /// - Parameters:
    ///   - stateBits: 1 ... 20; the paper has 16.
    ///   - codebookBits: n, 1 ... 14; the paper has 9 up to 8 bits a step, 10 for 9 and 11 for 10.
    ///   - generator: draws the pairs that are clustered.
    /// - Throws: `QuantizationError.invalidArgument` naming the argument.
    public static func hashed<G: RandomNumberGenerator>(
        stateBits: Int, codebookBits: Int, using generator: inout G
    ) throws(QuantizationError) -> TrellisTable {
        try QuantizationError.require(1...20 ~= stateBits, "stateBits", stateBits, "1 ... 20")
        try QuantizationError.require(1...14 ~= codebookBits, "codebookBits", codebookBits, "1 ... 14")
        let codebook = try PairQuantizer.clusters(
            1 << codebookBits, samples: max(32 << codebookBits, 65_536), iterations: 20, using: &generator)
        let mean = codebook.flattened.sum / Double(codebook.flattened.count)
        let variance =
            codebook.flattened.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(codebook.flattened.count)
        let scale = standardDeviation / variance.squareRoot()
        var first: [Float] = [], second: [Float] = []
        for state in 0..<1 << stateBits {
            let (row, isNegative) = hash(state, codebookBits: codebookBits)
            first.append(Float((isNegative ? -scale : scale) * codebook[row, 0]))
            second.append(Float(scale * codebook[row, 1]))
        }
        return TrellisTable(stateBits: stateBits, first: first, second: second)
    }

    /// The numbers that a state emits.
    ///
    /// Stops the program for a state that is none.
    public func pair(of state: Int) -> (Float, Float) { (first[state], second[state]) }

    /// The codebook's row for a state, and whether its first number changes its sign.
    static func hash(_ state: Int, codebookBits: Int) -> (row: Int, isNegative: Bool) {
        let product = (state + 1) * state
        return (product >> (15 - codebookBits) & ((1 << codebookBits) - 1), product >> 15 & 1 == 1)
    }
}
