import Mathematics

/// The recursive estimator of a finite sum that PAGE introduced (Li et al. 2021), as vr-halpern (arXiv:2310.02987)
/// uses it.
///
/// It follows a path of points: F̃_k = F(u_k) with probability p, otherwise
/// F̃_k = F̃_{k−1} + (1/b) Σ over a batch of b components of (Fᵢ(u_k) − Fᵢ(u_{k−1})). The batch is drawn without
/// replacement, so that with b = n the estimate is exact.
public struct RecursiveEstimator<Problem: FiniteSumInclusion>: Sendable {
    /// The finite sum.
    public let problem: Problem
    /// The point u_k of the last estimate.
    public private(set) var point: Vector
    /// The estimate F̃_k.
    public private(set) var value: Vector
    /// Component calls so far: n for F in full, 2b for a batch.
    public private(set) var componentCalls: Int
    /// The components in an order of which the first are the batch drawn last.
    private var order: [Int]

    /// The estimator at the first point, where F is evaluated in full.
    ///
    /// - Throws: `OptimisationError` if the point has another dimension than the problem or is not finite.
    public init(_ problem: Problem, at point: Vector) throws(OptimisationError) {
        try problem.requireStart(point)
        self.problem = problem
        self.point = point
        value = problem.value(at: point)
        componentCalls = problem.componentCount
        order = Array(0..<problem.componentCount)
    }

    /// Moves the estimate to the next point.
    ///
    /// - Parameters:
    ///   - next: the next point.
    ///   - probability: p, of evaluating F in full.
    ///   - batchSize: b in 1 ... n.
    ///   - generator: draws the coin and the batch.
    public mutating func move(
        to next: Vector, probability: Double, batchSize: Int, using generator: inout some RandomNumberGenerator
    ) {
        precondition(
            batchSize >= 1 && batchSize <= problem.componentCount,
            "a batch of \(batchSize) of \(problem.componentCount) components")
        if generator.bernoulli(probability) {
            value = problem.value(at: next)
            componentCalls += problem.componentCount
        } else {
            // The first steps of a shuffle: a uniform batch, whatever order earlier batches have left.
            for place in 0..<batchSize { order.swapAt(place, generator.integer(in: place..<order.count)) }
            problem.addComponentDifferences(
                order[0..<batchSize], at: next, from: point, factor: 1 / Double(batchSize), into: &value)
            componentCalls += 2 * batchSize
        }
        point = next
    }
}
