import Mathematics
import RealModule

/// A joint distribution of a symbol X (rows) and its code T (columns), which need not be deterministic.
public struct EncoderJoint: Sendable, Hashable {
    /// P(X, T).
    public let probabilities: Matrix

    /// - Throws: `StatisticsError` unless the entries are non-negative with the sum 1 (to 1e-9).
    public init(_ probabilities: Matrix) throws(StatisticsError) {
        _ = try distribution(Array(probabilities.flattened), "probabilities")
        self.probabilities = probabilities
    }

    init(checked probabilities: Matrix) { self.probabilities = probabilities }

    /// H(T) in bits.
    public var codeEntropy: Double { bits(probabilities.columnSums) }

    /// I(X; T) = H(X) + H(T) − H(X, T) in bits.
    public var information: Double {
        bits(probabilities.rowSums) + codeEntropy - bits(probabilities.flattened)
    }

    /// One mass of a cell moved to another column of its row.
    public struct Move: Sendable, Hashable {
        public let row: Int
        public let from: Int
        /// The column it goes to; nil for a new one.
        public let to: Int?

        public init(row: Int, from: Int, to: Int?) {
            self.row = row
            self.from = from
            self.to = to
        }
    }

    /// All moves of a positive cell to another column or a new one.
    public var moves: [Move] {
        var result: [Move] = []
        for row in 0..<probabilities.rows {
            for column in 0..<probabilities.columns where probabilities[row, column] > 0 {
                result += (0..<probabilities.columns).filter { $0 != column }.map { Move(row: row, from: column, to: $0) }
                result.append(Move(row: row, from: column, to: nil))
            }
        }
        return result
    }

    /// The distribution after a move of some mass.
    ///
    /// Stops the program if the cell has less.
    public func moving(_ mass: Double, by move: Move) -> EncoderJoint {
        precondition(mass >= 0 && mass <= probabilities[move.row, move.from], "the cell has no mass of \(mass)")
        let width = probabilities.columns + (move.to == nil ? 1 : 0)
        let target = move.to ?? probabilities.columns
        var result = Matrix(rows: probabilities.rows, columns: width) {
            $1 < probabilities.columns ? probabilities[$0, $1] : 0
        }
        result[move.row, move.from] -= mass
        result[move.row, target] += mass
        return EncoderJoint(checked: result)
    }

    /// The optimal small step to a greater H(T) (mec-bottleneck, arXiv:2410.21666, theorem 3): from the cell with the
    /// smallest share of its column, to a new column.
    public var upwardMove: Move {
        let columns = probabilities.columnSums
        var best = (share: Double.infinity, row: 0, column: 0)
        for row in 0..<probabilities.rows {
            for column in 0..<probabilities.columns where probabilities[row, column] > 0 {
                let share = probabilities[row, column] / columns[column]
                if share < best.share { best = (share, row, column) }
            }
        }
        return Move(row: best.row, from: best.column, to: nil)
    }

    /// The optimal small step to a smaller H(T) (theorem 3): from the smallest cell of the column of the smallest sum, to
    /// the column of the largest; nil if there is one column.
    public var downwardMove: Move? {
        let sums = probabilities.columnSums
        let columns = (0..<probabilities.columns).filter { sums[$0] > 0 }
        guard columns.count > 1, let from = columns.min(by: { (sums[$0], $0) < (sums[$1], $1) }),
            let to = columns.filter({ $0 != from }).max(by: { (sums[$0], $1) < (sums[$1], $0) }),
            let row = (0..<probabilities.rows).filter({ probabilities[$0, from] > 0 })
                .min(by: { (probabilities[$0, from], $0) < (probabilities[$1, from], $1) })
        else { return nil }
        return Move(row: row, from: from, to: to)
    }

    /// The mass that a move takes to reach a given H(T), if it does so with a mass between 0 and the one where H(T) turns.
    ///
    /// - Parameters:
    ///   - entropy: H(T) to reach, in bits.
    ///   - move: a move.
    /// - Returns: the smallest such mass; nil if the move does not reach it.
    public func mass(reachingCodeEntropy entropy: Double, by move: Move) -> Double? {
        let largest = probabilities[move.row, move.from]
        // H(T) is concave in the mass: it rises up to where both columns are equal, then falls.
        let sums = probabilities.columnSums
        let turn = min(largest, max(0, (sums[move.from] - (move.to.map { sums[$0] } ?? 0)) / 2))
        let start = codeEntropy
        let rises = entropy >= start
        let (low, high) = rises ? (0, turn) : (turn > 0 ? turn : 0, largest)
        func difference(_ mass: Double) -> Double { moving(mass, by: move).codeEntropy - entropy }
        guard high > low, difference(low) * difference(high) <= 0 else { return nil }
        return try? findRoot(of: difference, in: low...high)
    }

    /// The curve of (H(T), I(X; T)) along a move, for masses from 0 to the cell's in equal steps of their square.
    public func path(along move: Move, points: Int = 100) -> [(codeEntropy: Double, information: Double)] {
        let largest = probabilities[move.row, move.from]
        return (0...max(1, points)).map { step in
            let part = Double(step) / Double(max(1, points))
            let joint = moving(largest * part * part, by: move)
            return (joint.codeEntropy, joint.information)
        }
    }
}

/// A point of the frontier of I(X; T) against a bound on H(T).
public struct RateInformation: Sendable, Hashable {
    /// R in bits.
    public let rate: Double
    /// The greatest I(X; T) found, in bits.
    public let information: Double
}

// swiftcore: entropy_bottleneck_frontier
/// The frontier that the moves of theorem 3 trace from every deterministic map, upwards and downwards.
///
/// - Parameters:
///   - probabilities: P(X) of at most 10 symbols.
///   - rates: the bounds R, in bits.
///   - points: how finely each path is followed.
/// - Returns: for each rate the greatest I(X; T) of a point of a path with H(T) ≤ R.
/// - Throws: `StatisticsError` if the probabilities are no distribution or there are too many.
public func entropyBottleneckFrontier(
    _ probabilities: [Double], rates: [Double], points: Int = 400
) throws(StatisticsError) -> [RateInformation] {
    var reached: [(codeEntropy: Double, information: Double)] = []
    for encoder in try DeterministicEncoder.all(probabilities) {
        let joint = EncoderJoint(checked: encoder.joint)
        reached += joint.path(along: joint.upwardMove, points: points)
        if let down = joint.downwardMove { reached += joint.path(along: down, points: points) }
    }
    return rates.map { rate in
        RateInformation(
            rate: rate,
            information: reached.reduce(0) { $1.codeEntropy <= rate + 1e-12 ? max($0, $1.information) : $0 })
    }
}
