import Mathematics

/// Chains of operations modulo a number, worked from left to right whatever the operators: "4+8*3-5=", with the
/// working "4+8=2;2*3=6;6-5=1". The difficulty is the number of operations.
public struct ModularArithmeticChains: VerifiableTask {
    /// All results are remainders of this.
    public let modulus: Int
    /// Some of "+", "-" and "*".
    public let operations: [Character]
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(modulus: Int = 10, operations: String = "+-*", showsWorking: Bool = true) throws(TaskError) {
        guard modulus >= 2 else {
            throw .invalidArgument(task: "modular arithmetic", name: "modulus", value: "\(modulus)", expected: "at least 2")
        }
        guard !operations.isEmpty, operations.allSatisfy({ "+-*".contains($0) }) else {
            throw .invalidArgument(task: "modular arithmetic", name: "operations", value: operations, expected: "some of +, - and *")
        }
        self.modulus = modulus
        self.operations = Array(operations)
        self.showsWorking = showsWorking
    }

    public var name: String { "modular arithmetic" }
    public var characters: String { "0123456789=;#" + String(operations) }
    public var difficulties: ClosedRange<Int> { 1...64 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        var value = generator.integer(below: modulus)
        var prompt = "\(value)"
        var steps: [String] = []
        for _ in 0..<difficulty {
            let operation = generator.element(of: operations), operand = generator.integer(below: modulus)
            let result = Self.apply(operation, value, operand, modulus)
            prompt += "\(operation)\(operand)"
            steps.append("\(value)\(operation)\(operand)=\(result)")
            value = result
        }
        return TaskExample(prompt: prompt + "=", answer: "\(value)", working: showsWorking ? steps.joined(separator: ";") : "")
    }

    static func apply(_ operation: Character, _ a: Int, _ b: Int, _ modulus: Int) -> Int {
        let result = operation == "+" ? a + b : operation == "-" ? a - b : a * b
        return ((result % modulus) + modulus) % modulus
    }
}

/// Sums of two numbers with so many digits as the difficulty says: "47+85=", with the scratchpad
/// "7+5+0=2c1;4+8+1=3c1" of digit sums with carries, lowest digit first.
public struct MultiDigitAddition: VerifiableTask {
    /// Whether solutions show the scratchpad.
    public var showsWorking: Bool

    public init(showsWorking: Bool = true) { self.showsWorking = showsWorking }

    public var name: String { "addition" }
    public var characters: String { "0123456789+=;#c" }
    public var difficulties: ClosedRange<Int> { 1...100 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        func number() -> [Int] {
            (0..<difficulty).map { $0 == 0 && difficulty > 1 ? 1 + generator.integer(below: 9) : generator.integer(below: 10) }
        }
        let a = number(), b = number()
        var carry = 0
        var digits: [Int] = [], steps: [String] = []
        for (first, second) in zip(a.reversed(), b.reversed()) {
            let sum = first + second + carry
            steps.append("\(first)+\(second)+\(carry)=\(sum % 10)c\(sum / 10)")
            digits.append(sum % 10)
            carry = sum / 10
        }
        if carry > 0 { digits.append(carry) }
        func text(_ digits: some Sequence<Int>) -> String { digits.map(String.init).joined() }
        return TaskExample(
            prompt: "\(text(a))+\(text(b))=", answer: text(digits.reversed()),
            working: showsWorking ? steps.joined(separator: ";") : "")
    }
}

/// Arithmetic modulo a prime with brackets and precedence (Feng et al. 2023, arXiv:2305.15408): a number is replaced
/// again and again by an operation that gives it; the working is the same history read backwards. The difficulty is
/// the number of operations.
public struct ModularExpressions: VerifiableTask {
    /// A prime.
    public let modulus: Int
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(modulus: Int = 11, showsWorking: Bool = true) throws(TaskError) {
        guard modulus >= 2, (2..<modulus).allSatisfy({ $0 * $0 > modulus || modulus % $0 != 0 }) else {
            throw .invalidArgument(task: "modular expressions", name: "modulus", value: "\(modulus)", expected: "a prime")
        }
        self.modulus = modulus
        self.showsWorking = showsWorking
    }

    public var name: String { "modular expressions" }
    public var characters: String { "0123456789+-*/()=#" }
    public var difficulties: ClosedRange<Int> { 1...20 }

    private indirect enum Expression {
        case number(Int)
        case operation(Character, Expression, Expression)

        /// The text with brackets only where precedence needs them.
        var text: String {
            switch self {
            case .number(let value): return "\(value)"
            case .operation(let symbol, let left, let right):
                return left.bracketed(under: symbol, isRight: false) + String(symbol)
                    + right.bracketed(under: symbol, isRight: true)
            }
        }

        private func bracketed(under parent: Character, isRight: Bool) -> String {
            guard case .operation(let symbol, _, _) = self else { return text }
            let isProduct = symbol == "*" || symbol == "/", parentIsProduct = parent == "*" || parent == "/"
            let needs =
                parentIsProduct ? !isProduct || (isRight && !(parent == "*" && symbol == "*"))
                : isRight && parent == "-" && !isProduct
            return needs ? "(\(text))" : text
        }

        var numberCount: Int {
            switch self {
            case .number: 1
            case .operation(_, let left, let right): left.numberCount + right.numberCount
            }
        }

        /// The expression with its k-th number replaced.
        func replacing(_ k: Int, _ make: (Int) -> Expression) -> Expression {
            switch self {
            case .number(let value): return make(value)
            case .operation(let symbol, let left, let right):
                let count = left.numberCount
                return k < count
                    ? .operation(symbol, left.replacing(k, make), right)
                    : .operation(symbol, left, right.replacing(k - count, make))
            }
        }
    }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let value = generator.integer(below: modulus)
        var expression = Expression.number(value)
        var history = [expression.text]
        for _ in 0..<difficulty {
            let place = generator.integer(below: expression.numberCount)
            expression = expression.replacing(place) { value in operation(giving: value, using: &generator) }
            history.append(expression.text)
        }
        let working = history.dropFirst().dropLast().reversed().joined(separator: "=")
        return TaskExample(
            prompt: (history.last ?? "") + "=", answer: "\(value)", working: showsWorking ? working : "")
    }

    private func operation<G: RandomNumberGenerator>(giving value: Int, using generator: inout G) -> Expression {
        let symbol = generator.element(of: Array("+-*/"))
        let remainder = { (x: Int) in ((x % modulus) + modulus) % modulus }
        switch symbol {
        case "+":
            let a = generator.integer(below: modulus)
            return .operation("+", .number(a), .number(remainder(value - a)))
        case "-":
            let a = generator.integer(below: modulus)
            return .operation("-", .number(a), .number(remainder(a - value)))
        case "*":
            let a = 1 + generator.integer(below: modulus - 1)
            return .operation("*", .number(a), .number(remainder(value * inverse(a))))
        default:
            let b = 1 + generator.integer(below: modulus - 1)
            return .operation("/", .number(remainder(value * b)), .number(b))
        }
    }

    /// The number whose product with a is 1, by Fermat's little theorem.
    private func inverse(_ a: Int) -> Int {
        var result = 1
        for _ in 0..<max(modulus - 2, 0) { result = result * a % modulus }
        return result
    }
}
