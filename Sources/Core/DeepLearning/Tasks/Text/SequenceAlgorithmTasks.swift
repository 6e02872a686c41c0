import Mathematics

/// The value of nested list operations (Nangia and Bowman 2018, arXiv:1804.06028): "[MAX 2 9 [MIN 4 7 ] 0 ]=",
/// answer 9. The difficulty is the depth of nesting.
///
/// The operations are MAX, MIN, MED (the median; of an even number of arguments the mean of the two middle ones,
/// rounded down) and SM (the sum modulo 10).
public struct ListOperations: VerifiableTask {
    /// How many arguments an operation has.
    public let argumentCounts: ClosedRange<Int>
    /// With what probability an argument above the last depth is a list.
    public let nesting: Double

    public init(argumentCounts: ClosedRange<Int> = 2...5, nesting: Double = 0.25) throws(TaskError) {
        guard argumentCounts.lowerBound >= 1, argumentCounts.upperBound <= 100 else {
            throw .invalidArgument(
                task: "list operations", name: "argumentCounts", value: "\(argumentCounts)", expected: "a range within 1...100")
        }
        guard nesting >= 0, nesting < 1 else {
            throw .invalidArgument(task: "list operations", name: "nesting", value: "\(nesting)", expected: "a number in [0, 1)")
        }
        self.argumentCounts = argumentCounts
        self.nesting = nesting
    }

    public var name: String { "list operations" }
    public var characters: String { "0123456789[] =AMDEINSX" }
    public var difficulties: ClosedRange<Int> { 1...10 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let (text, value) = list(depth: difficulty, isDeepest: true, using: &generator)
        return TaskExample(prompt: text + "=", answer: "\(value)")
    }

    /// A list of at most so much depth; exactly so much if `isDeepest`.
    private func list<G: RandomNumberGenerator>(
        depth: Int, isDeepest: Bool, using generator: inout G
    ) -> (String, Int) {
        let operation = generator.element(of: ["MAX", "MIN", "MED", "SM"])
        let count = generator.integer(in: argumentCounts.lowerBound..<argumentCounts.upperBound + 1)
        let deep = generator.integer(below: count)
        var texts: [String] = [], values: [Int] = []
        for place in 0..<count {
            let mustNest = isDeepest && place == deep && depth > 1
            if mustNest || (depth > 1 && generator.bernoulli(nesting)) {
                let (text, value) = list(depth: depth - 1, isDeepest: mustNest, using: &generator)
                texts.append(text)
                values.append(value)
            } else {
                values.append(generator.integer(below: 10))
                texts.append("\(values[place])")
            }
        }
        return ("[\(operation) \(texts.joined(separator: " ")) ]", Self.value(operation, values))
    }

    private static func value(_ operation: String, _ values: [Int]) -> Int {
        let sorted = values.sorted()
        switch operation {
        case "MAX": return sorted[sorted.count - 1]
        case "MIN": return sorted[0]
        case "SM": return values.reduce(0, +) % 10
        default: return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
    }
}

/// The length of the longest strictly increasing subsequence (Feng et al. 2023, arXiv:2305.15408). The difficulty is
/// the length of the sequence; the working is, for each place, the length of the longest one that ends there.
///
/// The sequence is a shuffle of one to three increasing runs, so that long answers occur.
public struct LongestIncreasingSubsequence: VerifiableTask {
    /// The numbers are 1 ... this.
    public let largestNumber: Int
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(largestNumber: Int = 99, showsWorking: Bool = true) throws(TaskError) {
        guard largestNumber >= 2 else {
            throw .invalidArgument(
                task: "longest increasing subsequence", name: "largestNumber", value: "\(largestNumber)", expected: "at least 2")
        }
        self.largestNumber = largestNumber
        self.showsWorking = showsWorking
    }

    public var name: String { "longest increasing subsequence" }
    public var characters: String { "0123456789 =#" }
    public var difficulties: ClosedRange<Int> { 1...200 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let runCount = 1 + generator.integer(below: 3)
        var runs = [[Int]](repeating: [], count: runCount)
        for _ in 0..<difficulty { runs[generator.integer(below: runCount)].append(1 + generator.integer(below: largestNumber)) }
        let numbers = runs.flatMap { $0.sorted() }
        var lengths: [Int] = []
        for (place, number) in numbers.enumerated() {
            lengths.append(1 + ((0..<place).filter { numbers[$0] < number }.map { lengths[$0] }.max() ?? 0))
        }
        return TaskExample(
            prompt: numbers.map(String.init).joined(separator: " ") + "=", answer: "\(lengths.max() ?? 0)",
            working: showsWorking ? lengths.map(String.init).joined(separator: " ") : "")
    }
}

/// The least cost of turning one string into another (Feng et al. 2023, arXiv:2305.15408). The difficulty is the
/// length of the first; the second is it after some random edits. The working is the rows of the table.
public struct EditDistanceTask: VerifiableTask {
    /// What inserting or deleting a letter costs, and replacing one.
    public let costs: (insertion: Int, replacement: Int)
    /// The letters of the strings.
    public let alphabet: [Character]
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(
        costs: (insertion: Int, replacement: Int) = (1, 1), alphabet: String = "abcdefgh", showsWorking: Bool = true
    ) throws(TaskError) {
        guard costs.insertion > 0, costs.replacement > 0 else {
            throw .invalidArgument(task: "edit distance", name: "costs", value: "\(costs)", expected: "positive numbers")
        }
        guard alphabet.count >= 2, alphabet.allSatisfy({ "a"..."z" ~= $0 }) else {
            throw .invalidArgument(
                task: "edit distance", name: "alphabet", value: alphabet, expected: "at least two letters a ... z")
        }
        self.costs = costs
        self.alphabet = Array(alphabet)
        self.showsWorking = showsWorking
    }

    public var name: String { "edit distance" }
    public var characters: String { "0123456789 |;=#" + String(alphabet) }
    public var difficulties: ClosedRange<Int> { 1...64 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let first = (0..<difficulty).map { _ in generator.element(of: alphabet) }
        var second = first
        for _ in 0..<generator.integer(in: 0..<difficulty + 1) {
            switch generator.integer(below: 3) {
            case 0: second.insert(generator.element(of: alphabet), at: generator.integer(below: second.count + 1))
            case 1 where second.count > 1: second.remove(at: generator.integer(below: second.count))
            default: second[generator.integer(below: second.count)] = generator.element(of: alphabet)
            }
        }
        let table = editTable(first, second, insertion: costs.insertion, replacement: costs.replacement)
        let rows = table.dropFirst().map { $0.dropFirst().map(String.init).joined(separator: " ") }
        return TaskExample(
            prompt: "\(String(first))|\(String(second))=", answer: "\(table[first.count][second.count])",
            working: showsWorking ? rows.joined(separator: ";") : "")
    }
}
