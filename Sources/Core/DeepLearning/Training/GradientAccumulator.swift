/// A weighted sum of gradients of parts of a batch that is too large for one.
///
/// ```swift
/// var accumulator = GradientAccumulator<Model>()
/// for part in parts { accumulator.add(gradient(at: model) { loss($0, part) }, weight: Float(part.count)) }
/// optimizer.update(&model, along: accumulator.takeMean())
/// ```
public struct GradientAccumulator<Model: Parameterized> {
    private var sum: Model?
    /// The sum of the weights.
    public private(set) var totalWeight: Model.Scalar = 0

    public init() {}

    /// Adds a gradient times a weight.
    public mutating func add(_ gradient: Model, weight: Model.Scalar = 1) {
        totalWeight += weight
        guard sum != nil else {
            sum = gradient.mapParameters { $0.detached() * weight }
            return
        }
        sum?.updateParameters(along: gradient) { _, sum, part in VectorMath.add(part, scaledBy: weight, to: &sum) }
    }

    /// The weighted mean of the gradients added so far; the accumulator is empty afterwards.
    ///
    /// Stops the program if nothing was added.
    public mutating func takeMean() -> Model {
        guard let sum else { fatalError("takeMean: no gradient was added") }
        let scale = 1 / totalWeight
        self.sum = nil
        totalWeight = 0
        return sum.mapParameters { $0 * scale }
    }
}

extension GradientAccumulator: Sendable where Model: Sendable {}
