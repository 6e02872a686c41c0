import Mathematics
import RealModule

/// Numbers whose sum over any start is found and changed in logarithmic time: a complete binary tree of partial sums.
public struct SumTree: Sendable {
    /// How many numbers there are.
    public let count: Int
    private let leaves: Int
    private var nodes: [Double]

    /// So many zeros.
    public init(count: Int) {
        precondition(count > 0, "a sum tree has at least one number: got \(count)")
        self.count = count
        var leaves = 1
        while leaves < count { leaves *= 2 }
        self.leaves = leaves
        nodes = [Double](repeating: 0, count: 2 * leaves)
    }

    /// The sum of all numbers.
    public var total: Double { nodes[1] }

    /// One number; setting it takes O(log count).
    public subscript(index: Int) -> Double {
        get {
            precondition(0..<count ~= index, "index \(index) is not in 0 ..< \(count)")
            return nodes[leaves + index]
        }
        set {
            precondition(0..<count ~= index, "index \(index) is not in 0 ..< \(count)")
            precondition(newValue >= 0 && newValue < .infinity, "a weight is finite and not negative: got \(newValue)")
            var node = leaves + index
            nodes[node] = newValue
            // Sums are formed anew, so that no error adds up over many changes.
            while node > 1 {
                node /= 2
                nodes[node] = nodes[2 * node] + nodes[2 * node + 1]
            }
        }
    }

    /// The first index at which the sum up to and with it is above a number in 0 ..< total.
    public func index(at position: Double) -> Int {
        var node = 1, rest = position
        while node < leaves {
            node *= 2
            // A right half without weight is never entered, whatever rounding says.
            if rest >= nodes[node], nodes[node + 1] > 0 {
                rest -= nodes[node]
                node += 1
            }
        }
        return min(node - leaves, count - 1)
    }
}

/// A replay buffer that draws steps in proportion to a power of their priority (Schaul et al. 2016,
/// arXiv:1511.05952, proportional variant): P(i) = pᵢ^α / Σ p^α, with the weights (N · P(i))^−β / max that make up
/// for it.
public struct PrioritizedReplayBuffer: Sendable {
    /// The steps.
    public private(set) var buffer: ReplayBuffer
    /// α: 0 for uniform draws.
    public let exponent: Double
    /// Added to each priority, so that none is 0.
    public let smallestPriority: Double
    private var weights: SumTree
    private var largestPriority = 1.0

    public init(
        capacity: Int, observationSize: Int, actionSize: Int, exponent: Double = 0.6, smallestPriority: Double = 1e-6
    ) throws(TrainingError) {
        buffer = try ReplayBuffer(capacity: capacity, observationSize: observationSize, actionSize: actionSize)
        try TrainingError.require(exponent >= 0, "exponent", exponent, "at least 0")
        try TrainingError.require(smallestPriority > 0, "smallestPriority", smallestPriority, "more than 0")
        self.exponent = exponent
        self.smallestPriority = smallestPriority
        weights = SumTree(count: capacity)
    }

    /// How many steps there are.
    public var count: Int { buffer.count }

    /// Takes a step in with the largest priority so far, so that each is drawn soon.
    public mutating func append(_ step: Transition) {
        let index = buffer.append(step)
        weights[index] = Double.pow(largestPriority, exponent)
    }

    /// Steps drawn in proportion to p^α, one from each of `batchSize` equal parts of the sum.
    ///
    /// - Parameters:
    ///   - batchSize: how many steps to draw; a step can come up more than once.
    ///   - correction: β, by which the weights make up for the uneven draws; 1 for wholly.
    ///   - generator: draws the steps.
    /// - Returns: the steps, and their weights, the largest 1.
    /// - Throws: `TrainingError` if the buffer is empty.
    public func sample<G: RandomNumberGenerator>(
        _ batchSize: Int, correction: Double, using generator: inout G
    ) throws(TrainingError) -> (batch: TransitionBatch, weights: Tensor<Float>) {
        try TrainingError.require(count > 0, "count of the replay buffer", count, "at least 1 step to draw from")
        let part = weights.total / Double(batchSize)
        let indices = (0..<batchSize).map { weights.index(at: (Double($0) + generator.uniform()) * part) }
        // The weights relative to the largest of the batch: the factor N cancels.
        let raw = indices.map { Double.pow(weights[$0], -correction) }
        let largest = raw.max() ?? 1
        return (buffer.batch(indices), Tensor(raw.map { Float($0 / largest) }))
    }

    /// Sets the priorities of steps, such as |temporal difference|.
    public mutating func setPriorities(_ priorities: [Double], at indices: [Int]) {
        precondition(priorities.count == indices.count, "\(priorities.count) priorities for \(indices.count) steps")
        for (index, priority) in zip(indices, priorities) {
            let size = abs(priority) + smallestPriority
            largestPriority = max(largestPriority, size)
            weights[index] = Double.pow(size, exponent)
        }
    }
}
