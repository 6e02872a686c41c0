import Mathematics

/// Reaching a target with some numbers, each used once at most, by +, − and ×: "3 7 25 2>50:", answer "25*2". The
/// difficulty is how many numbers there are.
///
/// The target is the value of a random expression with at least two of the numbers, so that there always is an
/// answer; any expression that reaches it counts.
public struct Countdown: VerifiableTask {
    /// The numbers that are drawn.
    public let numbers: ClosedRange<Int>
    /// The largest target; targets are positive.
    public let largestTarget: Int
    /// Whether an answer must use all numbers.
    public let usesAllNumbers: Bool

    public init(
        numbers: ClosedRange<Int> = 1...20, largestTarget: Int = 100, usesAllNumbers: Bool = false
    ) throws(TaskError) {
        guard numbers.lowerBound >= 1, numbers.upperBound <= 10_000 else {
            throw .invalidArgument(task: "countdown", name: "numbers", value: "\(numbers)", expected: "a range within 1...10000")
        }
        guard largestTarget >= numbers.upperBound else {
            throw .invalidArgument(
                task: "countdown", name: "largestTarget", value: "\(largestTarget)",
                expected: "at least the largest number, \(numbers.upperBound)")
        }
        self.numbers = numbers
        self.largestTarget = largestTarget
        self.usesAllNumbers = usesAllNumbers
    }

    public var name: String { "countdown" }
    public var characters: String { "0123456789 >:+-*()" }
    public var difficulties: ClosedRange<Int> { 2...6 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        while true {
            let list = (0..<difficulty).map { _ in generator.integer(in: numbers.lowerBound..<numbers.upperBound + 1) }
            let used = usesAllNumbers ? difficulty : 2 + generator.integer(below: difficulty - 1)
            // Terms are joined two at a time, in a random order, until one is left.
            var terms = list.shuffledPrefix(used, using: &generator).map { (value: $0, text: "\($0)", isSum: false) }
            var isSmall = true
            while terms.count > 1, isSmall {
                let a = terms.remove(at: generator.integer(below: terms.count))
                let b = terms.remove(at: generator.integer(below: terms.count))
                let operation = generator.element(of: Array("+-*"))
                let value = operation == "+" ? a.value + b.value : operation == "-" ? a.value - b.value : a.value * b.value
                isSmall = value > 0 && value <= 100 * largestTarget
                let left = operation == "*" && a.isSum ? "(\(a.text))" : a.text
                let right = b.isSum && operation != "+" ? "(\(b.text))" : b.text
                terms.append((value, "\(left)\(operation)\(right)", operation != "*"))
            }
            guard isSmall, let result = terms.first, result.value <= largestTarget, !list.contains(result.value) || usesAllNumbers
            else { continue }
            let prompt = list.map(String.init).joined(separator: " ") + ">\(result.value):"
            return TaskExample(prompt: prompt, answer: result.text)
        }
    }

    public func isCorrectAnswer(_ answer: String, for example: TaskExample) -> Bool {
        guard let problem = Self.problem(example.prompt), let (value, used) = Self.value(of: answer) else { return false }
        var left = problem.numbers.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        for number in used { left[number, default: 0] -= 1 }
        let isAllowed = left.values.allSatisfy { usesAllNumbers ? $0 == 0 : $0 >= 0 }
        return isAllowed && value == problem.target
    }

    /// The numbers and the target of a prompt; nil if it is none.
    public static func problem(_ prompt: String) -> (numbers: [Int], target: Int)? {
        let parts = prompt.filter { $0 != ":" }.split(separator: ">")
        guard parts.count == 2, let target = Int(parts[1]) else { return nil }
        let numbers = parts[0].split(separator: " ").compactMap { Int($0) }
        return numbers.count == parts[0].split(separator: " ").count ? (numbers, target) : nil
    }

    /// The value of an expression of +, −, ×, brackets and whole numbers, and the numbers in it; nil if it is none
    /// or a step overflows.
    public static func value(of expression: String) -> (value: Int, numbers: [Int])? {
        var parser = Parser(rest: Array(expression.utf8.filter { $0 != UInt8(ascii: " ") })[...])
        guard let value = parser.sum(depth: 0), parser.rest.isEmpty else { return nil }
        return (value, parser.numbers)
    }

    private struct Parser {
        var rest: ArraySlice<UInt8>
        var numbers: [Int] = []

        mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }

        mutating func sum(depth: Int) -> Int? {
            guard var value = product(depth: depth) else { return nil }
            while let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                rest.removeFirst()
                guard let next = product(depth: depth) else { return nil }
                let (result, overflow) =
                    sign == UInt8(ascii: "+") ? value.addingReportingOverflow(next) : value.subtractingReportingOverflow(next)
                if overflow { return nil }
                value = result
            }
            return value
        }

        mutating func product(depth: Int) -> Int? {
            guard var value = factor(depth: depth) else { return nil }
            while take(UInt8(ascii: "*")) {
                guard let next = factor(depth: depth) else { return nil }
                let (result, overflow) = value.multipliedReportingOverflow(by: next)
                if overflow { return nil }
                value = result
            }
            return value
        }

        mutating func factor(depth: Int) -> Int? {
            if take(UInt8(ascii: "(")) {
                // An answer may be any text: brackets nest only so deep.
                guard depth < 100, let value = sum(depth: depth + 1), take(UInt8(ascii: ")")) else { return nil }
                return value
            }
            let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            guard !digits.isEmpty, let value = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            rest.removeFirst(digits.count)
            numbers.append(value)
            return value
        }
    }
}

extension Array {
    /// `count` elements at different places, in a random order.
    func shuffledPrefix<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> [Element] {
        generator.sample(count, withoutReplacementBelow: self.count).map { self[$0] }
    }
}
