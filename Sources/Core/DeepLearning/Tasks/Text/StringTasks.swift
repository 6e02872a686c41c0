import Mathematics

/// What a program on strings may do.
public enum StringOperation: Character, Sendable, CaseIterable {
    case reverse = "r", sort = "s", duplicate = "d", rotateLeft = "<", rotateRight = ">", removeVowels = "v",
        nextLetters = "n", removeRepeats = "u", swapPairs = "p"

    /// The result on a string of the letters a ... z.
    public func callAsFunction(_ text: String) -> String {
        switch self {
        case .reverse: return String(text.reversed())
        case .sort: return String(text.sorted())
        case .duplicate: return text + text
        case .rotateLeft: return String(text.dropFirst() + text.prefix(1))
        case .rotateRight: return String(text.suffix(1) + text.dropLast())
        case .removeVowels: return text.filter { !"aeiou".contains($0) }
        case .nextLetters:
            return String(decoding: text.utf8.map { $0 == UInt8(ascii: "z") ? UInt8(ascii: "a") : $0 &+ 1 }, as: UTF8.self)
        case .removeRepeats:
            var result = ""
            for character in text where result.last != character { result.append(character) }
            return result
        case .swapPairs:
            var characters = Array(text)
            for index in stride(from: 0, to: characters.count - 1, by: 2) { characters.swapAt(index, index + 1) }
            return String(characters)
        }
    }
}

/// Programs on strings: "rs:hello=" reverses and then sorts. The difficulty is the length of the string; the working
/// is the string after each operation but the last.
public struct StringPrograms: VerifiableTask {
    /// The operations that programs are made of.
    public let operations: [StringOperation]
    /// How many operations a program has.
    public let programLength: Int
    /// The letters of the strings.
    public let alphabet: [Character]
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(
        operations: [StringOperation] = StringOperation.allCases, programLength: Int = 1,
        alphabet: String = "abcdefghijklmnopqrstuvwxyz", showsWorking: Bool = true
    ) throws(TaskError) {
        guard !operations.isEmpty else {
            throw .invalidArgument(task: "string programs", name: "operations", value: "[]", expected: "at least one")
        }
        guard 1...8 ~= programLength else {
            throw .invalidArgument(task: "string programs", name: "programLength", value: "\(programLength)", expected: "1 ... 8")
        }
        guard !alphabet.isEmpty, alphabet.allSatisfy({ "a"..."z" ~= $0 }) else {
            throw .invalidArgument(task: "string programs", name: "alphabet", value: alphabet, expected: "letters a ... z")
        }
        self.operations = operations
        self.programLength = programLength
        self.alphabet = Array(alphabet)
        self.showsWorking = showsWorking
    }

    /// Reversing strings.
    public static var reversal: StringPrograms { fixed(.reverse) }
    /// Sorting strings.
    public static var sorting: StringPrograms { fixed(.sort) }

    private static func fixed(_ operation: StringOperation) -> StringPrograms {
        StringPrograms(unchecked: [operation])
    }

    private init(unchecked operations: [StringOperation]) {
        self.operations = operations
        programLength = 1
        alphabet = Array("abcdefghijklmnopqrstuvwxyz")
        showsWorking = false
    }

    public var name: String { "string programs" }
    public var characters: String { "abcdefghijklmnopqrstuvwxyz:=;#" + String(operations.map(\.rawValue)) }
    public var difficulties: ClosedRange<Int> { 1...64 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let program = (0..<programLength).map { _ in generator.element(of: operations) }
        let text = String((0..<difficulty).map { _ in generator.element(of: alphabet) })
        var stages: [String] = []
        var current = text
        for operation in program {
            current = operation(current)
            stages.append(current)
        }
        let working = showsWorking && programLength > 1 ? stages.dropLast().joined(separator: ";") : ""
        return TaskExample(prompt: "\(String(program.map(\.rawValue))):\(text)=", answer: current, working: working)
    }
}

/// How often a letter occurs in a word: "r:strawberry=", answer 3. The difficulty is the length of the word; the
/// working says the running count at each letter that is the one.
public struct LetterCounting: VerifiableTask {
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(showsWorking: Bool = true) { self.showsWorking = showsWorking }

    public var name: String { "letter counting" }
    public var characters: String { "abcdefghijklmnopqrstuvwxyz0123456789:=#" }
    public var difficulties: ClosedRange<Int> { 1...64 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let wanted = generator.element(of: letters)
        let word = (0..<difficulty).map { _ in generator.bernoulli(0.3) ? wanted : generator.element(of: letters) }
        var count = 0
        var working = ""
        for letter in word {
            working.append(letter)
            if letter == wanted {
                count += 1
                working += "\(count)"
            }
        }
        return TaskExample(
            prompt: "\(wanted):\(String(word))=", answer: "\(count)", working: showsWorking ? working : "")
    }
}

/// The parity of a string of bits: "10110=", answer 1. The difficulty is the number of bits; the working is the
/// parity of each prefix.
public struct BitParity: VerifiableTask {
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(showsWorking: Bool = false) { self.showsWorking = showsWorking }

    public var name: String { "parity" }
    public var characters: String { "01=#" }
    public var difficulties: ClosedRange<Int> { 1...512 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let bits = (0..<difficulty).map { _ in generator.integer(below: 2) }
        var parity = 0
        let prefixes = bits.map { bit in
            parity ^= bit
            return "\(parity)"
        }
        return TaskExample(
            prompt: bits.map(String.init).joined() + "=", answer: "\(parity)", working: showsWorking ? prefixes.joined() : "")
    }
}
