/// Watches a measure of a model and says when it has not improved for long enough.
public struct EarlyStopping: Sendable {
    /// Which way is better.
    public enum Goal: Sendable { case smallest, largest }

    /// How many measurements in a row may pass without improvement.
    public let patience: Int
    /// What counts as an improvement: by more than this.
    public let minimumImprovement: Double
    public let goal: Goal
    /// The best measurement, and at which measurement (from 0) it came.
    public private(set) var best: (value: Double, index: Int)?
    /// How many measurements there were.
    public private(set) var count = 0

    public init(patience: Int, minimumImprovement: Double = 0, goal: Goal = .smallest) {
        precondition(patience > 0, "the patience is positive: got \(patience)")
        self.patience = patience
        self.minimumImprovement = minimumImprovement
        self.goal = goal
    }

    /// Takes the next measurement; NaN is never an improvement.
    ///
    /// - Returns: whether it is the best so far, and whether the patience is used up.
    public mutating func record(_ value: Double) -> (isBest: Bool, shouldStop: Bool) {
        defer { count += 1 }
        let isBest =
            switch (best, goal) {
            case (nil, _): !value.isNaN
            case (let best?, .smallest): value < best.value - minimumImprovement
            case (let best?, .largest): value > best.value + minimumImprovement
            }
        if isBest { best = (value, count) }
        return (isBest, count - (best?.index ?? -1) >= patience)
    }
}
