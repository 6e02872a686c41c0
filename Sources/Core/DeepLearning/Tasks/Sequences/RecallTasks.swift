import Mathematics
import RealModule

/// Multi-query associative recall (Arora et al. 2024, arXiv:2312.04927): pairs of keys and values, then each key
/// again, at a place drawn from a power law, after which its value is asked for. The size is the whole length.
///
/// Tokens: 0 is padding and filler, then the keys, then the values. Keys are read in pairs of places (key, value);
/// in the second part a key stands at a place and the model says the value there.
public struct AssociativeRecall: SequenceTask {
    /// How many different keys and values there are.
    public let keys: Int, values: Int
    /// How many pairs a sequence has.
    public let pairs: Int
    /// The exponent with which the probability of a gap falls: 0.01 for nearly uniform gaps.
    public let gapExponent: Double

    public init(keys: Int = 32, values: Int = 32, pairs: Int = 8, gapExponent: Double = 0.01) throws(TaskError) {
        guard values >= 1 else {
            throw .invalidArgument(task: "associative recall", name: "values", value: "\(values)", expected: "at least 1")
        }
        guard 1...max(keys, 1) ~= pairs, keys >= 1 else {
            throw .invalidArgument(task: "associative recall", name: "pairs", value: "\(pairs)", expected: "1 ... \(keys), the keys")
        }
        guard gapExponent > 0 else {
            throw .invalidArgument(task: "associative recall", name: "gapExponent", value: "\(gapExponent)", expected: "more than 0")
        }
        self.keys = keys
        self.values = values
        self.pairs = pairs
        self.gapExponent = gapExponent
    }

    public var name: String { "associative recall" }
    public var tokenNames: [String] { ["<padding>"] + (0..<keys).map { "k\($0)" } + (0..<values).map { "v\($0)" } }
    public var padding: Int { 0 }
    /// The shortest sequence.
    public var smallestSize: Int { 4 * pairs }

    public func sequence<G: RandomNumberGenerator>(size: Int, using generator: inout G) -> LabeledSequence {
        precondition(size >= smallestSize, "\(pairs) pairs need a size of at least \(smallestSize): got \(size)")
        let chosen = generator.sample(pairs, withoutReplacementBelow: keys)
        let assigned = chosen.map { _ in generator.integer(below: values) }
        var tokens: [Int] = []
        for (key, value) in zip(chosen, assigned) { tokens += [1 + key, 1 + keys + value] }
        tokens += [Int](repeating: 0, count: size - 2 * pairs)
        var targets = [Int?](repeating: nil, count: size)
        // Places are taken in steps of two behind the pairs, near ones more often: p(gap) ∝ a·gap^(a − 1).
        let places = (size - 2 * pairs) / 2
        var weights = (1...places).map { gapExponent * Double.pow(Double($0), gapExponent - 1) }
        for (key, value) in zip(chosen, assigned) {
            let gap = generator.index(weightedBy: weights)
            weights[gap] = 0
            tokens[2 * pairs + 2 * gap] = 1 + key
            targets[2 * pairs + 2 * gap] = 1 + keys + value
        }
        return LabeledSequence(tokens: tokens, targets: targets)
    }
}

/// Joint recall: a value belongs to a context and a key together. A table of contexts by keys is read once in random
/// order, then again in another, where each key's value is asked for. The size is not used: contexts and keys give
/// the length, 2 · contexts · (1 + 2 · keys) + 2.
///
/// Tokens: 1 begins, 3 is padding, 4 separates the parts; values are 10 + v, keys 26 + k, contexts 42 + c.
public struct JointRecall: SequenceTask {
    /// How many contexts and keys a sequence has: at most 16 each.
    public let contexts: Int, keys: Int
    /// How many different values there are: at most 16.
    public let values: Int

    public init(contexts: Int = 5, keys: Int = 5, values: Int = 16) throws(TaskError) {
        for (name, number) in [("contexts", contexts), ("keys", keys), ("values", values)] where !(1...16 ~= number) {
            throw .invalidArgument(task: "joint recall", name: name, value: "\(number)", expected: "1 ... 16")
        }
        self.contexts = contexts
        self.keys = keys
        self.values = values
    }

    public var name: String { "joint recall" }
    public var padding: Int { 3 }
    public var tokenNames: [String] {
        let special = [1: "<beginning>", 3: "<padding>", 4: "<separator>"]
        return (0..<10).map { special[$0] ?? "<unused \($0)>" } + (0..<16).map { "v\($0)" } + (0..<16).map { "k\($0)" }
            + (0..<16).map { "c\($0)" }
    }

    public func sequence<G: RandomNumberGenerator>(size: Int = 0, using generator: inout G) -> LabeledSequence {
        let chosenContexts = generator.sample(contexts, withoutReplacementBelow: 16)
        let chosenKeys = generator.sample(keys, withoutReplacementBelow: 16)
        let table = (0..<contexts * keys).map { _ in generator.integer(below: values) }
        var tokens = [1], targets: [Int?] = [nil]
        for part in 0..<2 {
            for context in generator.permutation(contexts) {
                tokens.append(42 + chosenContexts[context])
                targets.append(nil)
                for key in generator.permutation(keys) {
                    let value = 10 + table[context * keys + key]
                    tokens += [26 + chosenKeys[key], value]
                    targets += [part == 1 ? value : nil, nil]
                }
            }
            if part == 0 {
                tokens.append(4)
                targets.append(nil)
            }
        }
        return LabeledSequence(tokens: tokens, targets: targets)
    }
}

/// A number among noise that must be said at the end: noise tokens, a marker followed by the digits of the key, more
/// noise, the marker again, and the digits to be said. The size is the number of noise tokens.
///
/// Tokens: 0 ... 9 are digits, then the marker, padding, and the noise tokens.
public struct PasskeyTask: SequenceTask {
    public let digits: Int, noiseTokens: Int

    public init(digits: Int = 4, noiseTokens: Int = 16) throws(TaskError) {
        guard digits >= 1 else {
            throw .invalidArgument(task: "passkey", name: "digits", value: "\(digits)", expected: "at least 1")
        }
        guard noiseTokens >= 1 else {
            throw .invalidArgument(task: "passkey", name: "noiseTokens", value: "\(noiseTokens)", expected: "at least 1")
        }
        self.digits = digits
        self.noiseTokens = noiseTokens
    }

    public var name: String { "passkey" }
    public var tokenNames: [String] {
        (0..<10).map(String.init) + ["<key>", "<padding>"] + (0..<noiseTokens).map { "n\($0)" }
    }
    public var padding: Int { 11 }

    public func sequence<G: RandomNumberGenerator>(size: Int, using generator: inout G) -> LabeledSequence {
        var tokens = (0..<size).map { _ in 12 + generator.integer(below: noiseTokens) }
        let key = (0..<digits).map { _ in generator.integer(below: 10) }
        tokens.insert(contentsOf: [10] + key, at: generator.integer(below: size + 1))
        var targets = [Int?](repeating: nil, count: tokens.count)
        tokens += [10] + key.dropLast()
        targets += key.map { $0 }
        return LabeledSequence(tokens: tokens, targets: targets)
    }
}
