import Mathematics
import RealModule

/// A context-free grammar whose rules have probabilities.
///
/// ```swift
/// let grammar = try ProbabilisticGrammar(start: "S", rules: [
///     ("S", ["a", "S", "b"], 0.4), ("S", ["a", "b"], 0.6),
/// ])
/// grammar.sentence(using: &generator)             // ["a", "a", "b", "b"]
/// grammar.logProbability(of: ["a", "b"])          // ln 0.6
/// ```
///
/// Symbols that are the left side of some rule are replaced; all others are words.
public struct ProbabilisticGrammar: Sendable {
    /// What is wrong with a grammar.
    public enum GrammarError: Error, Equatable, CustomStringConvertible {
        /// There is no rule for the start symbol.
        case noRule(symbol: String)
        /// A rule has an empty right side.
        case emptyRule(symbol: String)
        /// A weight is not positive and finite.
        case weight(symbol: String, value: Double)
        /// A symbol may be replaced by itself alone, over one or several rules.
        case unitCycle(symbol: String)

        public var description: String {
            switch self {
            case .noRule(let symbol): "there is no rule for the start symbol \(symbol)"
            case .emptyRule(let symbol): "a rule for \(symbol) has an empty right side: expected at least one symbol"
            case .weight(let symbol, let value): "a rule for \(symbol) has the weight \(value): expected a positive number"
            case .unitCycle(let symbol): "\(symbol) may be replaced by itself alone: expected no cycle of single symbols"
            }
        }
    }

    struct Rule: Sendable {
        let right: [Int]
        let probability: Double
    }

    private let symbols: [String]
    private let places: [String: Int]
    /// The rules of each symbol; none for a word.
    private let rules: [[Rule]]
    private let start: Int

    /// A grammar of weighted rules; the weights of a symbol's rules are divided by their sum.
    public init(
        start: String, rules list: [(left: String, right: [String], weight: Double)]
    ) throws(GrammarError) {
        var places: [String: Int] = [:], symbols: [String] = []
        func place(_ symbol: String) -> Int {
            if let place = places[symbol] { return place }
            places[symbol] = symbols.count
            symbols.append(symbol)
            return symbols.count - 1
        }
        var raw: [(left: Int, right: [Int], weight: Double)] = []
        for (left, right, weight) in list {
            guard !right.isEmpty else { throw .emptyRule(symbol: left) }
            guard weight > 0, weight < .infinity else { throw .weight(symbol: left, value: weight) }
            raw.append((place(left), right.map(place), weight))
        }
        var totals = [Double](repeating: 0, count: symbols.count)
        for rule in raw { totals[rule.left] += rule.weight }
        var rules = [[Rule]](repeating: [], count: symbols.count)
        for rule in raw {
            rules[rule.left].append(Rule(right: rule.right, probability: rule.weight / totals[rule.left]))
        }
        guard let first = places[start], !rules[first].isEmpty else { throw .noRule(symbol: start) }
        // Depth-first search for a cycle among rules with one symbol on the right.
        var state = [Int](repeating: 0, count: symbols.count)
        func findCycle(_ symbol: Int) -> Int? {
            state[symbol] = 1
            for rule in rules[symbol] where rule.right.count == 1 {
                let next = rule.right[0]
                if state[next] == 1 { return next }
                if state[next] == 0, let cycle = findCycle(next) { return cycle }
            }
            state[symbol] = 2
            return nil
        }
        for symbol in symbols.indices where state[symbol] == 0 {
            if let cycle = findCycle(symbol) { throw .unitCycle(symbol: symbols[cycle]) }
        }
        self.symbols = symbols
        self.places = places
        self.rules = rules
        self.start = first
    }

    /// The words: symbols without rules, in the order of their first use.
    public var words: [String] { symbols.indices.filter { rules[$0].isEmpty }.map { symbols[$0] } }

    /// A random sentence; nil if it grows past a number of words.
    public func sentence<G: RandomNumberGenerator>(maximumLength: Int = 1000, using generator: inout G) -> [String]? {
        var pending = [start]
        var words: [String] = []
        while let symbol = pending.popLast() {
            if rules[symbol].isEmpty {
                words.append(symbols[symbol])
            } else {
                let rule = rules[symbol][generator.index(weightedBy: rules[symbol].lazy.map(\.probability))]
                pending.append(contentsOf: rule.right.reversed())
            }
            // Every symbol gives at least one word.
            if words.count + pending.count > maximumLength { return nil }
        }
        return words
    }

    /// ln of the probability that the grammar makes a sentence, over all its derivations (the inside algorithm,
    /// Baker 1979); −∞ where it makes it not. O(n³) in the words, times the size of the grammar.
    public func logProbability(of sentence: [String]) -> Double {
        var ids: [Int] = []
        for word in sentence {
            guard let id = places[word], rules[id].isEmpty else { return -.infinity }
            ids.append(id)
        }
        guard !ids.isEmpty else { return -.infinity }
        var spans: [Key: Double] = [:]
        /// The probability that a symbol becomes the words of a span.
        func inside(_ symbol: Int, _ from: Int, _ to: Int) -> Double {
            if rules[symbol].isEmpty { return to - from == 1 && ids[from] == symbol ? 1 : 0 }
            let key = Key(symbol: symbol, rule: -1, position: 0, from: from, to: to)
            if let known = spans[key] { return known }
            var total = 0.0
            for (index, rule) in rules[symbol].enumerated() {
                total += rule.probability * suffix(symbol, index, 0, from, to)
            }
            spans[key] = total
            return total
        }
        /// The probability that the symbols of a rule from a position on become the words of a span.
        func suffix(_ symbol: Int, _ rule: Int, _ position: Int, _ from: Int, _ to: Int) -> Double {
            let right = rules[symbol][rule].right
            if position == right.count - 1 { return inside(right[position], from, to) }
            let left = right.count - position
            if to - from < left { return 0 }
            let key = Key(symbol: symbol, rule: rule, position: position, from: from, to: to)
            if let known = spans[key] { return known }
            var total = 0.0
            for middle in from + 1...to - left + 1 {
                let head = inside(right[position], from, middle)
                if head > 0 { total += head * suffix(symbol, rule, position + 1, middle, to) }
            }
            spans[key] = total
            return total
        }
        return Double.log(inside(start, 0, ids.count))
    }

    private struct Key: Hashable {
        let symbol: Int, rule: Int, position: Int, from: Int, to: Int
    }
}
