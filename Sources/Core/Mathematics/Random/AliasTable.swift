/// A table that draws from a finite distribution in constant time.
///
/// Walker's alias method with Vose's construction ("A linear algorithm for generating random numbers
/// with a given distribution", 1991): O(n) to build, one integer and one uniform number a draw.
///
/// ```swift
/// let table = try AliasTable(weights: [1, 0, 3])
/// table.sample(using: &generator)      // 0 a quarter of the time, else 2
/// ```
public struct AliasTable: Sendable {
    /// The probability that a column keeps its own index.
    @usableFromInline let shares: [Double]
    /// The index that a column gives otherwise.
    @usableFromInline let aliases: [Int]

    /// The number of outcomes.
    public var count: Int { shares.count }

    /// A table for outcomes with probabilities proportional to their weights.
    ///
    /// - Parameter weights: non-negative with a positive finite sum.
    /// - Throws: `StatisticsError` if there is no weight, or one is negative or not finite, or all are zero.
    public init(weights: some Collection<Double>) throws(StatisticsError) {
        let weights = Array(weights)
        let total = try weights.requireWeights("weights")
        let n = Double(weights.count)
        var scaled = weights.map { $0 / total * n }
        var aliases = Array(weights.indices)
        var small = weights.indices.filter { scaled[$0] < 1 }
        var large = weights.indices.filter { scaled[$0] >= 1 }
        while let low = small.last, let high = large.last {
            small.removeLast()
            aliases[low] = high
            scaled[high] -= 1 - scaled[low]
            if scaled[high] < 1 {
                large.removeLast()
                small.append(high)
            }
        }
        // What is left differs from 1 by rounding alone; an outcome without weight must not gain any.
        for index in large { scaled[index] = 1 }
        let heaviest = weights.indices.max { weights[$0] < weights[$1] } ?? 0
        for index in small {
            if weights[index] > 0 { scaled[index] = 1 } else { aliases[index] = heaviest }
        }
        shares = scaled
        self.aliases = aliases
    }

    /// An index drawn with its probability.
    @inlinable
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        let column = generator.integer(below: shares.count)
        return generator.uniform() < shares[column] ? column : aliases[column]
    }

    /// Independent indices.
    @inlinable
    public func samples<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> [Int] {
        (0..<count).map { _ in sample(using: &generator) }
    }
}
