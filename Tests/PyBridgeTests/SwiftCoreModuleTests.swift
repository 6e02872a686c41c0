import Core
import Foundation
import PyBridge
import Testing

/// `import swiftcore` in the embedded interpreter. Tests/Python holds what it shares with the extension.
@Suite(.serialized) struct SwiftCoreModuleTests {
    /// In a process of its own: the tests look at its memory, and other suites run beside this one.
    @Test func everyExportedFunctionInTheEmbeddedInterpreter() async throws {
        let result = try await #require(
            processExitsWith: .success, observing: [\.standardOutputContent]
        ) {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Python").path
            let outcome = try Python.run(
                source: """
                    import sys, unittest
                    sys.dont_write_bytecode = True
                    sys.path.insert(0, \(String(reflecting: folder)))
                    suite = unittest.defaultTestLoader.loadTestsFromName("test_swiftcore")
                    result = unittest.TestResult()
                    suite.run(result)
                    problems = [f"{test}: {text}" for test, text in result.failures + result.errors]
                    f"{result.testsRun} tests, {len(problems)} problems\\n" + "\\n".join(problems)
                    """)
            print(try String(#require(outcome)))
        }
        let report = String(decoding: result.standardOutputContent, as: UTF8.self)
        #expect(report.contains("30 tests, 0 problems"), "\(report)")
    }

    @Test func publishedValuesAreSharedWithTheModule() throws {
        let samples: Vector = [3, 1, 4, 1, 5, 9, 2, 6]
        try Python.publish(samples, as: "swiftcore_samples")
        let half = try Python.run(
            source: """
                import swiftcore
                swiftcore_half = swiftcore.mathematics.quantile(swiftcore_samples, 0.5)
                swiftcore_half
                """)
        #expect(try Double(#require(half)) == quantile(of: samples, at: 0.5))
        // And back: what a Python cell publishes, a Swift cell takes.
        let transformed = try Python.run(source: "swiftcore.mathematics.normal_cdf(swiftcore_samples)")
        #expect(try Vector(#require(transformed)) == samples.map(normalCDF))
    }

    @Test func theProcessHasOneModule() throws {
        let origin = try Python.run(source: "import swiftcore\nswiftcore.__spec__.origin")
        #expect(try String(#require(origin)) == "built-in")
    }
}

/// The generator on marks that cannot be exported: each error names file, line, parameter and type.
@Suite struct SwiftCoreGeneratorTests {
    /// Runs the generator on one file of a module `Science`; returns its status and what it wrote to stderr.
    private func generate(_ source: String) throws -> (status: Int32, message: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let module = folder.appendingPathComponent("Science")
        try FileManager.default.createDirectory(at: module, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try source.write(to: module.appendingPathComponent("Paper.swift"), atomically: true, encoding: .utf8)
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        // Beside the tests, or where Scripts/lib/setup.sh builds.
        let places = [program.deletingLastPathComponent(), project.appendingPathComponent(".build/release")]
        let generators = places.map { $0.appendingPathComponent("swiftcore-generator") }
        let generator: URL = try #require(generators.first { FileManager.default.isExecutableFile(atPath: $0.path) })
        let process = Process()
        process.executableURL = generator
        process.arguments = ["--core", folder.path, "--swift", folder.appendingPathComponent("Exports.swift").path]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, message)
    }

    @Test(arguments: [
        (
            "// swiftcore: f\n/// Does.\npublic func f(\n    _ x: Double, by path: KeyPath<String, Int>\n) -> Double { x }",
            "Paper.swift:4: error: f: the parameter 'path' has the type KeyPath<String, Int>, for which there is no rule"
        ),
        (
            "public final class Machine {}\n// swiftcore: f\npublic func f(_ x: [Machine]) {}",
            "Paper.swift:3: error: f: the parameter 'x' has the type [Machine]"
        ),
        (
            "// swiftcore: f\npublic func f(_ x: Double) -> Set<Int> { [] }",
            "Paper.swift:2: error: f: the result of f has the type Set<Int>"
        ),
        ("// swiftcore: f\nfunc f() {}", "Paper.swift:1: error: f is marked for Python but not public"),
        ("// swiftcore: f; twice\npublic func f() {}", "Paper.swift:1: error: 'twice' is no option of a mark"),
        ("// swiftcore: f\nlet x = 1", "Paper.swift:1: error: this mark is not above"),
        (
            "// swiftcore: f\npublic func f(_ x: Double, report: (Double) -> Double = { $0 }) {}",
            "Paper.swift:2: error: f: the parameter 'report' is a closure with a default"
        ),
        (
            "// swiftcore: f\npublic func f() {}\n// swiftcore: f\npublic func g() {}",
            "swiftcore.science.f is exported twice"
        ),
    ])
    func whatCannotBeExportedIsAnError(source: String, expected: String) throws {
        let (status, message) = try generate(source)
        #expect(status == 1)
        #expect(message.contains(expected), "\(message)")
    }

    @Test func oneLineExportsAFunction() throws {
        let (status, message) = try generate(
            """
            // swiftcore: double_all
            /// Twice every number.
            ///
            /// - Parameter values: the numbers.
            public func doubleAll(_ values: [Double], times factor: Int = 1) -> [Double] { values }
            """)
        #expect(status == 0, "\(message)")
    }
}
