import Mathematics

extension Training where O.Model: CausalLanguageModel {
    /// Trains on the next token of random windows of a corpus.
    ///
    /// - Parameters:
    ///   - model: the start; then the result.
    ///   - corpus: what to learn.
    ///   - batchSize: how many windows a step has.
    ///   - windowLength: their length, at most the model's context and one more.
    ///   - generator: draws the windows.
    ///   - validate: the loss by which early stopping judges; nil for none.
    ///   - report: called after each step.
    /// - Throws: `TrainingError` if the corpus or the context is too short for a window; see `run`.
    public mutating func runNextToken<G: RandomNumberGenerator>(
        on model: inout Model, corpus: TokenCorpus, batchSize: Int, windowLength: Int, using generator: inout G,
        validate: ((Model) throws -> Double)? = nil,
        report: (TrainingStep<Scalar>) throws -> Void = { _ in }
    ) throws -> TrainingHistory<Model> {
        try TrainingError.require(
            windowLength >= 2 && windowLength <= model.contextLength + 1, "windowLength", windowLength,
            "2 ... \(model.contextLength + 1), the model's context and the token behind it")
        try TrainingError.require(batchSize > 0, "batchSize", batchSize, "at least 1")
        return try run(on: &model, validate: validate, report: report) { model, _ in
            model.nextTokenLoss(try corpus.randomWindows(count: batchSize, length: windowLength, using: &generator))
        }
    }

    /// Trains on the completions of examples alone (masked supervised fine-tuning), in shuffled batches.
    ///
    /// - Throws: `TrainingError` if there are no examples or one is longer than the model's context; see `run`.
    public mutating func runFineTuning<G: RandomNumberGenerator>(
        on model: inout Model, examples: [TokenExample], batchSize: Int, using generator: inout G,
        validate: ((Model) throws -> Double)? = nil,
        report: (TrainingStep<Scalar>) throws -> Void = { _ in }
    ) throws -> TrainingHistory<Model> {
        try requireRoom(examples, in: model)
        var batches = try MiniBatches(count: examples.count, batchSize: batchSize)
        return try run(on: &model, validate: validate, report: report) { model, _ in
            model.completionLoss(CompletionBatch(batches.next(using: &generator).map { examples[$0] }))
        }
    }

    /// Trains on pairs of a preferred and a rejected completion.
    ///
    /// - Parameters:
    ///   - model: the start; then the result.
    ///   - pairs: the comparisons.
    ///   - loss: DPO or one of its relatives.
    ///   - reference: the model that the trained one is held to; by default the start.
    ///   - batchSize: how many pairs a step has.
    ///   - generator: draws the order of the pairs.
    ///   - validate: the loss by which early stopping judges; nil for none.
    ///   - report: called after each step.
    /// - Throws: `TrainingError` if there are no pairs or one is longer than the model's context; see `run`.
    public mutating func runPreferences<G: RandomNumberGenerator>(
        on model: inout Model, pairs: [PreferencePair], loss: PreferenceLoss, reference: Model? = nil, batchSize: Int,
        using generator: inout G, validate: ((Model) throws -> Double)? = nil,
        report: (TrainingStep<Scalar>) throws -> Void = { _ in }
    ) throws -> TrainingHistory<Model> {
        try requireRoom(pairs.map(\.chosen) + pairs.map(\.rejected), in: model)
        var batches = try MiniBatches(count: pairs.count, batchSize: batchSize)
        let reference = (reference ?? model).detached()
        return try run(on: &model, validate: validate, report: report) { model, _ in
            let rows = batches.next(using: &generator)
            let chosen = CompletionBatch<Scalar>(rows.map { pairs[$0].chosen })
            let rejected = CompletionBatch<Scalar>(rows.map { pairs[$0].rejected })
            return loss.losses(
                chosen: model.completionLogProbabilities(chosen), rejected: model.completionLogProbabilities(rejected),
                referenceChosen: reference.completionLogProbabilities(chosen),
                referenceRejected: reference.completionLogProbabilities(rejected)
            ).mean()
        }
    }

    /// Trains on completions that are each good or bad (Ethayarajh et al. 2024, arXiv:2402.01306).
    ///
    /// The divergence from the reference is estimated in each batch from every prompt with the completion of the next
    /// example, so that a batch needs at least two.
    ///
    /// - Throws: `TrainingError` if there are fewer than two examples a batch or one is longer than the model's
    ///   context; see `run`.
    public mutating func runKahnemanTversky<G: RandomNumberGenerator>(
        on model: inout Model, examples: [(example: TokenExample, isDesirable: Bool)], beta: Scalar = 0.1,
        weights: (desirable: Scalar, undesirable: Scalar) = (1, 1), reference: Model? = nil, batchSize: Int,
        using generator: inout G, validate: ((Model) throws -> Double)? = nil,
        report: (TrainingStep<Scalar>) throws -> Void = { _ in }
    ) throws -> TrainingHistory<Model> {
        let longestPrompt = examples.map(\.example.prompt.count).max() ?? 0
        let longestCompletion = examples.map(\.example.completion.count).max() ?? 0
        try TrainingError.require(
            longestPrompt + longestCompletion <= model.contextLength + 1, "the length of the longest prompt and completion",
            longestPrompt + longestCompletion, "at most \(model.contextLength + 1), the model's context and the token behind it")
        try TrainingError.require(
            2...max(examples.count, 2) ~= batchSize, "batchSize", batchSize, "2 ... \(examples.count), the examples")
        var batches = try MiniBatches(count: examples.count, batchSize: batchSize, dropsLast: true)
        let reference = (reference ?? model).detached()
        return try run(on: &model, validate: validate, report: report) { model, _ in
            let rows = batches.next(using: &generator).map { examples[$0] }
            let own = CompletionBatch<Scalar>(rows.map(\.example))
            let others = CompletionBatch<Scalar>(
                rows.indices.map {
                    TokenExample(
                        prompt: rows[$0].example.prompt, completion: rows[($0 + 1) % rows.count].example.completion)
                })
            let divergence =
                (model.detached().completionLogProbabilities(others) - reference.completionLogProbabilities(others)).mean()
            return kahnemanTverskyLosses(
                logRatios: model.completionLogProbabilities(own) - reference.completionLogProbabilities(own),
                isDesirable: Tensor(rows.map(\.isDesirable)), divergence: divergence, beta: beta, weights: weights
            ).mean()
        }
    }

    private func requireRoom(_ examples: [TokenExample], in model: Model) throws(TrainingError) {
        for (index, example) in examples.enumerated() {
            let length = example.prompt.count + example.completion.count
            try TrainingError.require(
                length <= model.contextLength + 1, "the length of example \(index)", length,
                "at most \(model.contextLength + 1), the model's context and the token behind it")
        }
    }
}

extension Training where O.Model: CausalValueModel {
    /// Trains a reward model on pairs of completions so that the preferred one gets the higher score (Bradley and
    /// Terry 1952; Christiano et al. 2017, arXiv:1706.03741): −ln σ(s⁺ − s⁻).
    public mutating func runRewardModel<G: RandomNumberGenerator>(
        on model: inout Model, pairs: [PreferencePair], batchSize: Int, using generator: inout G,
        validate: ((Model) throws -> Double)? = nil,
        report: (TrainingStep<Scalar>) throws -> Void = { _ in }
    ) throws -> TrainingHistory<Model> {
        var batches = try MiniBatches(count: pairs.count, batchSize: batchSize)
        return try run(on: &model, validate: validate, report: report) { model, _ in
            let rows = batches.next(using: &generator)
            return bradleyTerryLosses(
                chosen: model.scores(CompletionBatch(rows.map { pairs[$0].chosen })),
                rejected: model.scores(CompletionBatch(rows.map { pairs[$0].rejected }))
            ).mean()
        }
    }
}
