extension TinyLM: CausalValueModel {}

extension PolicyTrainer where O.Model: IncrementalLanguageModel {
    /// A trainer that draws with `Sampler`, token by token with what the model keeps between steps.
    public init(_ optimizer: O) {
        self.init(optimizer) { policy, prompts, settings, generator in
            var sampler = Sampler(maximumTokens: settings.maximumTokens)
            if let stopToken = settings.stopToken { sampler.stopTokens = [stopToken] }
            if settings.temperature != 1 { sampler.processors = [try Temperature(settings.temperature)] }
            return try sampler.sample(from: policy, prompts: prompts, using: &generator).map {
                SampledCompletion(tokens: $0.tokens, logProbabilities: $0.drawnLogProbabilities)
            }
        }
    }
}

extension PolicyTrainer where O.Model: IncrementalLanguageModel & CausalValueModel {
    /// PPO: clipped ratios with a critic in the model and generalised advantage estimation.
    public static func proximal(
        _ optimizer: O, advantage: GeneralizedAdvantage = GeneralizedAdvantage(),
        loss: PolicyLoss = PolicyLoss(aggregation: .perToken)
    ) -> PolicyTrainer {
        PolicyTrainer(optimizer).proximal(advantage, loss)
    }
}
