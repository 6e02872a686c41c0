import Foundation
import NotebookEngine
import NotebookProtocol
import Testing

/// Every way in which a cell can die costs that cell alone: the variables are as they were before it.
@Suite(.serialized) struct DyingCellTests {
    struct Death: CustomTestStringConvertible, Sendable {
        var name: String
        /// Changes what the session holds, and dies.
        var cell: String
        /// What the failure's report contains.
        var parts: [String]
        var kind: CellFailure.Kind = .died
        var testDescription: String { name }
    }

    static let deaths: [Death] = [
        Death(
            name: "an error at top level",
            cell: "struct Broken: Error { var why = \"no data\" }\nnumbers.append(4); table[\"b\"] = 2; box.value = 9\nfunc load() throws { throw Broken() }\ntry load()",
            parts: [":3:", "threw Broken", "no data", "at load", "every variable is as it was"], kind: .threw),
        Death(
            name: "a trap", cell: "numbers.append(4); table = [:]; box.value = 9\nlet index = numbers.count + 5\nprint(numbers[index])",
            parts: [":3", "Index out of range"]),
        Death(
            name: "a trap in a function of an earlier cell", cell: "numbers.removeAll(); box.value = 9\n\nfirstOf(numbers)",
            parts: ["firstOf", "at top level"]),
        Death(name: "fatalError", cell: "numbers = []; fatalError(\"told so\")", parts: ["told so"]),
        Death(name: "exit", cell: "numbers = []; box.value = 9\nexit(3)", parts: ["exit(3)", ":2"], kind: .exited),
        Death(name: "_exit", cell: "numbers = []\n_exit(7)", parts: ["status 7"]),
        Death(name: "abort", cell: "numbers = []\nabort()", parts: ["SIGABRT", ":2"]),
        Death(name: "a kill", cell: "numbers = []\nkill(getpid(), SIGKILL)\nsleep(5)", parts: ["SIGKILL"]),
        Death(
            name: "memory that is not there",
            cell: "numbers = []\nlet wild = UnsafeMutablePointer<Int>(bitPattern: 8)!\nwild.pointee = 1", parts: ["SIGSEGV", ":3"]),
        Death(
            name: "endless recursion",
            cell: "numbers = []\nfunc deeper(_ n: Int) -> Int { let a = [n, n + 1]; return deeper(a[1]) + a.count }\nprint(deeper(0))",
            parts: ["endless recursion", "deeper", "more calls of it"]),
        Death(
            name: "all memory", cell: "numbers = []\nvar hoard: [[UInt8]] = []\nwhile true { hoard.append([UInt8](repeating: 1, count: 1 << 24)) }",
            parts: ["memory", ":3"]),
        Death(
            name: "one request for too much memory", cell: "numbers = []\nlet huge = [Double](repeating: 1, count: 1 << 33)", parts: ["memory", ":2"]),
    ]

    private func prepared(usesCheckpoints: Bool = true) async throws -> InteractiveHarness {
        let harness = try InteractiveHarness(usesCheckpoints: usesCheckpoints, memoryLimit: 1 << 30)
        await harness.run("import Foundation\nvar numbers = [1, 2, 3]\nvar table = [\"a\": 1]")
        await harness.run("final class Box { var value = 5 }\nlet box = Box()\nfunc firstOf(_ values: [Int]) -> Int { values[0] }")
        return harness
    }

    private static let state = "print(numbers, table, box.value, firstOf(numbers))"
    private static let before = "[1, 2, 3] [\"a\": 1] 5 1"

    @Test(arguments: deaths)
    func costsItsCellAlone(_ death: Death) async throws {
        let harness = try await prepared()
        let result = await harness.run(death.cell)
        #expect(result.status == .failed)
        #expect(result.outcome?.failure?.kind == death.kind)
        for part in death.parts { #expect(result.report.lowercased().contains(part.lowercased()), "\(result.report)") }
        #expect(result.recovery == .checkpoint)
        #expect(await harness.run(Self.state).shown == Self.before)
        // And once more: the session that woke has a checkpoint of its own.
        #expect(await harness.run("numbers.append(10)").status == .succeeded)
        #expect(await harness.run("numbers = []; fatalError()").recovery == .checkpoint)
        #expect(await harness.run("numbers").shown == "[1, 2, 3, 10]")
        await harness.session.shutdown()
    }

    @Test(arguments: deaths.filter { !["all memory"].contains($0.name) })
    func isRepairedByReplayWithoutCheckpoints(_ death: Death) async throws {
        let harness = try await prepared(usesCheckpoints: false)
        let result = await harness.run(death.cell)
        #expect(result.status == .failed)
        switch result.recovery {
        case .replay(let reason), .keptAsIs(let reason): #expect(reason.contains("switched off"))
        default: Issue.record("\(String(describing: result.recovery))")
        }
        if death.kind == .died { #expect(await harness.run(Self.state).shown == Self.before) }
        await harness.session.shutdown()
    }

    @Test func anInterruptedLoopCostsItsCellAlone() async throws {
        let harness = try await prepared()
        let result = await harness.run("numbers = []; box.value = 1\nprint(\"begun\")\nvar turns = 0\nwhile true {\n    turns &+= 1\n}") { session, event in
            if case .text(_, let text) = event, text.contains("begun") { session.interrupt() }
        }
        #expect(result.status == .interrupted)
        #expect(result.recovery == .checkpoint)
        #expect(result.shown == "begun")
        #expect(result.report.contains("interrupted"))
        #expect(result.report.contains(/cell 3:[2-6]/), "\(result.report)")
        #expect(await harness.run(Self.state).shown == Self.before)
        await harness.session.shutdown()
    }

    @Test func anInterruptedCompilationCostsItsCellAlone() async throws {
        let harness = try await prepared()
        // An expression that the type checker works on for a while.
        let terms = (0..<40).map { "[\($0), \($0).5].map { $0 * 2 - -1 }.reduce(0, +)" }.joined(separator: " + ")
        let session = harness.session
        let interrupter = Task {
            for _ in 0..<100 {
                try? await Task.sleep(for: .milliseconds(50))
                if Task.isCancelled { return }
                session.interrupt()
            }
        }
        let result = await harness.run("let sum = \(terms)")
        // None may be left to reach the next cell.
        interrupter.cancel()
        await interrupter.value
        #expect(result.status != .succeeded)
        #expect(await harness.run(Self.state).shown == Self.before)
        await harness.session.shutdown()
    }

    @Test func pythonsNamesAndOpenFilesAreAsTheyWere() async throws {
        let harness = try await prepared()
        let path = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/open-\(UUID().uuidString).txt"
        await harness.run("%python\nvalues = [1, 2]\nimport math")
        await harness.run(
            "let file = fopen(\"\(path)\", \"w+\")!\nfputs(\"first\\n\", file)\nfflush(file)\nchdir(\"/usr\")\nsetenv(\"REPL_KIT_TEST\", \"1\", 1)")
        let result = await harness.run("fputs(\"second\\n\", file); fflush(file); chdir(\"/\"); unsetenv(\"REPL_KIT_TEST\"); abort()")
        #expect(result.recovery == .checkpoint)
        let failure = await harness.run("%python\nvalues.append(3)\n1 / 0")
        #expect(failure.report.contains("ZeroDivisionError"))
        #expect(failure.recovery == .checkpoint)
        #expect(await harness.run("%python\nprint(values, math.floor(2.5))").shown == "[1, 2] 2")
        let rest = await harness.run(
            "fputs(\"third\\n\", file)\nfclose(file)\nprint(FileManager.default.currentDirectoryPath, getenv(\"REPL_KIT_TEST\") != nil)")
        #expect(rest.shown == "/usr true")
        // The position is restored; what the dead cell wrote stays until it is written over.
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "first\nthird\n\n")
        await harness.session.shutdown()
    }

    @Test func linearAlgebraWorksInAWokenCheckpoint() async throws {
        let harness = try InteractiveHarness()
        await harness.run("import Core\nimport PyBridge")
        await harness.run("let a = Matrix(rows: 400, columns: 400) { i, j in Double((i * 7 + j * 3) % 11) }\nlet trace = (a * a)[3, 5]")
        await harness.run("%python\nimport numpy as np\nm = np.ones((300, 300)); product = m @ m")
        #expect(await harness.run("fatalError()").recovery == .checkpoint)
        #expect(await harness.run("(a * a)[3, 5] == trace").shown == "true")
        #expect(await harness.run("parallelMap(4) { (i: Int) in (a * a)[i, i] }.count").shown == "4")
        #expect(await harness.run("%python\nprint(float((m @ m).sum()) == 300.0 ** 3)").shown == "True")
        #expect(await harness.run("fatalError()").recovery == .checkpoint)
        #expect(await harness.run("trace == (a * a)[3, 5]").shown == "true")
        await harness.session.shutdown()
    }

    @Test func tasksOutliveADeadCell() async throws {
        let harness = try await prepared()
        await harness.run("actor Counter { var count = 0; func add() { count += 1 } }\nlet counter = Counter()")
        #expect(await harness.run("async let one: Void = counter.add()\nawait one\nawait counter.count").shown == "1")
        #expect(await harness.run("try await Task.sleep(for: .milliseconds(20))\nprint(\"slept\")").shown == "slept")
        await harness.run("let sleeper = Task { try? await Task.sleep(for: .milliseconds(300)); await counter.add(); return 17 }")
        // The sleeper is in the middle of its sleep when the checkpoint is taken.
        await harness.run("await Task.yield()\nawait counter.count")
        let result = await harness.run("await counter.add()\nfatalError()")
        #expect(result.recovery == .checkpoint)
        #expect(await harness.run("await sleeper.value").shown == "17")
        #expect(await harness.run("await counter.count").shown == "2")
        await harness.session.shutdown()
    }

    @Test func dispatchQueuesMeanAReplayAndSaySo() async throws {
        let harness = try await prepared()
        await harness.run("numbers.append(4)")
        await harness.run("import Dispatch\nlet group = DispatchGroup()\nDispatchQueue.global().async(group: group) { numbers.append(5) }\ngroup.wait()")
        let result = await harness.run("numbers = []\nfatalError()")
        guard case .replay(let reason) = result.recovery else {
            Issue.record("\(String(describing: result.recovery))")
            return
        }
        #expect(reason.contains("Dispatch"))
        #expect(result.report.contains("side effects happened again"))
        #expect(await harness.run("numbers").shown == "[1, 2, 3, 4, 5]")
        await harness.session.shutdown()
    }

    @Test func aRunningThreadMeansAReplayAndSaysSo() async throws {
        let harness = try await prepared()
        await harness.run("let thread = Thread { while true { usleep(1000) } }\nthread.start()")
        let result = await harness.run("numbers = []\nabort()")
        guard case .replay(let reason) = result.recovery else {
            Issue.record("\(String(describing: result.recovery))")
            return
        }
        #expect(reason.contains("thread"))
        #expect(await harness.run(Self.state).shown == Self.before)
        await harness.session.shutdown()
    }

    @Test func aReplayGivesTheSameAnswers() async throws {
        let harness = try await prepared(usesCheckpoints: false)
        #expect(await harness.run("let name = readLine(prompt: \"Name? \") ?? \"nobody\"", answers: ["Ada"]).status == .succeeded)
        guard case .replay = await harness.run("fatalError()").recovery else {
            Issue.record("no replay")
            return
        }
        #expect(await harness.run("print(name)").shown == "Ada")
        await harness.session.shutdown()
    }

    @Test func manyDeathsLoseNothing() async throws {
        let harness = try await prepared()
        await harness.run("var total = 0\nvar log: [Int] = []")
        var generator = SystemRandomNumberGenerator()
        var expected = 0
        let ways = ["fatalError()", "exit(1)", "abort()", "_exit(2)", "struct E: Error {}; throw E()", "kill(getpid(), SIGKILL)"]
        for round in 1...40 {
            if Bool.random(using: &generator) {
                let way = ways.randomElement(using: &generator) ?? ways[0]
                let result = await harness.run("total = -1; log = []\n\(way)")
                #expect(result.recovery == .checkpoint, "round \(round): \(way)")
            } else {
                expected += round
                #expect(await harness.run("total += \(round); log.append(\(round))").status == .succeeded)
            }
        }
        #expect(await harness.run("print(total, log.reduce(0, +))").shown == "\(expected) \(expected)")
        await harness.session.shutdown()
    }
}
