import Mathematics

/// One step of an agent in its environment.
public struct Transition: Sendable, Equatable {
    public var observation: [Float]
    public var action: [Float]
    public var reward: Float
    public var nextObservation: [Float]
    /// Whether the environment ended there, so that no value follows.
    public var isTerminal: Bool
    /// Whether the episode was cut off there by its length, although it could go on.
    public var isTimeout: Bool

    public init(
        observation: [Float], action: [Float], reward: Float, nextObservation: [Float], isTerminal: Bool,
        isTimeout: Bool = false
    ) {
        self.observation = observation
        self.action = action
        self.reward = reward
        self.nextObservation = nextObservation
        self.isTerminal = isTerminal
        self.isTimeout = isTimeout
    }
}

/// Steps side by side, as networks read them.
public struct TransitionBatch: Sendable {
    /// Shape [count, observation size].
    public let observations: Tensor<Float>
    /// Shape [count, action size].
    public let actions: Tensor<Float>
    /// Shape [count].
    public let rewards: Tensor<Float>
    /// Shape [count, observation size].
    public let nextObservations: Tensor<Float>
    /// 1 where the environment ended, else 0; shape [count].
    public let terminals: Tensor<Float>
    /// 1 where the episode was cut off, else 0; shape [count].
    public let timeouts: Tensor<Float>
    /// Where in the buffer the steps are.
    public let indices: [Int]

    /// The number of steps.
    public var count: Int { indices.count }
}

/// The last steps of an agent, from which batches are drawn uniformly with replacement.
public struct ReplayBuffer: Sendable {
    /// The most steps that are kept; the oldest are overwritten.
    public let capacity: Int
    public let observationSize: Int, actionSize: Int
    /// How many steps there are.
    public private(set) var count = 0
    /// Where the next step is written.
    public private(set) var nextIndex = 0
    private var observations: [Float] = [], actions: [Float] = [], rewards: [Float] = []
    private var nextObservations: [Float] = [], terminals: [Float] = [], timeouts: [Float] = []

    public init(capacity: Int, observationSize: Int, actionSize: Int) throws(TrainingError) {
        try TrainingError.require(capacity > 0, "capacity", capacity, "at least 1")
        try TrainingError.require(observationSize > 0, "observationSize", observationSize, "at least 1")
        try TrainingError.require(actionSize > 0, "actionSize", actionSize, "at least 1")
        self.capacity = capacity
        self.observationSize = observationSize
        self.actionSize = actionSize
    }

    /// Takes a step in, in the place of the oldest where the buffer is full.
    ///
    /// Stops the program if an observation or action has another size than the buffer's.
    ///
    /// - Returns: where it is.
    @discardableResult
    public mutating func append(_ step: Transition) -> Int {
        guard step.observation.count == observationSize, step.nextObservation.count == observationSize,
            step.action.count == actionSize
        else {
            fatalError(
                "append: a step with \(step.observation.count), \(step.action.count) and \(step.nextObservation.count) numbers in a buffer of \(observationSize), \(actionSize) and \(observationSize)")
        }
        let index = nextIndex
        if count < capacity {
            observations += step.observation
            actions += step.action
            rewards.append(step.reward)
            nextObservations += step.nextObservation
            terminals.append(step.isTerminal ? 1 : 0)
            timeouts.append(step.isTimeout ? 1 : 0)
            count += 1
        } else {
            for (offset, value) in step.observation.enumerated() { observations[index * observationSize + offset] = value }
            for (offset, value) in step.action.enumerated() { actions[index * actionSize + offset] = value }
            for (offset, value) in step.nextObservation.enumerated() {
                nextObservations[index * observationSize + offset] = value
            }
            rewards[index] = step.reward
            terminals[index] = step.isTerminal ? 1 : 0
            timeouts[index] = step.isTimeout ? 1 : 0
        }
        nextIndex = (index + 1) % capacity
        return index
    }

    /// Steps drawn uniformly with replacement.
    ///
    /// - Throws: `TrainingError` if the buffer is empty.
    public func sample<G: RandomNumberGenerator>(
        _ batchSize: Int, using generator: inout G
    ) throws(TrainingError) -> TransitionBatch {
        try TrainingError.require(count > 0, "count of the replay buffer", count, "at least 1 step to draw from")
        return batch((0..<batchSize).map { _ in generator.integer(below: count) })
    }

    /// The steps at some places.
    public func batch(_ indices: [Int]) -> TransitionBatch {
        for index in indices where !(0..<count ~= index) { fatalError("batch: index \(index) is not in 0 ..< \(count)") }
        func rows(_ array: [Float], _ width: Int) -> Tensor<Float> {
            Tensor(shape: [indices.count, width], scalars: indices.flatMap { array[$0 * width..<($0 + 1) * width] })
        }
        func numbers(_ array: [Float]) -> Tensor<Float> { Tensor(indices.map { array[$0] }) }
        return TransitionBatch(
            observations: rows(observations, observationSize), actions: rows(actions, actionSize), rewards: numbers(rewards),
            nextObservations: rows(nextObservations, observationSize), terminals: numbers(terminals),
            timeouts: numbers(timeouts), indices: indices)
    }
}
