import Mathematics
import RealModule

/// A random language: a Markov chain of some order over words whose frequencies follow Zipf's law.
///
/// Every word belongs to one of a few classes, and each of the last words prefers some next words and avoids others,
/// according to its class: ln P(w | w₁ … wₙ) = −exponent · ln(rank of w) + preference/√n · Σⱼ Fⱼ(class of wⱼ, w) +
/// constant, with normal Fⱼ. All probabilities are known, hence also how well any model can do.
public struct ZipfianMarkovLanguage: Sendable {
    /// Words are 0, 1, …, the most frequent of an unprejudiced text first.
    public let vocabularySize: Int
    /// How many words the next one depends on.
    public let order: Int
    /// The class of each word.
    public let classes: [Int]
    /// The number of classes.
    public let classCount: Int
    private let probabilities: Matrix
    private let tables: [AliasTable]

    /// A language drawn by a generator. O(classCount^order · vocabularySize) time and memory.
    ///
    /// - Parameters:
    ///   - vocabularySize: V, at least 2.
    ///   - order: n, at least 1.
    ///   - classCount: how many classes of words.
    ///   - exponent: of Zipf's law.
    ///   - preference: how much the last words matter, the standard deviation of the logarithm of a probability.
    ///   - generator: draws the classes and preferences.
    /// - Throws: `ArchitectureError.invalid` for an argument out of range, or more than 10⁵ combinations of classes.
    public init(
        vocabularySize: Int, order: Int = 3, classCount: Int = 8, exponent: Double = 1, preference: Double = 2,
        using generator: inout some RandomNumberGenerator
    ) throws(ArchitectureError) {
        try requireArgument(vocabularySize > 1, "vocabularySize", vocabularySize, "at least 2")
        try requireArgument(order > 0, "order", order, "at least 1")
        try requireArgument(classCount > 0, "classCount", classCount, "at least 1")
        try requireArgument(exponent >= 0 && exponent.isFinite, "exponent", exponent, "a finite number not below 0")
        try requireArgument(
            preference >= 0 && preference.isFinite, "preference", preference, "a finite number not below 0")
        let contexts = Double.pow(Double(classCount), order)
        try requireArgument(
            contexts <= 1e5, "classCount", classCount, "at most 100000 combinations of classes, classCount^order")
        self.vocabularySize = vocabularySize
        self.order = order
        self.classCount = classCount
        classes = (0..<vocabularySize).map { _ in generator.integer(below: classCount) }
        let scale = preference / Double(order).squareRoot()
        let preferences = (0..<order).map { _ in
            (0..<classCount).map { _ in scale * generator.normalVector(count: vocabularySize) }
        }
        let frequencies = Vector(count: vocabularySize) { -exponent * .log(Double($0 + 1)) }
        var rows: [Vector] = []
        for context in 0..<Int(contexts) {
            var logits = frequencies
            var rest = context
            for place in (0..<order).reversed() {
                logits += preferences[place][rest % classCount]
                rest /= classCount
            }
            rows.append(logits.softmax())
        }
        probabilities = Matrix(rows: rows)
        do { tables = try rows.map { try AliasTable(weights: $0) } } catch {
            throw .invalid(argument: "preference", value: "\(preference)", expected: "a moderate number: \(error)")
        }
    }

    /// P(w | context) of every word w.
    ///
    /// - Parameter context: the last `order` words, the last one last.
    /// - Throws: `ArchitectureError.invalid` for another number of words, or one that is not in the language.
    public func nextWordProbabilities(after context: [Int]) throws(ArchitectureError) -> Vector {
        try requireArgument(context.count == order, "context", "of \(context.count) words", "\(order) words")
        for (index, word) in context.enumerated() where !(0..<vocabularySize ~= word) {
            throw .invalid(argument: "context[\(index)]", value: "\(word)", expected: "a word, 0 ..< \(vocabularySize)")
        }
        return probabilities.row(index(of: context[...]))
    }

    /// A text of so many words, begun with `order` words drawn uniformly that are not part of it.
    public func text(wordCount: Int, using generator: inout some RandomNumberGenerator) -> [Int] {
        var words = (0..<order).map { _ in generator.integer(below: vocabularySize) }
        for _ in 0..<max(wordCount, 0) {
            words.append(tables[index(of: words.suffix(order))].sample(using: &generator))
        }
        return Array(words.dropFirst(order))
    }

    /// The expected share of next words that are not among the k most probable ones, in the mean over the places of a
    /// text: no model can have a smaller top-k error.
    ///
    /// - Parameters:
    ///   - text: words of the language, more than `order` of them.
    ///   - k: how many guesses, each at least 1.
    /// - Throws: `ArchitectureError.invalid` naming the argument.
    public func smallestErrors(on text: [Int], guesses k: [Int]) throws(ArchitectureError) -> [Double] {
        try requireArgument(text.count > order, "text", "of \(text.count) words", "more than \(order) words")
        for (index, word) in text.enumerated() where !(0..<vocabularySize ~= word) {
            throw .invalid(argument: "text[\(index)]", value: "\(word)", expected: "a word, 0 ..< \(vocabularySize)")
        }
        for (index, guesses) in k.enumerated() where guesses < 1 {
            throw .invalid(argument: "k[\(index)]", value: "\(guesses)", expected: "at least 1")
        }
        var counts: [Int: Int] = [:]
        for place in order..<text.count { counts[self.index(of: text[place - order..<place]), default: 0] += 1 }
        var errors = [Double](repeating: 0, count: k.count)
        for (context, count) in counts.sorted(by: { $0.key < $1.key }) {
            let sorted = probabilities.row(context).sorted(by: >)
            for (index, guesses) in k.enumerated() {
                errors[index] += Double(count) * (1 - sorted.prefix(guesses).reduce(0, +))
            }
        }
        return errors.map { $0 / Double(text.count - order) }
    }

    private func index(of context: ArraySlice<Int>) -> Int { context.reduce(0) { $0 * classCount + classes[$1] } }
}
