import Foundation
import NotebookEngine
import Testing

/// `repl-kit repl` as a person or a script starts it.
@Suite(.serialized) struct ReplTests {
    struct Ended {
        var output: String
        var errors: String
        var status: Int32
    }

    private func repl(_ input: String, _ arguments: [String] = []) throws -> Ended {
        let folder = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/repl-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Installation.find().program)
        process.arguments = ["repl", "--out", folder] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["REPL_KIT_CACHE": SessionHarness.cacheFolder]) { $1 }
        try input.write(toFile: folder + "/input", atomically: true, encoding: .utf8)
        for name in ["output", "errors"] { _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil) }
        process.standardInput = FileHandle(forReadingAtPath: folder + "/input")
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/output")
        process.standardError = FileHandle(forWritingAtPath: folder + "/errors")
        try process.run()
        process.waitUntilExit()
        return Ended(
            output: try String(contentsOfFile: folder + "/output", encoding: .utf8),
            errors: try String(contentsOfFile: folder + "/errors", encoding: .utf8), status: process.terminationStatus)
    }

    @Test func pipedLinesRunWithoutPrompts() throws {
        let ended = try repl(
            """
            let x = 20
            x + 22
            func twice(_ n: Int) -> Int {
                n * 2
            }
            if x > 30 {
                print("large")
            }
            else {
                print("small", twice(x))
            }
            [1, 2, 3]
                .map { $0 * x }
            %python
            print("from Python")
            """)
        #expect(ended.output == "42\nsmall 40\n[20, 40, 60]\nfrom Python\n")
        #expect(ended.errors == "")
        #expect(ended.status == 0)
    }

    @Test func aFailureIsToldAndCostsOneCell() throws {
        let ended = try repl("var x = 1\nx = 2; fatalError(\"oh\")\nx\nmissing\nx + 1\n")
        #expect(ended.output == "1\n2\n")
        #expect(ended.errors.contains("oh") && ended.errors.contains("cell 2:1"))
        #expect(ended.errors.contains("Every variable is as it was before this cell."))
        #expect(ended.errors.contains("cell 4:1:1: error: cannot find 'missing' in scope"))
        #expect(!ended.errors.contains("\u{1B}"))
        #expect(ended.status == 1)
    }

    @Test func directivesAndInputWorkWhenPiped() throws {
        let ended = try repl("let word = readLine() ?? \"\"\nhello\n%variables\nprint(word)\nexit\nprint(\"never\")\n")
        #expect(ended.output.contains("word  String"))
        #expect(ended.output.hasSuffix("hello\n"))
        #expect(ended.status == 0)
    }

    @Test func checkpointsCanBeSwitchedOff() throws {
        let ended = try repl("%checkpoints\nvar x = 1\nfatalError()\nx\n", ["--no-checkpoints"])
        #expect(ended.output == "checkpoints: off\n1\n")
        #expect(ended.errors.contains("running its earlier cells again (checkpoints are switched off)"))
    }

    @Test func aWrongMemoryLimitIsRefused() throws {
        let ended = try repl("", ["--memory-limit", "much"])
        #expect(ended.errors.contains("--memory-limit much: expected a size such as 500M or 2G"))
        #expect(ended.status != 0)
    }
}
