import Mathematics
import RealModule

/// A deterministic map T = g(X) of a finite variable, as the cells into which it cuts the symbols.
///
/// I(X; T) = H(T), since T is a function of X.
public struct DeterministicEncoder: Sendable, Hashable {
    /// The symbols of each cell, ascending; cells in the order of their first symbols.
    public let cells: [[Int]]
    /// P(X).
    public let symbolProbabilities: [Double]
    /// P(T).
    public let cellProbabilities: [Double]

    /// - Throws: `StatisticsError` unless the cells hold each symbol once and the probabilities make a distribution.
    public init(cells: [[Int]], probabilities: [Double]) throws(StatisticsError) {
        let probabilities = try distribution(probabilities, "probabilities")
        guard cells.joined().sorted() == Array(probabilities.indices), cells.allSatisfy({ !$0.isEmpty }) else {
            throw .undefined(
                argument: "cells",
                reason: "\(cells) do not hold each of the \(probabilities.count) symbols exactly once")
        }
        self.init(checked: cells, probabilities: probabilities)
    }

    init(checked cells: [[Int]], probabilities: [Double]) {
        self.cells = cells.map { $0.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
        symbolProbabilities = probabilities
        cellProbabilities = self.cells.map { $0.reduce(0) { $0 + probabilities[$1] } }
    }

    /// H(T) = I(X; T) in bits.
    public var information: Double { bits(cellProbabilities) }

    /// The cell of each symbol.
    public var labels: [Int] {
        var result = [Int](repeating: 0, count: symbolProbabilities.count)
        for (cell, symbols) in cells.enumerated() { for symbol in symbols { result[symbol] = cell } }
        return result
    }

    /// P(X, T): one row a symbol, one column a cell.
    public var joint: Matrix {
        var result = Matrix.zeros(symbolProbabilities.count, cells.count)
        for (cell, symbols) in cells.enumerated() {
            for symbol in symbols { result[symbol, cell] = symbolProbabilities[symbol] }
        }
        return result
    }

    /// The greatest probability of naming X from T: Σ over the cells of the largest symbol's probability.
    public var decodingAccuracy: Double {
        cells.reduce(0) { $0 + ($1.map { symbolProbabilities[$0] }.max() ?? 0) }
    }
}

extension DeterministicEncoder {
    // swiftcore: entropy_bounded_encoder
    /// Greedy entropy-bounded information maximisation (mec-bottleneck, arXiv:2410.21666, algorithm 1).
    ///
    /// Starts from T = X. While H(T) exceeds the rate: if merging the two smallest cells brings it to the rate, that is
    /// the result; else if merging the two largest does, that is; else the two largest are merged. The result misses
    /// the rate by at most the binary entropy of the second largest probability.
    ///
    /// - Parameters:
    ///   - probabilities: P(X), non-negative with the sum 1.
    ///   - rate: R ≥ 0 in bits: the bound on H(T).
    /// - Throws: `StatisticsError` if the probabilities are no distribution or the rate is negative.
    /// - Complexity: O(n log n).
    public static func greedy(_ probabilities: [Double], rate: Double) throws(StatisticsError) -> DeterministicEncoder {
        let p = try distribution(probabilities, "probabilities")
        try requireRate(rate)
        // Ascending; the largest cell is the last, since each merge of the two largest makes it larger still.
        var order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
        var members: [[Int]] = order.map { [$0] }
        var masses = order.map { p[$0] }
        var entropy = bits(masses)
        order = []
        // Room for the rounding of a sum of entropies, so that R = H(T) is met.
        let bound = rate + 1e-12
        guard entropy > bound else { return DeterministicEncoder(checked: members, probabilities: p) }
        func fall(_ a: Double, _ b: Double) -> Double { bits([a, b]) - bits([a + b]) }
        while masses.count > 1 {
            let last = masses.count - 1
            if entropy - fall(masses[0], masses[1]) <= bound {
                return DeterministicEncoder(
                    checked: [members[0] + members[1]] + members[2...], probabilities: p)
            }
            entropy -= fall(masses[last - 1], masses[last])
            masses[last - 1] += masses[last]
            members[last - 1] += members[last]
            masses.removeLast()
            members.removeLast()
            if entropy <= bound { break }
        }
        return DeterministicEncoder(checked: members, probabilities: p)
    }

    /// The deterministic map of the greatest H(T) ≤ R among all, by trying every partition.
    ///
    /// - Parameters:
    ///   - probabilities: P(X) of at most 10 symbols.
    ///   - rate: R ≥ 0 in bits.
    /// - Throws: `StatisticsError` as `greedy`, and for more symbols.
    public static func best(_ probabilities: [Double], rate: Double) throws(StatisticsError) -> DeterministicEncoder {
        try requireRate(rate)
        let all = try DeterministicEncoder.all(probabilities)
        var best = all[0]
        for encoder in all where encoder.information <= rate + 1e-12 && encoder.information > best.information {
            best = encoder
        }
        return best
    }

    /// All deterministic maps of a variable, the constant one first.
    ///
    /// - Parameter probabilities: P(X) of at most 10 symbols (115,975 partitions).
    /// - Throws: `StatisticsError` if the probabilities are no distribution or there are more symbols.
    public static func all(_ probabilities: [Double]) throws(StatisticsError) -> [DeterministicEncoder] {
        let p = try distribution(probabilities, "probabilities")
        guard p.count <= 10 else {
            throw .outOfRange(
                argument: "the count of probabilities", value: Double(p.count),
                expected: "at most 10, to try every partition")
        }
        var result: [DeterministicEncoder] = []
        var cells: [[Int]] = []
        func place(_ symbol: Int) {
            guard symbol < p.count else {
                result.append(DeterministicEncoder(checked: cells, probabilities: p))
                return
            }
            for cell in cells.indices {
                cells[cell].append(symbol)
                place(symbol + 1)
                cells[cell].removeLast()
            }
            cells.append([symbol])
            place(symbol + 1)
            cells.removeLast()
        }
        place(0)
        return result
    }

    /// Uniform quantisation: the symbols in their order, cut into ⌊2^R⌋ cells of as equal a number as possible.
    ///
    /// - Throws: `StatisticsError` as `greedy`.
    public static func uniformQuantizer(
        _ probabilities: [Double], rate: Double
    ) throws(StatisticsError) -> DeterministicEncoder {
        let p = try distribution(probabilities, "probabilities")
        let count = min(p.count, try cellCount(rate: rate))
        let cells = (0..<count).map { Array(p.count * $0 / count..<p.count * ($0 + 1) / count) }
        return DeterministicEncoder(checked: cells, probabilities: p)
    }

    /// A map to at most ⌊2^R⌋ cells, for codes of a fixed length, with a great H(T): the two smallest cells are merged
    /// until so many are left, as in the log-loss encoders of Shkel, Raginsky and Verdú (2017).
    ///
    /// - Throws: `StatisticsError` as `greedy`.
    public static func fixedLength(
        _ probabilities: [Double], rate: Double
    ) throws(StatisticsError) -> DeterministicEncoder {
        let p = try distribution(probabilities, "probabilities")
        let count = try cellCount(rate: rate)
        var cells = p.indices.map { (mass: p[$0], symbols: [$0]) }
        while cells.count > count {
            cells.sort { ($0.mass, $0.symbols[0]) < ($1.mass, $1.symbols[0]) }
            cells[1] = (cells[0].mass + cells[1].mass, cells[0].symbols + cells[1].symbols)
            cells.removeFirst()
        }
        return DeterministicEncoder(checked: cells.map(\.symbols), probabilities: p)
    }

    private static func cellCount(rate: Double) throws(StatisticsError) -> Int {
        try requireRate(rate)
        // 2^R that is whole up to rounding counts as whole; no more cells than an integer holds are ever needed.
        return Int((Double.exp2(min(rate, 40)) + 1e-9).rounded(.down))
    }

    private static func requireRate(_ rate: Double) throws(StatisticsError) {
        guard rate >= 0 else {
            throw .outOfRange(argument: "rate", value: rate, expected: "a number of bits not below 0")
        }
    }
}
