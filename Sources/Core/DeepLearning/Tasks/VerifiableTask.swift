import Mathematics

/// One problem with its answer.
public struct TaskExample: Sendable, Equatable, Hashable {
    /// What the model is given.
    public let prompt: String
    /// The gold answer.
    public let answer: String
    /// What a model is taught to write behind the prompt: the working if there is one, `#`, and the answer.
    public let solution: String

    public init(prompt: String, answer: String, working: String = "") {
        self.prompt = prompt
        self.answer = answer
        solution = working.isEmpty ? answer : working + "#" + answer
    }

    /// An example whose solution is written out already.
    public init(prompt: String, answer: String, solution: String) {
        self.prompt = prompt
        self.answer = answer
        self.solution = solution
    }
}

/// Problems that can be made in any number and whose answers can be checked exactly.
///
/// ```swift
/// let task = ModularArithmeticChains(modulus: 10)
/// let example = try task.example(seed: 7, difficulty: 3)      // "4+8*3-5=", solution "4+8=2;2*3=6;6-5=1#1"
/// task.isCorrect("…#1", for: example)                          // true
/// ```
public protocol VerifiableTask: Sendable {
    /// The task's name, for tables.
    var name: String { get }
    /// All characters that prompts and solutions are made of.
    var characters: String { get }
    /// The difficulties there are; what they count is said by each task.
    var difficulties: ClosedRange<Int> { get }

    /// A random problem. The difficulty lies in `difficulties`.
    func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample

    /// Whether an answer that was found in a completion solves the problem.
    func isCorrectAnswer(_ answer: String, for example: TaskExample) -> Bool
}

extension VerifiableTask {
    /// A random problem.
    ///
    /// - Throws: `TaskError` if there is no such difficulty.
    public func example<G: RandomNumberGenerator>(
        difficulty: Int, using generator: inout G
    ) throws(TaskError) -> TaskExample {
        guard difficulties.contains(difficulty) else {
            throw .difficulty(task: name, value: difficulty, expected: difficulties)
        }
        return makeExample(difficulty: difficulty, using: &generator)
    }

    /// The problem that belongs to a seed.
    public func example(seed: UInt64, difficulty: Int) throws(TaskError) -> TaskExample {
        var generator = Philox(seed: seed)
        return try example(difficulty: difficulty, using: &generator)
    }

    /// The answer in a completion: what stands behind the last `#`, or all of it where there is none; without
    /// spaces around it.
    public func parseAnswer(_ completion: String) -> String {
        let tail = completion.lastIndex(of: "#").map { completion[completion.index(after: $0)...] } ?? completion[...]
        return String(tail).trimmed
    }

    /// Whether a completion ends in a right answer.
    public func isCorrect(_ completion: String, for example: TaskExample) -> Bool {
        isCorrectAnswer(parseAnswer(completion), for: example)
    }

    /// Equality with the gold answer; a task with several right answers has its own test.
    public func isCorrectAnswer(_ answer: String, for example: TaskExample) -> Bool { answer == example.answer }

    /// Tokens for the task's characters.
    public var vocabulary: CharacterVocabulary { CharacterVocabulary(characters) }
}

/// What is wrong with a request for a problem, or with a problem.
public enum TaskError: Error, Equatable, CustomStringConvertible {
    /// There is no such difficulty.
    case difficulty(task: String, value: Int, expected: ClosedRange<Int>)
    /// A setting makes no sense.
    case invalidArgument(task: String, name: String, value: String, expected: String)

    public var description: String {
        switch self {
        case .difficulty(let task, let value, let expected): "\(task): the difficulty is \(value), expected one in \(expected)"
        case .invalidArgument(let task, let name, let value, let expected): "\(task): \(name) is \(value), expected \(expected)"
        }
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}

extension RandomNumberGenerator {
    /// A uniformly drawn element of a collection that has some.
    mutating func element<C: RandomAccessCollection>(of elements: C) -> C.Element {
        elements[elements.index(elements.startIndex, offsetBy: integer(below: elements.count))]
    }
}
