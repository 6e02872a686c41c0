import DeepLearning

/// A way to truncate the next token's distribution, by the name that tables show: the paper's baselines and top-H
/// (top-h, arXiv:2509.02510).
public struct DecodingMethod: Sendable {
    /// For tables and legends.
    public let name: String
    /// Applied after the temperature.
    public let truncation: [any LogitsProcessor]

    public init(_ name: String, _ truncation: [any LogitsProcessor]) {
        self.name = name
        self.truncation = truncation
    }

    /// A sampler with this truncation at a temperature.
    ///
    /// - Throws: `LanguageModelError.invalidArgument` unless the temperature is positive.
    public func sampler(
        temperature: Double, maximumTokens: Int, stopTokens: Set<Int>
    ) throws(LanguageModelError) -> Sampler {
        Sampler(
            maximumTokens: maximumTokens, stopTokens: stopTokens, processors: [try Temperature(temperature)] + truncation)
    }

    /// Plain sampling, top-k 10, 20 and 50, top-p 0.9, min-p 0.1, η 0.0002, top-H 0.4, and top-H by the rule of the
    /// released processor.
    public static func ofThePaper() throws(LanguageModelError) -> [DecodingMethod] {
        [
            DecodingMethod("plain", []),
            DecodingMethod("top-k 10", [try TopK(10)]), DecodingMethod("top-k 20", [try TopK(20)]),
            DecodingMethod("top-k 50", [try TopK(50)]),
            DecodingMethod("top-p 0.9", [try TopP(0.9)]), DecodingMethod("min-p 0.1", [try MinP(0.1)]),
            DecodingMethod("η 0.0002", [try EtaCutoff(0.0002)]),
            DecodingMethod("top-H 0.4", [try TopH()]),
            DecodingMethod("top-H released", [try TopH(rule: .released)]),
        ]
    }
}
