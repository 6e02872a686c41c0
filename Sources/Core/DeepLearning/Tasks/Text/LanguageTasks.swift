import Mathematics

/// Word problems of several steps: "Ann has 5 apples. Bob gives Ann 3 apples. … How many apples does Ann have?". The
/// difficulty is the number of events; the working has one calculation for each.
public struct WordProblems: VerifiableTask {
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(showsWorking: Bool = true) { self.showsWorking = showsWorking }

    public var name: String { "word problems" }
    public var characters: String { "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .?+-*/=;#" }
    public var difficulties: ClosedRange<Int> { 1...12 }

    private static let people = ["Ann", "Bob", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo"]
    private static let things = ["apples", "books", "coins", "eggs", "marbles", "pens", "shells", "stamps"]

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let people = Self.people.shuffledPrefix(2, using: &generator), thing = generator.element(of: Self.things)
        let (hero, other) = (people[0], people[1])
        var count = 2 + generator.integer(below: 19)
        var sentences = ["\(hero) has \(count) \(thing)."], steps: [String] = []
        for _ in 0..<difficulty {
            let before = count
            switch generator.integer(below: 5) {
            case 0:
                let n = 2 + generator.integer(below: 18)
                count += n
                sentences.append(
                    generator.element(of: ["\(other) gives \(hero) \(n) \(thing).", "\(hero) finds \(n) more \(thing)."]))
                steps.append("\(before)+\(n)=\(count)")
            case 1 where count > 2:
                let n = 1 + generator.integer(below: count - 1)
                count -= n
                sentences.append(
                    generator.element(of: ["\(hero) loses \(n) \(thing).", "\(hero) gives \(other) \(n) \(thing)."]))
                steps.append("\(before)-\(n)=\(count)")
            case 2 where count <= 100:
                let n = 2 + generator.integer(below: 2)
                count *= n
                sentences.append("Then \(hero) has \(n == 2 ? "twice" : "three times") as many.")
                steps.append("\(before)*\(n)=\(count)")
            case 3 where count % 2 == 0 && count > 2:
                count /= 2
                sentences.append("\(hero) sells half of the \(thing).")
                steps.append("\(before)/2=\(count)")
            default:
                let bags = 2 + generator.integer(below: 4), each = 2 + generator.integer(below: 8)
                count += bags * each
                sentences.append("\(hero) buys \(bags) bags of \(each) \(thing).")
                steps.append("\(before)+\(bags)*\(each)=\(count)")
            }
        }
        sentences.append("How many \(thing) does \(hero) have?")
        return TaskExample(
            prompt: sentences.joined(separator: " "), answer: "\(count)",
            working: showsWorking ? steps.joined(separator: ";") : "")
    }

    /// A number is right however it is written: "012", "+12" and "12" are the same.
    public func isCorrectAnswer(_ answer: String, for example: TaskExample) -> Bool {
        Int(answer) != nil && Int(answer) == Int(example.answer)
    }
}

/// Questions with several right options: "multiples of 3: A 12 B 7 C 9 D 4=", answer "AC". Order does not matter and
/// every right option must be named. The difficulty is the number of options.
public struct MultipleChoiceSets: VerifiableTask {
    public init() {}

    public var name: String { "multiple choice sets" }
    public var characters: String { "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789 :=" }
    public var difficulties: ClosedRange<Int> { 2...10 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let letters = Array("ABCDEFGHIJ").prefix(difficulty)
        while true {
            let n = 2 + generator.integer(below: 8), border = 20 + generator.integer(below: 60)
            let (question, isRight): (String, (Int) -> Bool) = generator.element(of: [
                ("multiples of \(n)", { $0 % n == 0 }), ("greater than \(border)", { $0 > border }),
                ("less than \(border)", { $0 < border }), ("odd", { $0 % 2 == 1 }), ("even", { $0 % 2 == 0 }),
                ("prime", { k in k > 1 && (2..<k).allSatisfy { $0 * $0 > k || k % $0 != 0 } }),
                ("squares", { k in (1...10).contains { $0 * $0 == k } }),
            ])
            // About half of the options are made right, so that rare properties occur.
            let candidates = Array(1...99)
            let (right, wrong) = (candidates.filter(isRight), candidates.filter { !isRight($0) })
            let flags = letters.map { _ in generator.bernoulli(0.5) }
            guard flags.contains(true), flags.count(where: { $0 }) <= right.count, flags.count(where: { !$0 }) <= wrong.count
            else { continue }
            var rightNumbers = right.shuffledPrefix(flags.count(where: { $0 }), using: &generator)
            var wrongNumbers = wrong.shuffledPrefix(flags.count(where: { !$0 }), using: &generator)
            let options = zip(letters, flags).map { letter, flag in
                "\(letter) \(flag ? rightNumbers.removeLast() : wrongNumbers.removeLast())"
            }
            let answer = String(zip(letters, flags).filter(\.1).map(\.0))
            return TaskExample(prompt: "\(question): \(options.joined(separator: " "))=", answer: answer)
        }
    }

    public func isCorrectAnswer(_ answer: String, for example: TaskExample) -> Bool {
        let letters = answer.filter { $0 != "," && $0 != " " }
        return Set(letters).count == letters.count && Set(letters) == Set(example.answer)
    }
}

/// Knights, who tell the truth, and knaves, who lie (Smullyan 1978): "A:B is a knave.B:we are alike.…=", answered with
/// one letter for each inhabitant, K for a knight and N for a knave. The difficulty is how many there are.
///
/// Statements are drawn until exactly one assignment agrees with all of them.
public struct KnightsAndKnaves: VerifiableTask {
    public init() {}

    public var name: String { "knights and knaves" }
    public var characters: String { "ABCDEFGHKNabcdefghijklmnopqrstuvwxyz:. =" }
    public var difficulties: ClosedRange<Int> { 2...8 }

    private static let names = Array("ABCDEFGH")

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        while true {
            let statements = (0..<difficulty).map { statement(of: $0, among: difficulty, using: &generator) }
            let solutions = (0..<1 << difficulty).filter { knights in
                statements.enumerated().allSatisfy { ($1.isTrue(knights)) == (knights >> $0 & 1 == 1) }
            }
            guard solutions.count == 1 else { continue }
            let text = statements.enumerated().map { "\(Self.names[$0]):\($1.text)." }.joined()
            let answer = (0..<difficulty).map { solutions[0] >> $0 & 1 == 1 ? "K" : "N" }.joined()
            return TaskExample(prompt: text + "=", answer: answer)
        }
    }

    private func statement<G: RandomNumberGenerator>(
        of speaker: Int, among count: Int, using generator: inout G
    ) -> (text: String, isTrue: (Int) -> Bool) {
        let others = (0..<count).filter { $0 != speaker }
        let a = generator.element(of: others), b = generator.element(of: others)
        func isKnight(_ person: Int, _ knights: Int) -> Bool { knights >> person & 1 == 1 }
        let (first, second) = (Self.names[a], Self.names[b])
        switch generator.integer(below: a == b ? 3 : 5) {
        case 0: return ("\(first) is a knave", { !isKnight(a, $0) })
        case 1: return ("\(first) is a knight", { isKnight(a, $0) })
        case 2: return ("\(first) and i are alike", { isKnight(a, $0) == isKnight(speaker, $0) })
        case 3: return ("\(first) and \(second) differ", { isKnight(a, $0) != isKnight(b, $0) })
        default: return ("\(first) or \(second) is a knave", { !isKnight(a, $0) || !isKnight(b, $0) })
        }
    }
}

/// Finding a number again that was said in a long text of filler: the difficulty is the number of filler sentences.
public struct Passkeys: VerifiableTask {
    /// How many digits the number has.
    public let digits: Int

    public init(digits: Int = 5) throws(TaskError) {
        guard 1...12 ~= digits else {
            throw .invalidArgument(task: "passkeys", name: "digits", value: "\(digits)", expected: "1 ... 12")
        }
        self.digits = digits
    }

    public var name: String { "passkeys" }
    public var characters: String { "abcdefghijklmnopqrstuvwxyz0123456789 .=" }
    public var difficulties: ClosedRange<Int> { 0...10_000 }

    private static let filler = [
        "the grass is green.", "the sky is blue.", "the sun is yellow.", "here we go.", "there and back again.",
    ]

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let key = (0..<digits).map { _ in "\(generator.integer(below: 10))" }.joined()
        var sentences = (0..<difficulty).map { _ in generator.element(of: Self.filler) }
        sentences.insert("the pass key is \(key).", at: generator.integer(below: difficulty + 1))
        return TaskExample(prompt: sentences.joined(separator: " ") + " the pass key is=", answer: key)
    }
}
