import Foundation
import NotebookEngine
import NotebookProtocol
import Testing

/// What a person at a prompt or a notebook expects of the session beside running cells.
@Suite(.serialized) struct InteractiveSessionTests {
    // MARK: - Executing

    @Test func cellsAreCountedAndKept() async throws {
        let harness = try InteractiveHarness()
        #expect(await harness.run("let x = 20").outcome?.executionCount == 1)
        let second = await harness.run("x + 22")
        #expect(second.outcome?.executionCount == 2)
        #expect(second.events.contains { if case .result(let bundle) = $0 { bundle[MimeBundle.plainText] == "42" } else { false } })
        let silent = await harness.run("let hidden = 1", options: ExecutionOptions(isSilent: true))
        #expect(silent.outcome?.executionCount == 2)
        await harness.run("nonsense")
        #expect(harness.session.history.map(\.source) == ["let x = 20", "x + 22", "nonsense"])
        #expect(harness.session.history.map(\.succeeded) == [true, true, false])
        #expect(await harness.run("hidden").shown == "1")
        await harness.session.shutdown()
    }

    @Test func aFailureEndsWhatWaitsBehindIt() async throws {
        let harness = try InteractiveHarness()
        await harness.run("import Foundation")
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        async let first = harness.run("print(\"begun\")\nusleep(1_000_000); fatalError()", during: { _, event in
            if case .text(.standardOutput, _) = event { begin.finish() }
        })
        for await _ in begun {}
        async let second = harness.run("print(2)")
        #expect(await first.status == .failed)
        #expect(await second.status == .aborted)
        #expect(await harness.run("print(3)").shown == "3")
        await harness.session.shutdown()
    }

    @Test func displaysCanBeUpdatedAndCleared() async throws {
        let harness = try InteractiveHarness()
        let result = await harness.run(
            "let handle = display(\"one\", identifier: \"d\")\nclearOutput(waiting: true)\nhandle.update(\"two\")")
        let seen = result.events.compactMap { event -> String? in
            switch event {
            case .display(let bundle, let identifier): "display \(identifier ?? "") \(bundle[MimeBundle.plainText] ?? "")"
            case .updateDisplay(let bundle, let identifier): "update \(identifier) \(bundle[MimeBundle.plainText] ?? "")"
            case .clearOutput(let waits): "clear \(waits)"
            default: nil
            }
        }
        #expect(seen == ["display d \"one\"", "clear true", "update d \"two\""])
        await harness.session.shutdown()
    }

    @Test func cellsAskForLines() async throws {
        let harness = try InteractiveHarness()
        #expect(await harness.run("print(readLine() ?? \"nothing\", readLine(prompt: \"Age? \") ?? \"\")", answers: ["Ada", "36"]).shown == "Ada 36")
        #expect(await harness.run("print(readLine() ?? \"nothing\")").shown == "nothing")
        #expect(await harness.run("%python\nprint(input('Name? ') + '!')", answers: ["Grace"]).shown == "Grace!")
        #expect(await harness.run("%python\ninput()").report.contains("EOFError"))
        await harness.session.shutdown()
    }

    @Test func anExpressionIsEvaluatedWithoutATrace() async throws {
        let harness = try InteractiveHarness()
        await harness.run("var n = 6")
        #expect(try await harness.session.evaluate("n * 7").get()[MimeBundle.plainText] == "42")
        guard case .failure(let failure) = await harness.session.evaluate("missing") else {
            Issue.record("a missing name was evaluated")
            return
        }
        #expect(failure.message.contains("cannot find 'missing'"))
        #expect(harness.session.history.count == 1)
        #expect(await harness.run("n").shown == "6")
        await harness.session.shutdown()
    }

    @Test func aRestartForgetsEverything() async throws {
        let harness = try InteractiveHarness()
        await harness.run("let x = 1")
        try await harness.session.restart()
        let result = await harness.run("x")
        #expect(result.outcome?.executionCount == 1)
        #expect(result.report.contains("cannot find 'x'"))
        #expect(await harness.run("let x = 2\nx").shown == "2")
        await harness.session.shutdown()
    }

    @Test func diagnosticsNameTheCellAndItsLine() async throws {
        let harness = try InteractiveHarness()
        await harness.run("let x = 1")
        let result = await harness.run("\nlet y: String = x")
        #expect(result.report.contains("cell 2:2:17: error: cannot convert value of type 'Int' to specified type 'String'"))
        #expect(result.report.contains(" 2 | let y: String = x"))
        #expect(result.outcome?.failure?.colouredReport.joined().contains("\u{1B}[1;31merror:") == true)
        await harness.session.shutdown()
    }

    // MARK: - Completeness

    @Test(arguments: [
        ("let x = 1", Completeness.complete),
        ("", .complete),
        ("func f() {", .incomplete(indent: "    ")),
        ("func f() {\n    if x {", .incomplete(indent: "        ")),
        ("func f() {\n}", .complete),
        ("let a = [1,\n    2,", .incomplete(indent: "    ")),
        ("let x =", .incomplete(indent: "    ")),
        ("let x = 1 +", .incomplete(indent: "")),
        ("print(\"\"\"\nhello", .incomplete(indent: "")),
        ("/* a comment", .incomplete(indent: "")),
        ("print(\"hello", .invalid),
        ("let = 3", .invalid),
        ("}", .invalid),
        ("foo(1))", .invalid),
        ("#if DEBUG\nprint(1)", .incomplete(indent: "")),
        ("@discardableResult", .incomplete(indent: "")),
        ("%time\nfor i in 0..<3 {", .incomplete(indent: "    ")),
        ("%variables", .complete),
        ("%python\nfor i in range(3):", .incomplete(indent: "    ")),
        ("%python\nx = 1", .complete),
    ])
    func theParserDecidesWhetherACellIsWhole(_ source: String, _ expected: Completeness) throws {
        let session = try InteractiveHarness().session
        #expect(session.isComplete(source) == expected, "\(source)")
    }

    // MARK: - Completion and inspection

    @Test func aNameOfCellTwoCompletesInCellNine() async throws {
        let harness = try InteractiveHarness()
        await harness.run("import Core")
        await harness.run("/// The rate at which it learns.\nlet learningRate = 0.1\nlet weights = Matrix.identity(3)")
        for number in 3...8 { await harness.run("let filler\(number) = \(number)") }
        let session = harness.session
        let source = "let next = learn"
        let list = await session.complete(source, at: source.utf8.count)
        #expect(list.items.first?.text == "learningRate")
        #expect(list.items.first?.type == "Double")
        #expect(list.replacedRange == 11..<16)

        let member = "print(1)\nweights.transp"
        let members = await session.complete(member, at: member.utf8.count)
        let transposed = try #require(members.items.first { $0.text == "transposed" })
        #expect(transposed.documentation?.contains("transpose") == true)
        #expect(transposed.module == "Mathematics")

        let inspection = try #require(await session.inspect("learningRate * 2", at: 4))
        #expect(inspection.declaration.contains("let learningRate: Double"))
        #expect(inspection.documentation == "The rate at which it learns.")
        let core = try #require(await session.inspect("weights.multiplied(by: 3)\nweights.transposed", at: 40, detail: 1))
        #expect(core.documentation.contains("transpose"))
        #expect(await session.inspect("   ", at: 1) == nil)
        await session.shutdown()
    }

    @Test func directivesComplete() async throws {
        let session = try InteractiveHarness().session
        #expect(await session.complete("%var", at: 4).items.map(\.text) == ["variables"])
        #expect(await session.complete("%help sh", at: 8).items.map(\.text) == ["shell"])
        #expect(try #require(await session.inspect("%time", at: 2)).documentation.contains("%time [CODE]"))
    }

    // MARK: - Directives

    @Test func everyDirectiveHasHelp() async throws {
        let harness = try InteractiveHarness()
        let all = await harness.run("%help")
        for directive in Directive.all {
            #expect(all.shown.contains(directive.usage))
            #expect(await harness.run("%help \(directive.name)").shown.contains(directive.summary))
        }
        let unknown = await harness.run("%nonsense")
        #expect(unknown.outcome?.failure?.kind == .directive)
        #expect(unknown.message.contains("there is no directive \"nonsense\""))
        await harness.session.shutdown()
    }

    @Test func timingSaysWhatEachStepTook() async throws {
        let harness = try InteractiveHarness()
        let whole = await harness.run("%time\nlet a = \(Int.random(in: 0...1_000_000_000))\nprint(\"ran\")")
        #expect(whole.shown.contains(/ran\ncompiled \d+(\.\d)? ms, linked \d+(\.\d)? ms, ran \d+(\.\d)? ms/))
        let line = await harness.run("%time 6 * 7")
        #expect(line.shown.hasPrefix("42\n"))
        await harness.session.shutdown()
    }

    @Test func variablesAreListedWithTypeAndSize() async throws {
        let harness = try InteractiveHarness()
        await harness.run("import Core")
        await harness.run("let big = Matrix(repeating: 0, rows: 100, columns: 50)\nvar (a, b) = (1, \"two\")\nvar big2 = [Double](repeating: 1, count: 1000)")
        await harness.run("struct Once: ~Copyable { let x = 1 }\nlet once = Once()\nlet a = 2.5")
        await harness.run("%python\nnames = ['x', 'y']")
        let variables = await harness.session.variables()
        func variable(_ name: String) -> SessionVariable? { variables.first { $0.name == name } }
        #expect(variable("big")?.type == "DenseMatrix<Double>")
        #expect((40_000...40_200).contains(variable("big")?.size ?? 0))
        #expect((8000...8200).contains(variable("big2")?.size ?? 0))
        #expect(variable("a")?.type == "Double")
        #expect(variable("b")?.summary == "\"two\"")
        #expect(variable("names")?.language == .python)
        #expect(variable("once") != nil)
        #expect(variables.filter { $0.name == "a" }.count == 1)
        let shown = await harness.run("%variables").shown
        #expect(shown.contains("name") && shown.contains("40") && shown.contains("kB") && shown.contains("names (Python)"))
        await harness.session.shutdown()
    }

    @Test func resetSessionShellLoadAndSave() async throws {
        let harness = try InteractiveHarness()
        let folder = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/directives \(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        await harness.run("let x = 1")
        await harness.run("%python\ny = 2")
        #expect(await harness.run("%session").shown.contains("let x = 1"))
        #expect(await harness.run("%save \(folder)/saved").shown.contains("2 cells written"))
        await harness.run("%reset")
        #expect(await harness.run("x").status == .failed)
        #expect(await harness.run("%load \(folder)/saved.swiftscript\nx + 1").shown == "2")
        #expect(await harness.run("%python\nprint(y)").shown == "2")
        #expect(await harness.run("%shell echo hello; echo there >&2").shown == "hello\nthere")
        #expect(await harness.run("%shell exit 4").message.contains("status 4"))
        #expect(await harness.run("%load \(folder)/missing.swift").message.contains("cannot be read"))
        try "func loaded() -> Int {\n    fatalError(\"here\")\n}\n".write(toFile: folder + "/some.swift", atomically: true, encoding: .utf8)
        #expect(await harness.run("%load \(folder)/some.swift").status == .succeeded)
        #expect(await harness.run("loaded()").report.contains("some.swift:2"))
        #expect(await harness.run("%optimize").shown.contains("automatic"))
        #expect(await harness.run("%optimize none\nprint((0..<3).map { $0 })").shown == "[0, 1, 2]")
        #expect(await harness.run("%optimize sideways").message.contains("expected automatic, speed or none"))
        #expect(await harness.run("%checkpoints off").shown == "checkpoints: off")
        #expect(await harness.run("x").shown == "1")
        #expect(await harness.run("%checkpoints on").shown.hasPrefix("checkpoints: on (the last one took "))
        #expect(await harness.run("fatalError()").recovery == .checkpoint)
        #expect(await harness.run("x").shown == "1")
        await harness.session.shutdown()
    }

    @Test func aPackageIsBuiltAndImported() async throws {
        let harness = try InteractiveHarness()
        let folder = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/package \(UUID().uuidString.prefix(6))/Greeting"
        try FileManager.default.createDirectory(atPath: folder + "/Sources/Greeting", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/Sources/CAnswer/include", withIntermediateDirectories: true)
        try """
            // swift-tools-version: 5.9
            import PackageDescription
            let package = Package(
                name: "Greeting", products: [.library(name: "Greeting", targets: ["Greeting"])],
                targets: [.target(name: "CAnswer"), .target(name: "Greeting", dependencies: ["CAnswer"])])
            """.write(toFile: folder + "/Package.swift", atomically: true, encoding: .utf8)
        try "int answer(void);".write(toFile: folder + "/Sources/CAnswer/include/CAnswer.h", atomically: true, encoding: .utf8)
        try "#include \"CAnswer.h\"\nint answer(void) { return 42; }".write(toFile: folder + "/Sources/CAnswer/answer.c", atomically: true, encoding: .utf8)
        try "import CAnswer\npublic func greeting() -> String { \"hello \\(answer())\" }".write(
            toFile: folder + "/Sources/Greeting/Greeting.swift", atomically: true, encoding: .utf8)
        let added = await harness.run("%package \(folder)")
        #expect(added.status == .succeeded, "\(added.report)")
        #expect(added.shown.contains("Greeting"))
        #expect(await harness.run("import Greeting\ngreeting()").shown == "\"hello 42\"")
        #expect(await harness.run("fatalError()").recovery == .checkpoint)
        #expect(await harness.run("greeting()").shown == "\"hello 42\"")
        // A second time it comes from the cache.
        let start = ContinuousClock.now
        await harness.run("%package \(folder)")
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(await harness.run("%package /nowhere").message.contains("no Package.swift"))
        await harness.session.shutdown()
    }

    // MARK: - Displays

    @Test func valuesOfCommonKindsHaveGoodDisplays() async throws {
        let harness = try InteractiveHarness()
        await harness.run("import Core\nstruct Point { var x: Double; var label: String }")
        func bundle(_ source: String) async -> MimeBundle? {
            await harness.run(source).events.lazy.compactMap { if case .result(let bundle) = $0 { bundle } else { nil } }.first
        }
        let points = await bundle("(0..<30).map { Point(x: Double($0) / 2, label: \"p\\($0)\") }")
        let text = points?[MimeBundle.plainText] ?? ""
        #expect(text.hasPrefix("Array of 30 Point\n"))
        #expect(text.contains("label") && text.contains("9.5") && text.contains("… and 10 more"))
        #expect(points?[MimeBundle.html]?.contains("<table>") == true)
        #expect(await bundle("[\"b\": 2, \"a\": 1]")?[MimeBundle.plainText] == "[\"a\": 1, \"b\": 2]")
        #expect(await bundle("Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, $0 * $0) })")?[MimeBundle.plainText]?.contains("Dictionary of 100") == true)
        #expect(await bundle("Array(0..<1000)")?[MimeBundle.plainText] == "[0, 1, 2, 3, 4, …, 995, 996, 997, 998, 999] (1000 elements)")
        #expect(await bundle("[1, 2, 3]")?[MimeBundle.plainText] == "[1, 2, 3]")
        let matrix = await bundle("Matrix.identity(20)")
        #expect(matrix?[MimeBundle.plainText]?.contains("20 × 20") == true)
        #expect(matrix?[MimeBundle.html]?.contains("<td") == true)
        await harness.session.shutdown()
    }
}
