import DeepLearning
import Foundation
import Mathematics
import Testing

struct TextTaskTests {
    static func all() throws -> [any VerifiableTask] {
        [
            try ModularArithmeticChains(), MultiDigitAddition(), try ModularExpressions(), try LinearEquations(), try Countdown(),
            try Countdown(usesAllNumbers: true), try GraphPaths(), try Mazes(), try Mazes(openings: 0.2, requiresShortest: true),
            try StringPrograms(programLength: 3), StringPrograms.reversal, StringPrograms.sorting, LetterCounting(),
            BitParity(showsWorking: true), try ListOperations(), try LongestIncreasingSubsequence(), try EditDistanceTask(),
            WordProblems(), MultipleChoiceSets(), KnightsAndKnaves(), try Passkeys(),
        ]
    }

    @Test func everySolutionIsCorrectAndCanBeWritten() throws {
        for task in try Self.all() {
            let vocabulary = task.vocabulary
            for seed in 0..<40 as Range<UInt64> {
                let difficulty = task.difficulties.lowerBound + Int(seed % UInt64(min(task.difficulties.count, 5)))
                let example = try task.example(seed: seed, difficulty: difficulty)
                #expect(task.isCorrect(example.solution, for: example), "\(task.name): \(example)")
                #expect(task.isCorrect(" \(example.solution) \n", for: example), "\(task.name): \(example)")
                #expect(!task.isCorrect(example.solution + "?!", for: example), "\(task.name): \(example)")
                #expect(!task.isCorrect("", for: example), "\(task.name): \(example)")
                #expect(try task.example(seed: seed, difficulty: difficulty) == example)
                #expect(throws: Never.self) { try vocabulary.encode(example.prompt + example.solution) }
            }
            #expect(throws: TaskError.difficulty(task: task.name, value: 99_999, expected: task.difficulties)) {
                try task.example(seed: 0, difficulty: 99_999)
            }
            let prompts = Set(try (0..<40 as Range<UInt64>).map { try task.example(seed: $0, difficulty: task.difficulties.lowerBound + 1).prompt })
            #expect(prompts.count > 3, "\(task.name)")
        }
    }

    /// The chains evaluated again by a reader of its own.
    @Test func chainsAreRight() throws {
        let task = try ModularArithmeticChains(modulus: 7)
        for seed in 0..<100 as Range<UInt64> {
            let example = try task.example(seed: seed, difficulty: 4)
            let symbols = Array(example.prompt)
            var value = symbols[0].wholeNumberValue ?? -1
            for place in stride(from: 1, to: symbols.count - 1, by: 2) {
                let operand = symbols[place + 1].wholeNumberValue ?? -1
                value = symbols[place] == "+" ? value + operand : symbols[place] == "-" ? value + 7 - operand : value * operand
                value %= 7
            }
            #expect(example.answer == "\(value)")
            #expect(example.solution.split(separator: ";").count == 4)
        }
    }

    @Test func sumsAreRight() throws {
        for seed in 0..<100 as Range<UInt64> {
            let example = try MultiDigitAddition().example(seed: seed, difficulty: 1 + Int(seed % 12))
            let numbers = example.prompt.dropLast().split(separator: "+").compactMap { Int($0) }
            #expect(Int(example.answer) == numbers[0] + numbers[1])
        }
        let example = TaskExample(prompt: "47+85=", answer: "132", working: "7+5+0=2c1;4+8+1=3c1")
        #expect(MultiDigitAddition().isCorrect(example.solution, for: example))
    }

    /// Every line of the working has the same value, computed by Foundation-free recursive descent in rationals mod 11.
    @Test func expressionHistoriesKeepTheirValue() throws {
        let task = try ModularExpressions()
        for seed in 0..<60 as Range<UInt64> {
            let example = try task.example(seed: seed, difficulty: 1 + Int(seed % 6))
            let lines = (example.prompt + example.solution.replacingOccurrences(of: "#", with: "=")).split(separator: "=")
            for line in lines { #expect(Reader(text: Array(line)).value(11) == Int(example.answer), "\(example)") }
        }
        #expect(throws: TaskError.self) { try ModularExpressions(modulus: 12) }
    }

    /// The answer put into every system of the working, and none other fits.
    @Test func equationsAreSolved() throws {
        let task = try LinearEquations(modulus: 5)
        for seed in 0..<40 as Range<UInt64> {
            let example = try task.example(seed: seed, difficulty: 2)
            let systems = ([example.prompt.dropLast()] + example.solution.prefix { $0 != "#" }.split(separator: ";")).map(String.init)
            #expect(systems.count == 2)
            for system in systems {
                var fitting: [String] = []
                for x in 0..<5 {
                    for y in 0..<5 {
                        let holds = system.split(separator: ",").allSatisfy { equation in
                            let sides = equation.split(separator: "=")
                            let left = sides[0].split(separator: "+").reduce(0) { sum, term in
                                let factor = Int(term.filter(\.isNumber)) ?? 1
                                return sum + factor * (term.last == "x" ? x : term.last == "y" ? y : 1)
                            }
                            return left % 5 == Int(sides[1])
                        }
                        if holds { fitting.append("x=\(x),y=\(y)") }
                    }
                }
                #expect(fitting == [example.answer], "\(example)")
            }
        }
    }

    struct Reader {
        let text: [Character]
        func value(_ m: Int) -> Int {
            var place = 0
            func factor() -> Int {
                if text[place] == "(" {
                    place += 1
                    defer { place += 1 }
                    return sum()
                }
                var number = 0
                while place < text.count, let digit = text[place].wholeNumberValue {
                    number = number * 10 + digit
                    place += 1
                }
                return number
            }
            func product() -> Int {
                var value = factor()
                while place < text.count, "*/".contains(text[place]) {
                    let isProduct = text[place] == "*"
                    place += 1
                    let next = factor()
                    value = isProduct ? value * next % m : (0..<m).first { $0 * next % m == value } ?? -1
                }
                return value
            }
            func sum() -> Int {
                var value = product()
                while place < text.count, "+-".contains(text[place]) {
                    let isSum = text[place] == "+"
                    place += 1
                    let next = product()
                    value = ((isSum ? value + next : value - next) % m + m) % m
                }
                return value
            }
            return sum()
        }
    }

    @Test func countdownAcceptsAnyExpressionThatIsAllowed() throws {
        let task = try Countdown()
        let example = TaskExample(prompt: "3 7 25 2>50:", answer: "25*2")
        for right in ["25*2", "2*25", "(25*2)", "2 * 25"] {
            #expect(task.isCorrect(right, for: example), "\(right)")
        }
        for wrong in ["50", "25+25", "25*2+0", "25*3", "25*", "(25*2", "25**2", "2*5*5", "99999999999999999999", "9223372036854775807*2"] {
            #expect(!task.isCorrect(wrong, for: example), "\(wrong)")
        }
        #expect(Countdown.value(of: "2+3*(4-1)")?.value == 11)
        #expect(Countdown.value(of: "8-3-2")?.value == 3)
        #expect(Countdown.value(of: String(repeating: "(", count: 100_000)) == nil)
        let strict = try Countdown(usesAllNumbers: true)
        #expect(!strict.isCorrect("25*2", for: example))
        #expect(strict.isCorrect("25*2*(7-6)", for: TaskExample(prompt: "7 6 25 2>50:", answer: "")))
    }

    @Test func pathsAreChecked() throws {
        let example = TaskExample(prompt: "a-c,b-d,c-d,a-e,e-f,f-b|a>b:", answer: "acdb")
        let shortest = try GraphPaths(), any = try GraphPaths(requiresShortest: false)
        #expect(shortest.isCorrect("aefb", for: example))
        #expect(!shortest.isCorrect("acacdb", for: example) && any.isCorrect("acacdb", for: example))
        for wrong in ["ab", "acd", "cdb", "acdbx", "aczb"] { #expect(!any.isCorrect(wrong, for: example), "\(wrong)") }
        let maze = TaskExample(prompt: "S.x/x../xxG:", answer: "RDRD")
        let mazes = try Mazes()
        #expect(mazes.isCorrect("RDRD", for: maze) && mazes.isCorrect("RLRDRD", for: maze))
        for wrong in ["RDR", "DRRD", "RRDD", "L", "RDRDD", "rdrd"] { #expect(!mazes.isCorrect(wrong, for: maze), "\(wrong)") }
        #expect(!(try Mazes(requiresShortest: true)).isCorrect("RLRDRD", for: maze))
    }

    @Test func stringOperations() {
        let expected: [(StringOperation, String)] = [
            (.reverse, "zzaol"), (.sort, "aolzz".sortedText), (.duplicate, "loazzloazz"), (.rotateLeft, "oazzl"),
            (.rotateRight, "zloaz"), (.removeVowels, "lzz"), (.nextLetters, "mpbaa"), (.removeRepeats, "loaz"), (.swapPairs, "olzaz"),
        ]
        for (operation, result) in expected { #expect(operation("loazz") == result, "\(operation)") }
        #expect(expected.count == StringOperation.allCases.count)
    }

    @Test func listOperationsAreRight() throws {
        let task = try ListOperations()
        func value(_ tokens: inout ArraySlice<Substring>) -> Int {
            let first = tokens.removeFirst()
            guard first.hasPrefix("[") else { return Int(first) ?? -1 }
            var arguments: [Int] = []
            while tokens.first != "]" { arguments.append(value(&tokens)) }
            tokens.removeFirst()
            let sorted = arguments.sorted(), n = sorted.count
            switch first {
            case "[MAX": return sorted[n - 1]
            case "[MIN": return sorted[0]
            case "[SM": return arguments.reduce(0, +) % 10
            default: return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
            }
        }
        for seed in 0..<100 as Range<UInt64> {
            let depth = 1 + Int(seed % 4)
            let example = try task.example(seed: seed, difficulty: depth)
            var tokens = example.prompt.dropLast().split(separator: " ")[...]
            #expect(value(&tokens) == Int(example.answer))
            var open = 0, deepest = 0
            for character in example.prompt {
                if character == "[" { open += 1 }
                if character == "]" { open -= 1 }
                deepest = max(deepest, open)
            }
            #expect(deepest == depth)
        }
    }

    /// The length by trying all subsequences.
    @Test func increasingSubsequencesAreLongest() throws {
        let task = try LongestIncreasingSubsequence(largestNumber: 20)
        for seed in 0..<40 as Range<UInt64> {
            let example = try task.example(seed: seed, difficulty: 9)
            let numbers = example.prompt.dropLast().split(separator: " ").compactMap { Int($0) }
            let best = (1..<1 << 9).filter { bits in
                let chosen = (0..<9).filter { bits >> $0 & 1 == 1 }.map { numbers[$0] }
                return zip(chosen, chosen.dropFirst()).allSatisfy { $0 < $1 }
            }.map(\.nonzeroBitCount).max()
            #expect(Int(example.answer) == best)
        }
    }

    @Test func editDistances() throws {
        let task = try EditDistanceTask()
        for seed in 0..<30 as Range<UInt64> {
            let example = try task.example(seed: seed, difficulty: 8)
            let parts = example.prompt.dropLast().split(separator: "|", omittingEmptySubsequences: false)
            #expect(levenshteinDistance(parts[0], parts[1]) == Int(example.answer))
        }
        // With insertions at 2 and replacements at 3, "ab" → "b" costs 2 and "a" → "b" costs 3.
        let costly = try EditDistanceTask(costs: (2, 3), alphabet: "ab")
        for seed in 0..<50 as Range<UInt64> {
            let example = try costly.example(seed: seed, difficulty: 1)
            let parts = example.prompt.dropLast().split(separator: "|", omittingEmptySubsequences: false)
            if parts[1].count == 1 { #expect(Int(example.answer) == (parts[0] == parts[1] ? 0 : 3)) }
            if parts[1].count == 2 { #expect(Int(example.answer) == (parts[1].contains(parts[0]) ? 2 : 5)) }
        }
    }

    /// The steps of the working, evaluated: each begins where the one before ended, and the sentences have their numbers.
    @Test func wordProblemsWorkOut() throws {
        for seed in 0..<60 as Range<UInt64> {
            let example = try WordProblems().example(seed: seed, difficulty: 4)
            var value: Int?
            for step in example.solution.prefix(while: { $0 != "#" }).split(separator: ";") {
                let sides = step.split(separator: "=")
                let text = String(sides[0])
                let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
                if let value { #expect(numbers[0] == value) }
                let result: Int
                if numbers.count == 3 { result = numbers[0] + numbers[1] * numbers[2] }
                else if text.contains("+") { result = numbers[0] + numbers[1] }
                else if text.contains("-") { result = numbers[0] - numbers[1] }
                else if text.contains("*") { result = numbers[0] * numbers[1] }
                else { result = numbers[0] / numbers[1] }
                #expect(Int(sides[1]) == result && result > 0)
                value = result
            }
            #expect(value == Int(example.answer))
            #expect(WordProblems().isCorrect("#0\(example.answer)", for: example))
        }
    }

    @Test func setsOfOptions() throws {
        let task = MultipleChoiceSets()
        let example = TaskExample(prompt: "even: A 12 B 7 C 8=", answer: "AC")
        #expect(task.isCorrect("C, A", for: example))
        for wrong in ["A", "ABC", "AAC", "ac"] { #expect(!task.isCorrect(wrong, for: example)) }
        for seed in 0..<60 as Range<UInt64> {
            let example = try task.example(seed: seed, difficulty: 6)
            let parts = example.prompt.dropLast().split(separator: ":")
            let words = parts[1].split(separator: " ")
            let number = parts[0].split(separator: " ").last.flatMap { Int($0) } ?? 0
            var right = ""
            for place in stride(from: 0, to: words.count, by: 2) {
                let k = Int(words[place + 1]) ?? 0
                let holds: Bool
                switch parts[0].prefix(4) {
                case "mult": holds = k % number == 0
                case "grea": holds = k > number
                case "less": holds = k < number
                case "odd": holds = k % 2 == 1
                case "even": holds = k % 2 == 0
                case "prim": holds = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97].contains(k)
                default: holds = [1, 4, 9, 16, 25, 36, 49, 64, 81].contains(k)
                }
                if holds { right += words[place] }
            }
            #expect(example.answer == right, "\(example)")
        }
    }

    /// The puzzle read again and all assignments tried.
    @Test func knightsAndKnavesHaveOneSolution() throws {
        for seed in 0..<30 as Range<UInt64> {
            let example = try KnightsAndKnaves().example(seed: seed, difficulty: 4)
            let lines = example.prompt.dropLast().split(separator: ".")
            let names: [Substring] = ["A", "B", "C", "D"]
            var solutions: [String] = []
            for bits in 0..<16 {
                func knight(_ name: Substring) -> Bool { bits >> (names.firstIndex(of: name) ?? 0) & 1 == 1 }
                let fits = lines.allSatisfy { line in
                    let parts = line.split(separator: ":"), words = parts[1].split(separator: " ")
                    let isTrue: Bool
                    if parts[1].hasSuffix("alike") { isTrue = knight(words[0]) == knight(parts[0]) }
                    else if parts[1].hasSuffix("differ") { isTrue = knight(words[0]) != knight(words[2]) }
                    else if parts[1].contains(" or ") { isTrue = !knight(words[0]) || !knight(words[2]) }
                    else { isTrue = knight(words[0]) == parts[1].hasSuffix("knight") }
                    return isTrue == knight(parts[0])
                }
                if fits { solutions.append(names.map { knight($0) ? "K" : "N" }.joined()) }
            }
            #expect(solutions == [example.answer])
        }
    }

    @Test func countsAndParities() throws {
        for seed in 0..<30 as Range<UInt64> {
            let letters = try LetterCounting().example(seed: seed, difficulty: 12)
            #expect(Int(letters.answer) == letters.prompt.dropFirst(2).count { $0 == letters.prompt.first })
            let bits = try BitParity().example(seed: seed, difficulty: 9)
            #expect(Int(bits.answer) == bits.prompt.count { $0 == "1" } % 2)
        }
    }

    @Test func filesOfExamples() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let examples = try (0..<3 as Range<UInt64>).map { try WordProblems().example(seed: $0, difficulty: 2) }
        try TaskFile.write(examples, to: path)
        #expect(try TaskFile.examples(path: path) == examples)
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
        try write("{\"prompt\": \"1+1=\", \"answer\": 2}\n\n{\"prompt\": \"é\\n\", \"answer\": \"x\"}\n")
        #expect(try TaskFile.examples(path: path) == [TaskExample(prompt: "1+1=", answer: "2"), TaskExample(prompt: "é\n", answer: "x")])
        try write("{\"prompt\": \"a\", \"answer\": \"b\"}\n{\"prompt\": \"a\"}\n")
        #expect(throws: TextFileError(file: path, line: 2, problem: "the field \"answer\" is missing")) { try TaskFile.examples(path: path) }
        try write("[]\n")
        #expect(throws: TextFileError(file: path, line: 1, problem: "not a JSON object")) { try TaskFile.examples(path: path) }
        try write("{\"question\": \"Natalia sold clips.\", \"answer\": \"She sold 48/2 = <<48/2=24>>24 clips.\\n#### 1,024\"}")
        let problem = try TaskFile.gsm8k(path: path)[0]
        #expect(problem.answer == "1024" && problem.solution == "She sold 48/2 = 24 clips.#1024")
    }
}

extension String {
    fileprivate var sortedText: String { String(sorted()) }
}
