import Foundation

/// What changes the distribution of the next token before it is drawn: truncation, temperature, watermarks.
///
/// A processor works on one sequence at a time. It may exclude tokens by −∞, and must leave at least one.
public protocol LogitsProcessor: Sendable {
    /// Changes the unnormalised log-probabilities of the next token.
    ///
    /// - Parameters:
    ///   - logits: one for each token.
    ///   - tokens: the sequence so far, the prompt included.
    func process(_ logits: inout [Double], after tokens: [Int])
}

/// Divides logits by a temperature: below 1 sharper, above 1 flatter.
public struct Temperature: LogitsProcessor {
    /// Positive.
    public let temperature: Double

    /// - Throws: `LanguageModelError.invalidArgument` unless the temperature is positive and finite.
    public init(_ temperature: Double) throws(LanguageModelError) {
        guard temperature > 0, temperature.isFinite else {
            throw .invalidArgument(name: "temperature", value: "\(temperature)", expected: "a positive number")
        }
        self.temperature = temperature
    }

    public func process(_ logits: inout [Double], after tokens: [Int]) {
        for index in logits.indices { logits[index] /= temperature }
    }
}

/// Keeps the k most probable tokens (Fan et al. 2018, arXiv:1805.04833); ties go to the lower id.
public struct TopK: LogitsProcessor {
    /// At least 1.
    public let k: Int

    /// - Throws: `LanguageModelError.invalidArgument` for k below 1.
    public init(_ k: Int) throws(LanguageModelError) {
        guard k >= 1 else { throw .invalidArgument(name: "k", value: "\(k)", expected: "at least 1") }
        self.k = k
    }

    public func process(_ logits: inout [Double], after tokens: [Int]) {
        guard k < logits.count else { return }
        for token in TokenDistribution.descending(logits).dropFirst(k) { logits[token] = -.infinity }
    }
}

/// Keeps the smallest set of most probable tokens with at least the probability p (nucleus sampling, Holtzman et al. 2020,
/// arXiv:1904.09751).
public struct TopP: LogitsProcessor {
    /// In (0, 1].
    public let p: Double

    /// - Throws: `LanguageModelError.invalidArgument` unless p lies in (0, 1].
    public init(_ p: Double) throws(LanguageModelError) {
        self.p = try checkedShare("p", p)
    }

    public func process(_ logits: inout [Double], after tokens: [Int]) {
        let probabilities = TokenDistribution.probabilities(logits)
        TokenDistribution.keepMass(p, of: probabilities, in: TokenDistribution.descending(probabilities), &logits)
    }
}

/// Keeps the tokens with at least p times the largest probability (Nguyen et al. 2024, arXiv:2407.01082).
public struct MinP: LogitsProcessor {
    /// In (0, 1].
    public let p: Double

    /// - Throws: `LanguageModelError.invalidArgument` unless p lies in (0, 1].
    public init(_ p: Double) throws(LanguageModelError) {
        self.p = try checkedShare("p", p)
    }

    public func process(_ logits: inout [Double], after tokens: [Int]) {
        guard let largest = logits.max() else { return }
        let threshold = largest + log(p)
        for index in logits.indices where logits[index] < threshold { logits[index] = -.infinity }
    }
}

/// Keeps the tokens with at least the probability min(ε, √ε · e^(−entropy)) (η-sampling, Hewitt et al. 2022, arXiv:2210.15191);
/// the most probable one always stays.
public struct EtaCutoff: LogitsProcessor {
    /// In (0, 1].
    public let epsilon: Double

    /// - Throws: `LanguageModelError.invalidArgument` unless ε lies in (0, 1].
    public init(_ epsilon: Double) throws(LanguageModelError) {
        self.epsilon = try checkedShare("epsilon", epsilon)
    }

    public func process(_ logits: inout [Double], after tokens: [Int]) {
        let probabilities = TokenDistribution.probabilities(logits)
        let eta = min(epsilon, epsilon.squareRoot() * exp(-TokenDistribution.entropy(probabilities)))
        let best = TokenDistribution.descending(probabilities).first
        for (token, probability) in probabilities.enumerated() where probability < eta && token != best {
            logits[token] = -.infinity
        }
    }
}

/// Keeps the smallest set with at least the probability p of the tokens whose information is nearest to the entropy (locally
/// typical sampling, Meister et al. 2023, arXiv:2202.00666).
public struct TypicalP: LogitsProcessor {
    /// In (0, 1].
    public let p: Double

    /// - Throws: `LanguageModelError.invalidArgument` unless p lies in (0, 1].
    public init(_ p: Double) throws(LanguageModelError) {
        self.p = try checkedShare("p", p)
    }

    public func process(_ logits: inout [Double], after tokens: [Int]) {
        let probabilities = TokenDistribution.probabilities(logits)
        let entropy = TokenDistribution.entropy(probabilities)
        let nearness = probabilities.map { $0 > 0 ? -abs(-log($0) - entropy) : -.infinity }
        TokenDistribution.keepMass(p, of: probabilities, in: TokenDistribution.descending(nearness), &logits)
    }
}

private func checkedShare(_ name: String, _ value: Double) throws(LanguageModelError) -> Double {
    guard value > 0, value <= 1 else {
        throw .invalidArgument(name: name, value: "\(value)", expected: "a number above 0 and at most 1")
    }
    return value
}

/// What processors and samplers compute of a distribution over tokens.
public enum TokenDistribution {
    /// The probabilities of logits, −∞ giving 0.
    public static func probabilities(_ logits: [Double]) -> [Double] {
        let largest = logits.max() ?? 0
        let weights = logits.map { exp($0 - largest) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// −Σ p ln p, in nats.
    public static func entropy(_ probabilities: [Double]) -> Double {
        probabilities.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    }

    /// The tokens from the largest value to the smallest, ties to the lower id first.
    public static func descending(_ values: [Double]) -> [Int] {
        values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
    }

    /// The most probable token, the lowest of equal ones.
    public static func largest(_ values: [Double]) -> Int {
        var best = 0
        for index in values.indices where values[index] > values[best] { best = index }
        return best
    }

    /// Excludes the tokens that come, in a given order, after the first ones whose probabilities add up to `mass`.
    static func keepMass(_ mass: Double, of probabilities: [Double], in order: [Int], _ logits: inout [Double]) {
        var total = 0.0
        for token in order {
            // A sum that should be exactly the mass may fall short of it by rounding.
            if total >= mass * (1 - 1e-12) { logits[token] = -.infinity }
            total += probabilities[token]
        }
    }

    /// The token at which the running sum of the probabilities passes `uniform`, a number in 0 ..< 1.
    static func draw(_ probabilities: [Double], _ uniform: Double) -> Int {
        var rest = uniform
        var last = 0
        for (token, probability) in probabilities.enumerated() where probability > 0 {
            last = token
            rest -= probability
            if rest < 0 { return token }
        }
        return last
    }
}
