import Mathematics

/// The indices of a data set in shuffled batches, pass after pass.
///
/// Each pass has an order of its own, drawn when its first batch is asked for. A copy goes on where the original
/// was.
public struct MiniBatches: Sendable {
    /// How many items there are.
    public let count: Int
    /// How many items a batch has; the last of a pass may have fewer.
    public let batchSize: Int
    /// Whether a last batch with fewer items is left out.
    public let dropsLast: Bool
    /// How many passes were begun.
    public private(set) var passCount = 0
    private var order: [Int] = []
    private var position = 0

    /// Batches of 0 ..< count.
    ///
    /// - Throws: `TrainingError` where there are no items or no batch.
    public init(count: Int, batchSize: Int, dropsLast: Bool = false) throws(TrainingError) {
        try TrainingError.require(count > 0, "count", count, "at least 1")
        try TrainingError.require(batchSize > 0, "batchSize", batchSize, "at least 1")
        try TrainingError.require(
            !dropsLast || batchSize <= count, "batchSize", batchSize, "at most the \(count) items, since the last is dropped")
        self.count = count
        self.batchSize = batchSize
        self.dropsLast = dropsLast
    }

    /// How many batches a pass has.
    public var batchesPerPass: Int { dropsLast ? count / batchSize : (count + batchSize - 1) / batchSize }

    /// The next batch; a new pass begins behind the last of the one before.
    public mutating func next<G: RandomNumberGenerator>(using generator: inout G) -> [Int] {
        let left = order.count - position
        if left == 0 || dropsLast && left < batchSize {
            order = generator.permutation(count)
            position = 0
            passCount += 1
        }
        let end = min(position + batchSize, count)
        defer { position = end }
        return Array(order[position..<end])
    }

    /// All batches of one pass in a new order.
    public func pass<G: RandomNumberGenerator>(using generator: inout G) -> [[Int]] {
        let order = generator.permutation(count)
        return (0..<batchesPerPass).map { Array(order[$0 * batchSize..<min(($0 + 1) * batchSize, count)]) }
    }
}

/// 0 ..< count in a random order, cut into a part for training and one for validation.
///
/// - Parameters:
///   - count: how many items there are.
///   - validationFraction: the part for validation, in [0, 1]; rounded to the nearest count.
///   - generator: draws the order.
/// - Throws: `TrainingError` where the fraction or the count makes no sense.
public func trainingSplit<G: RandomNumberGenerator>(
    count: Int, validationFraction: Double, using generator: inout G
) throws(TrainingError) -> (training: [Int], validation: [Int]) {
    try TrainingError.require(count >= 0, "count", count, "at least 0")
    try TrainingError.require(
        validationFraction >= 0 && validationFraction <= 1, "validationFraction", validationFraction, "a number in [0, 1]")
    let order = generator.permutation(count)
    let held = Int((Double(count) * validationFraction).rounded())
    return (Array(order[held...]), Array(order[..<held]))
}

extension Tensor where Scalar: TensorScalar {
    /// The parts at some indices of the first axis, in their order: a batch of a data set.
    public func rows(_ indices: [Int]) -> Tensor { gathering(Tensor<Int>(indices)) }
}

extension Tensor where Scalar == Int {
    /// The parts at some indices of the first axis, in their order: a batch of labels or token sequences.
    ///
    /// Stops the program if an index does not lie in the axis.
    public func rows(_ indices: [Int]) -> Tensor {
        guard rank > 0 else { fatalError("rows: a tensor of the shape \(shape) has no first axis") }
        let size = shape[0] == 0 ? 0 : count / shape[0]
        let source = packed()
        let result = Tensor(uninitialized: shape.replacing(0, with: indices.count))
        for (place, index) in indices.enumerated() {
            guard 0..<shape[0] ~= index else { fatalError("rows: index \(index) is not in 0 ..< \(shape[0])") }
            (result.pointer + place * size).update(from: source.pointer + index * size, count: size)
        }
        return result
    }
}
