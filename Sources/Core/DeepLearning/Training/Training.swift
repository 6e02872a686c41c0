/// A training run: steps of an optimiser with what usually goes round them.
///
/// ```swift
/// var batches = try MiniBatches(count: 1000, batchSize: 32)
/// var training = Training(Adam<Model>(), steps: 2000)
/// training.schedule = .cosine(from: 1e-3, steps: 2000)
/// training.gradientNormLimit = 1
/// let history = try training.run(on: &model) { step in
///     print(step.number, step.loss)
/// } loss: { model, _ in
///     let rows = batches.next(using: &generator)
///     return meanSquaredError(model(inputs.rows(rows)), targets.rows(rows))
/// }
/// ```
///
/// Randomness comes in through the closures' own generators alone.
public struct Training<O: Optimizer> {
    public typealias Model = O.Model
    public typealias Scalar = O.Model.Scalar

    /// The optimiser, with its state after the steps made so far.
    public var optimizer: O
    /// How many steps `run` makes.
    public var steps: Int
    /// The learning rate at each step; nil for the optimiser's own.
    public var schedule: LearningRateSchedule?
    /// A longer gradient is scaled down to this norm; nil for none.
    public var gradientNormLimit: Scalar?
    /// The decay of an exponential moving average of the parameters, which validation then measures and
    /// `TrainingHistory.average` returns; nil for none.
    public var averageDecay: Scalar?
    /// Validation after every so many steps, and after the last.
    public var validationInterval = 100
    /// After how many validations without improvement the run stops; nil for never.
    public var patience: Int?
    /// Whether a lower or a higher validation measure is better.
    public var validationGoal = EarlyStopping.Goal.smallest
    /// Whether the model with the best validation measure is the result, and not the last.
    public var keepsBest = true

    /// A run of an optimiser.
    public init(_ optimizer: O, steps: Int) {
        self.optimizer = optimizer
        self.steps = steps
    }

    /// Trains a model.
    ///
    /// - Parameters:
    ///   - model: the start; then the last model, or the best validated one where `keepsBest`.
    ///   - report: called after each step: a progress bar, a log, a plot.
    ///   - validate: the measure of a model; nil for no validation.
    ///   - loss: the loss of a model at a step, counted from 0.
    /// - Throws: `TrainingError` where a setting makes no sense or the loss is not finite; what `loss` or
    ///   `validate` throw.
    public mutating func run(
        on model: inout Model, report: (TrainingStep<Scalar>) throws -> Void = { _ in },
        validate: ((Model) throws -> Double)? = nil, loss: (Model, _ step: Int) throws -> Tensor<Scalar>
    ) throws -> TrainingHistory<Model> {
        try run(on: &model, report: report, validate: validate) { model, step in
            let (value, gradient) = try valueAndGradient(at: model) { try loss($0, step) }
            return (value.scalar, gradient)
        }
    }

    /// Trains a model whose loss and gradient are computed by the caller: over shards, by accumulation.
    public mutating func run(
        on model: inout Model, report: (TrainingStep<Scalar>) throws -> Void = { _ in },
        validate: ((Model) throws -> Double)? = nil,
        lossAndGradient: (Model, _ step: Int) throws -> (loss: Scalar, gradient: Model)
    ) throws -> TrainingHistory<Model> {
        try TrainingError.require(steps >= 0, "steps", steps, "at least 0")
        try TrainingError.require(validationInterval > 0, "validationInterval", validationInterval, "at least 1")
        if let limit = gradientNormLimit { try TrainingError.require(limit > 0, "gradientNormLimit", limit, "more than 0") }
        if let patience { try TrainingError.require(patience > 0, "patience", patience, "at least 1") }
        if let decay = averageDecay {
            try TrainingError.require(decay >= 0 && decay < 1, "averageDecay", decay, "a number in [0, 1)")
        }
        var history = TrainingHistory<Model>()
        var watch = EarlyStopping(patience: patience ?? .max, goal: validationGoal)
        var average = averageDecay.map { ExponentialMovingAverage(of: model, decay: $0, warmsUp: true) }
        var best: Model?
        for step in 0..<steps {
            if let schedule { optimizer.learningRate = Scalar(schedule(step)) }
            var (loss, gradient) = try lossAndGradient(model, step)
            guard loss.isFinite else { throw TrainingError.diverged(step: step, loss: Double(loss)) }
            let norm = gradientNormLimit.map { gradient.clip(toNorm: $0) }
            optimizer.update(&model, along: gradient)
            average?.update(with: model)
            history.losses.append(loss)
            var measure: Double?
            var shouldStop = false
            if let validate, (step + 1) % validationInterval == 0 || step == steps - 1 {
                let candidate = average?.model ?? model
                let value = try validate(candidate)
                measure = value
                history.validations.append((step, value))
                let decision = watch.record(value)
                if decision.isBest, keepsBest { best = candidate }
                shouldStop = decision.shouldStop
            }
            try report(
                TrainingStep(
                    number: step, of: steps, loss: loss, gradientNorm: norm, learningRate: optimizer.learningRate,
                    validation: measure))
            if shouldStop {
                history.stoppedEarly = true
                break
            }
        }
        history.average = average?.model
        if let best { model = best }
        return history
    }
}

extension Training: Sendable where O: Sendable {}

/// What a training run reports after a step.
public struct TrainingStep<Scalar: TensorScalar>: Sendable {
    /// The step, from 0.
    public let number: Int
    /// How many steps there will be.
    public let of: Int
    /// The loss before the update.
    public let loss: Scalar
    /// The gradient's norm before it was limited; nil where there is no limit.
    public let gradientNorm: Scalar?
    public let learningRate: Scalar
    /// The measure of the validation after this step, if there was one.
    public let validation: Double?
}

/// What a training run leaves behind.
public struct TrainingHistory<Model: Parameterized> {
    /// The loss of each step, before its update.
    public internal(set) var losses: [Model.Scalar] = []
    /// The validations: after which step, and the measure.
    public internal(set) var validations: [(step: Int, value: Double)] = []
    /// The average of the parameters at the end, where one was kept.
    public internal(set) var average: Model?
    /// Whether the patience ran out.
    public internal(set) var stoppedEarly = false

    /// The mean of the last `count` losses.
    public func meanOfLastLosses(_ count: Int) -> Double {
        let tail = losses.suffix(count)
        return tail.reduce(0) { $0 + Double($1) } / Double(tail.count)
    }
}

extension TrainingHistory: Sendable where Model: Sendable {}
