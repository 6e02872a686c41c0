import Mathematics

/// A finite group given by its multiplication table, for word problems.
public struct FiniteGroup: Sendable {
    /// The group's name, as Z_60 or S_5.
    public let name: String
    /// What the elements are called.
    public let elementNames: [String]
    /// The elements that words are made of.
    public let generators: [Int]
    private let table: [Int]

    /// The number of elements; element 0 is the identity.
    public var order: Int { elementNames.count }

    /// The product ab: of permutations, first a and then b.
    public func product(_ a: Int, _ b: Int) -> Int { table[a * order + b] }

    /// The integers modulo m under addition; words of all elements.
    public static func cyclic(_ m: Int) throws(TaskError) -> FiniteGroup {
        guard 1...2000 ~= m else {
            throw .invalidArgument(task: "cyclic group", name: "m", value: "\(m)", expected: "1 ... 2000")
        }
        return FiniteGroup(
            name: "Z_\(m)", elementNames: (0..<m).map(String.init), generators: Array(0..<m),
            table: (0..<m * m).map { ($0 / m + $0 % m) % m })
    }

    /// The permutations of n points.
    ///
    /// - Parameters:
    ///   - n: of how many points the elements are permutations.
    ///   - movedPoints: words are made of permutations that move at most so many points: 2 for exchanges alone, 3 for
    ///     those and 3-cycles; nil for all. The identity is among them.
    public static func symmetric(_ n: Int, movedPoints: Int? = nil) throws(TaskError) -> FiniteGroup {
        try permutations(n, "S_\(n)", movedPoints) { _ in true }
    }

    /// The even permutations of n points.
    public static func alternating(_ n: Int, movedPoints: Int? = nil) throws(TaskError) -> FiniteGroup {
        try permutations(n, "A_\(n)", movedPoints) { permutation in
            var inversions = 0
            for i in 0..<n { for j in i + 1..<max(n, i + 1) where permutation[i] > permutation[j] { inversions += 1 } }
            return inversions % 2 == 0
        }
    }

    private static func permutations(
        _ n: Int, _ name: String, _ movedPoints: Int?, where isMember: ([Int]) -> Bool
    ) throws(TaskError) -> FiniteGroup {
        guard 1...6 ~= n else {
            throw .invalidArgument(task: "permutation group", name: "n", value: "\(n)", expected: "1 ... 6")
        }
        // In lexicographic order, the identity first.
        var all: [[Int]] = [[]]
        for _ in 0..<n { all = all.flatMap { start in (0..<n).filter { !start.contains($0) }.map { start + [$0] } } }
        let elements = all.filter(isMember)
        let places = Dictionary(uniqueKeysWithValues: elements.enumerated().map { ($1, $0) })
        var table: [Int] = []
        for a in elements {
            for b in elements { table.append(places[a.map { b[$0] }] ?? 0) }
        }
        let generators = elements.indices.filter { index in
            elements[index].enumerated().count { $0 != $1 } <= movedPoints ?? n
        }
        return FiniteGroup(
            name: name, elementNames: elements.map { $0.map(String.init).joined() }, generators: generators, table: table)
    }
}

/// Words in a group: at each place the product of all elements so far is asked for (Grazzi et al. 2025,
/// arXiv:2411.12537; Merrill et al. 2024, arXiv:2404.08819). The size is the number of elements.
///
/// Token i is element i; token `order` is padding.
public struct GroupWords: SequenceTask {
    public let group: FiniteGroup

    public init(_ group: FiniteGroup) { self.group = group }

    public var name: String { "words in \(group.name)" }
    public var tokenNames: [String] { group.elementNames + ["<padding>"] }
    public var padding: Int { group.order }

    public func sequence<G: RandomNumberGenerator>(size: Int, using generator: inout G) -> LabeledSequence {
        let tokens = (0..<size).map { _ in generator.element(of: group.generators) }
        var product = 0
        let targets = tokens.map { element -> Int? in
            product = group.product(product, element)
            return product
        }
        return LabeledSequence(tokens: tokens, targets: targets)
    }
}

/// The parity of all bits so far, at each place or at the last. Tokens 0 and 1 are the bits, 2 is padding; the size
/// is the number of bits.
public struct ParityTask: SequenceTask {
    /// Whether only the last place is asked about.
    public let asksOnlyLast: Bool

    public init(asksOnlyLast: Bool = false) { self.asksOnlyLast = asksOnlyLast }

    public var name: String { "parity" }
    public var tokenNames: [String] { ["0", "1", "<padding>"] }
    public var padding: Int { 2 }

    public func sequence<G: RandomNumberGenerator>(size: Int, using generator: inout G) -> LabeledSequence {
        let tokens = (0..<size).map { _ in generator.integer(below: 2) }
        var parity = 0
        let targets = tokens.enumerated().map { place, bit -> Int? in
            parity ^= bit
            return asksOnlyLast && place < size - 1 ? nil : parity
        }
        return LabeledSequence(tokens: tokens, targets: targets)
    }
}

/// The value of an expression of +, − and · modulo a number, with precedence, asked for at the "=" behind it
/// (Delétang et al. 2023, arXiv:2207.02098).
///
/// The size is the number of tokens before the "=": without brackets an odd number is reached exactly, an even one
/// by one less; with brackets the longest full expression that fits is made.
public struct ModularArithmeticTask: SequenceTask {
    public let modulus: Int
    public let hasBrackets: Bool

    public init(modulus: Int = 5, hasBrackets: Bool = false) throws(TaskError) {
        guard 2...1000 ~= modulus else {
            throw .invalidArgument(task: "modular arithmetic", name: "modulus", value: "\(modulus)", expected: "2 ... 1000")
        }
        self.modulus = modulus
        self.hasBrackets = hasBrackets
    }

    public var name: String { hasBrackets ? "modular arithmetic with brackets" : "modular arithmetic" }
    public var tokenNames: [String] { (0..<modulus).map(String.init) + ["+", "-", "*", "=", "(", ")", "<padding>"] }
    public var padding: Int { modulus + 6 }

    public func sequence<G: RandomNumberGenerator>(size: Int, using generator: inout G) -> LabeledSequence {
        precondition(size > 0, "an expression has at least one token: got \(size)")
        var tokens: [Int], value: Int
        if hasBrackets {
            (tokens, value) = bracketed(size, using: &generator)
        } else {
            (tokens, value) = flat(size, using: &generator)
        }
        let targets = [Int?](repeating: nil, count: tokens.count) + [value]
        tokens.append(modulus + 3)
        return LabeledSequence(tokens: tokens, targets: targets)
    }

    private func flat<G: RandomNumberGenerator>(_ size: Int, using generator: inout G) -> ([Int], Int) {
        var tokens = [generator.integer(below: modulus)]
        // The sum of finished products, and the product at hand.
        var sum = 0, product = tokens[0]
        while tokens.count + 2 <= size {
            let operation = generator.integer(below: 3), number = generator.integer(below: modulus)
            tokens += [modulus + operation, number]
            if operation == 2 {
                product = product * number % modulus
            } else {
                sum = (sum + product) % modulus
                product = operation == 0 ? number : (modulus - number) % modulus
            }
        }
        return (tokens, (sum + product) % modulus)
    }

    /// A number, or two expressions in brackets.
    private func bracketed<G: RandomNumberGenerator>(_ size: Int, using generator: inout G) -> ([Int], Int) {
        if size < 5 {
            let number = generator.integer(below: modulus)
            if size == 4 && generator.bernoulli(0.5) {
                return ([modulus + 4, modulus + 1, number, modulus + 5], (modulus - number) % modulus)
            }
            return ([number], number)
        }
        let left = 1 + generator.integer(below: size - 4)
        let (first, a) = bracketed(left, using: &generator)
        let operation = generator.integer(below: 3)
        let (second, b) = bracketed(size - 3 - first.count, using: &generator)
        let value = operation == 0 ? a + b : operation == 1 ? a + modulus - b : a * b
        return ([modulus + 4] + first + [modulus + operation] + second + [modulus + 5], value % modulus)
    }
}
