import Foundation
import NotebookEngine
import NotebookProtocol
import Testing

/// The program as a person starts it, on notebooks written for the purpose.
@Suite(.serialized) struct NotebookRunTests {
    /// A folder with a space and letters beyond ASCII in its name, so that every test walks such paths.
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/année 2026 \(UUID().uuidString.prefix(6))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    struct Ended {
        var output: String
        var errors: String
        var status: Int32
    }

    private func write(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func start(_ arguments: [String], environment: [String: String] = [:]) throws -> (Process, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Installation.find().program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["REPL_KIT_CACHE": SessionHarness.cacheFolder]) { $1 }.merging(environment) { $1 }
        let token = UUID().uuidString
        let (output, errors) = (folder + "/output-" + token, folder + "/errors-" + token)
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, output, errors)
    }

    private func finish(_ started: (Process, output: String, errors: String)) throws -> Ended {
        started.0.waitUntilExit()
        return Ended(
            output: try String(contentsOfFile: started.output, encoding: .utf8),
            errors: try String(contentsOfFile: started.errors, encoding: .utf8), status: started.0.terminationStatus)
    }

    private func repl(_ arguments: String..., environment: [String: String] = [:]) throws -> Ended {
        try finish(start(arguments, environment: environment))
    }

    private func record(_ slug: String) throws -> RunRecord {
        try JSONDecoder().decode(RunRecord.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/\(slug)/run.json")))
    }

    @Test func aNotebookRunsToItsRecord() throws {
        let path = try write(
            "größe.swiftscript",
            """
            // ---
            // title: Sizes
            // slug: sizes
            // paper: arXiv:1234.56789
            // summary: How large things are.
            // ---

            // %% [markdown]
            // # Sizes

            // %% tags=["parameters"]
            let scale = Scale.standard
            let count = 2

            // %%
            print("counting")
            for i in 0..<count { print(i) }
            display(Table(columns: ["n"], rows: [[count]]))
            print("done")
            claim("count is three", measured: Double(count), .equal(3))
            count * 2
            """)
        let ended = try repl("run", path, "-p", "count=3", "--scale", "smoke", "--out", folder + "/out")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("counting\n0\n1\n2\nn\n─\n3\ndone\n6\n"))
        let record = try record("sizes")
        #expect(record.status == .succeeded)
        #expect(record.scale == .smoke)
        #expect(record.parameters == ["count": "3"])
        #expect(record.paper == "arXiv:1234.56789")
        #expect(record.summary == "How large things are.")
        #expect(record.claims.map(\.verdict) == [.held])
        #expect(record.cells.map(\.kind) == [.markdown, .swift, .swift])
        guard case .text(.standardOutput, "counting\n0\n1\n2\n") = record.cells[2].outputs[0],
            case .display(_, isResult: false) = record.cells[2].outputs[1],
            case .text(.standardOutput, "done\n") = record.cells[2].outputs[2],
            case .claim = record.cells[2].outputs[3], case .display(_, isResult: true) = record.cells[2].outputs[4]
        else {
            Issue.record("outputs out of order: \(record.cells[2].outputs)")
            return
        }
        let claims = try JSONDecoder().decode(
            [ClaimRecord].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/out/sizes/claims.json")))
        #expect(claims == record.claims)
        #expect(FileManager.default.fileExists(atPath: folder + "/out/index.html"))
    }

    @Test func aClaimThatFailsHasAStatusOfItsOwn() throws {
        let path = try write("claim.swiftscript", "// %%\nclaim(\"two is three\", measured: 2, .equal(3))\nprint(\"still runs\")\n")
        let ended = try repl("run", path, "--out", folder + "/out")
        #expect(ended.status == 3)
        #expect(ended.output.contains("still runs"))
        #expect(ended.output.contains("two is three"))
        #expect(try record("claim").status == .claimFailed)
    }

    @Test func aCompileErrorShowsTheNotebooksLineAndStopsTheRun() throws {
        let path = try write(
            "error.swiftscript", "// %%\nprint(\"kept\")\n\n// %%\nlet x = 1\nlet y: String = x\n\n// %%\nprint(\"never\")\n")
        let ended = try repl("run", path, "--out", folder + "/out")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("\(path):6:17: error: cannot convert value of type 'Int' to specified type 'String'"))
        #expect(ended.errors.contains(" 6 | let y: String = x\n   |                 ^"))
        #expect(ended.output.contains("kept"))
        #expect(!ended.output.contains("never"))
        #expect(try record("error").cells.map(\.status) == [.succeeded, .failed, .notRun])
    }

    @Test func keepGoingRunsTheCellsAfterATrapWithWhatSucceeded() throws {
        let path = try write(
            "trap.swiftscript",
            "// %%\nlet list = [1, 2, 3]\nprint(\"once\")\n\n// %%\nlet lost = list[list.count + 1]\n\n// %%\nprint(\"sum\", list.reduce(0, +))\n")
        let ended = try repl("run", path, "--keep-going", "--out", folder + "/out")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("\(path):6: cell 2 trapped"))
        #expect(ended.errors.contains("Index out of range"))
        #expect(ended.output.contains("sum 6"))
        #expect(ended.output.components(separatedBy: "once").count == 2, "what succeeded is not shown twice")
    }

    @Test func aThrownErrorShowsItsValue() throws {
        let path = try write("throw.swiftscript", "// %%\nstruct Spilled: Error { var cups = 3 }\nthrow Spilled()\n")
        let ended = try repl("run", path, "--out", folder + "/out")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("\(path):2: cell 1 threw Spilled: Spilled(cups: 3)"))
    }

    @Test func printingForeverStreamsAndStopsOnInterrupt() throws {
        let path = try write(
            "forever.swiftscript", "// %%\nprint(\"kept\")\n\n// %%\nvar n = 0\nwhile true { print(\"line\", n); n += 1 }\n")
        let started = try start(["run", path, "--out", folder + "/out"])
        let deadline = Date().addingTimeInterval(30)
        while Date() < deadline, try !String(contentsOfFile: started.output, encoding: .utf8).contains("line 100\n") {
            usleep(20_000)
        }
        kill(started.0.processIdentifier, SIGINT)
        let ended = try finish(started)
        #expect(ended.status == 130)
        #expect(ended.output.contains("line 100\n"), "the output streams while the cell runs")
        #expect(ended.errors.contains("cell 2 was interrupted"))
        let record = try record("forever")
        #expect(record.status == .failed)
        #expect(record.cells[0].status == .succeeded)
        let size = try Data(contentsOf: URL(fileURLWithPath: folder + "/out/forever/run.json")).count
        #expect(size < 4 << 20, "the record keeps a bounded part of endless text")
    }

    @Test func anUnfinishedLineShowsWhileTheCellRuns() throws {
        let path = try write("partial.swiftscript", "// %%\nimport Foundation\nprint(\"working\", terminator: \" …\")\nsleep(30)\n")
        let started = try start(["run", path, "--out", folder + "/out"])
        let deadline = Date().addingTimeInterval(20)
        var isShown = false
        while Date() < deadline, !isShown {
            isShown = try String(contentsOfFile: started.output, encoding: .utf8).contains("working …")
            usleep(20_000)
        }
        kill(started.0.processIdentifier, SIGTERM)
        #expect(isShown)
        #expect(try finish(started).status == 130)
    }

    @Test func malformedNotebooksAndParametersAreRefusedBeforeAnythingRuns() throws {
        let good = try write("good.swiftscript", "// %%\nprint(\"ran\")\n")
        let bad = try write("bad.swiftscript", "// ---\n// title: [unclosed\n// ---\n\n// %%\nprint(1)\n")
        let ended = try repl("run", good, bad, folder + "/absent.swiftscript", "--out", folder + "/out")
        #expect(ended.status == 2)
        #expect(ended.errors.contains("bad.swiftscript:"))
        #expect(ended.errors.contains("absent.swiftscript"))
        #expect(!ended.output.contains("ran"))
        let unknown = try repl("run", good, "-p", "seed=1", "--out", folder + "/out")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("parameter seed: \(good) has no cell tagged \"parameters\""))
        #expect(try repl("run", good, "-p", "seed", "--out", folder + "/out").errors.contains("-p seed: expected name=value"))
        let twice = try repl("run", good, good, "--out", folder + "/out")
        #expect(twice.status == 2)
        #expect(twice.errors.contains("their figures would share a folder"))
    }

    @Test func twoRunsShareTheCache() throws {
        let cells = (1...6).map { "// %%\nfunc f\($0)(_ x: Int) -> Int { (0..<x).reduce(\($0), +) }\nprint(f\($0)(\($0)))\n" }.joined(separator: "\n")
        let environment = ["REPL_KIT_CACHE": folder + "/shared cache"]
        let paths = try ["one", "two"].map { name in try write("\(name)/same.swiftscript".replacingOccurrences(of: "/", with: "-"), cells) }
        let started = try paths.map { try start(["run", $0, "--out", folder + "/out"], environment: environment) }
        let ended = try started.map(finish)
        for run in ended {
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("1\n3\n6\n10\n15\n21\n"))
        }
        let again = try repl("run", paths[0], "--timings", "--out", folder + "/out", environment: environment)
        #expect(again.output.components(separatedBy: "compiled before").count == 7, "\(again.output)")
        let fresh = try repl("run", paths[0], "--timings", "--fresh", "--out", folder + "/out", environment: environment)
        #expect(!fresh.output.contains("compiled before"))
        #expect(fresh.status == 0)
        #expect(try repl("cache", environment: environment).output.contains("compiled cells"))
        #expect(try repl("cache", "clear", environment: environment).status == 0)
        #expect(try repl("cache", environment: environment).output.contains("compiled cells    0, 0 MB"))
    }

    @Test func theCacheStaysWithinItsLimit() throws {
        let environment = ["REPL_KIT_CACHE": folder + "/small", "REPL_KIT_CACHE_LIMIT": "100K"]
        let path = try write("many.swiftscript", (1...8).map { "// %%\nlet v\($0) = \($0)\n" }.joined(separator: "\n"))
        #expect(try repl("run", path, "--out", folder + "/out", environment: environment).status == 0)
        var bytes = 0
        let walk = FileManager.default.enumerator(atPath: folder + "/small/cells")
        while let name = walk?.nextObject() as? String {
            var status = stat()
            if lstat(folder + "/small/cells/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG { bytes += Int(status.st_blocks) * 512 }
        }
        #expect(bytes <= 100 << 10)
        let wrong = try repl("cache", environment: ["REPL_KIT_CACHE_LIMIT": "much"])
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("REPL_KIT_CACHE_LIMIT is \"much\"; expected a size such as 500M or 2G"))
    }

    @Test func severalNotebooksRunAtOnce() throws {
        let paths = try (1...3).map { try write("job\($0).swiftscript", "// %%\nprint(\"job\", \($0))\nclaim(\"c\", measured: 1, .equal(1))\n") }
        let ended = try finish(start(["run"] + paths + ["--jobs", "2", "--out", folder + "/out"]))
        #expect(ended.status == 0, "\(ended.errors)")
        for number in 1...3 { #expect(ended.output.contains("job \(number)\n")) }
    }

    @Test func theSameNotebookGivesTheSameFiguresToTheByte() throws {
        let path = try write(
            "figure é.swiftscript",
            """
            // ---
            // slug: bytes
            // ---

            // %%
            import PyBridge
            let plt = try Python.import("matplotlib.pyplot")
            let figure = try plt.figure(figsize: [5, 4])
            let axes = try figure.subplots()
            try axes.plot([1, 2, 3], [1.5, 2.5, 0.5], label: "µ")
            try axes.legend()
            try display(figure, as: "line", caption: "A line")

            // %% [python]
            // import matplotlib.pyplot as plt
            // fig, ax = plt.subplots()
            // ax.fill_between([0, 1], [1, 2], alpha=0.4, hatch="//")
            // display(fig, "area")
            """)
        let files = ["line.png", "line.svg", "area.png", "area.svg"]
        var contents: [[Data]] = []
        for _ in 0..<2 {
            let ended = try repl("run", path, "--out", folder + "/out")
            #expect(ended.status == 0, "\(ended.errors)")
            contents.append(try files.map { try Data(contentsOf: URL(fileURLWithPath: folder + "/out/bytes/" + $0)) })
        }
        #expect(contents[0] == contents[1])
        #expect(contents[0][0].starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(String(decoding: contents[0][1], as: UTF8.self).contains("<svg"))
        #expect(try record("bytes").figures.map(\.name) == ["line", "area"])
        #expect(try record("bytes").figures[0].caption == "A line")
    }

    @Test func aFigureNameThatLeavesTheFolderIsRefused() throws {
        let path = try write(
            "escape.swiftscript",
            "// %%\nimport PyBridge\nlet plt = try Python.import(\"matplotlib.pyplot\")\ntry display(plt.figure(), as: \"../x\")\n")
        let ended = try repl("run", path, "--out", folder + "/out")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("as: \"../x\" cannot name a figure's files"))
    }
}
