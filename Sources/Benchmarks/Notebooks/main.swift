// Speed of the notebook engine against `swift FILE` on the same line. Run by `Scripts/bench notebooks`.
import BenchmarkMeasuring
import Foundation
import NotebookEngine
import NotebookFormat
import NotebookProtocol

/// Foundation has one too.
typealias Measurement = BenchmarkMeasuring.Measurement

/// Runs a program and waits for its end.
func runProgram(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw BenchmarkError("\(path) \(arguments.joined(separator: " ")) ended with status \(process.terminationStatus)")
    }
}

let workFolder = NSTemporaryDirectory() + "/repl-kit-bench-\(getpid())"
try FileManager.default.createDirectory(atPath: workFolder, withIntermediateDirectories: true)
let installation = try Installation.find()
let toolchain = try Toolchain.find()

// MARK: - A trivial cell in a warm session, against `swift FILE` on the same line

func trivialCell() throws -> Measurement {
    let cache = try CellCache(folder: workFolder + "/trivial-cache")
    let session = try Session(
        installation: installation, toolchain: toolchain, cache: cache,
        options: Session.Options(run: RunConfiguration(outputFolder: workFolder, scale: .smoke)))
    try session.warmUp()
    func runCell(_ source: String) throws {
        let outcome = session.run(CellInput(source: source, file: "bench.swiftscript", firstLine: 1)) { _ in }
        guard outcome == .succeeded else { throw BenchmarkError("\(source): \(outcome)") }
    }
    for round in 0..<3 { try runCell("let warm\(round) = 1; warm\(round)") }

    let file = workFolder + "/trivial.swift"
    let swift = toolchain.root + "/bin/swift"
    var ours: [Double] = []
    var peers: [Double] = []
    for round in 0..<15 {
        // A number of its own for each round, so that nothing comes from a cache.
        let source = "let x = \(round + 1); x"
        ours.append(try seconds { try runCell(source) })
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        peers.append(try seconds { try runProgram(swift, ["-suppress-warnings", file]) })
    }
    return Measurement(
        name: "source to result of `let x = 1; x`, warm", ours: Timing(ours), peer: Timing(peers),
        bar: .speed(atLeast: 1 / 0.7), statistic: .median, note: "median, peer: `swift FILE`")
}

// MARK: - A notebook whose cells are cached, and one whose compile time hides behind computation

func write(_ cells: [String], slug: String) throws -> String {
    let path = "\(workFolder)/\(slug).swiftscript"
    let text = "// ---\n// title: \(slug)\n// ---\n" + cells.map { "\n// %%\n\($0)\n" }.joined()
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
}

/// A cell with enough in it that the compiler has work.
func busyCell(_ number: Int, computingFor time: Double) -> String {
    """
    struct State\(number) { var values: [Double]; var label: String }
    func step\(number)(_ state: State\(number)) -> State\(number) {
        let next = state.values.enumerated().map { $0.element * 0.5 + Double($0.offset) }.filter { $0.isFinite }
        return State\(number)(values: next.sorted { $0 > $1 }, label: state.label + String(next.count))
    }
    let begin\(number) = ContinuousClock.now
    var state\(number) = State\(number)(values: (0..<64).map { Double($0) }, label: "")
    while ContinuousClock.now - begin\(number) < .milliseconds(\(Int(time * 1000))) {
        state\(number) = step\(number)(state\(number))
        state\(number).label = ""
    }
    print(state\(number).values.count)
    """
}

func unchangedNotebook() throws -> Measurement {
    let path = try write(["import Core"] + (1...10).map { busyCell($0, computingFor: 0) }, slug: "unchanged")
    let environment = ["REPL_KIT_CACHE": workFolder + "/unchanged-cache"]
    let arguments = ["run", path, "--out", workFolder + "/figures"]
    let first = try seconds { try runProgram(installation.program, arguments, environment: environment) }
    var again: [Double] = []
    for _ in 0..<5 {
        again.append(try seconds { try runProgram(installation.program, arguments, environment: environment) })
    }
    return Measurement(
        name: "second run of an unchanged notebook, 11 cells", ours: Timing(again), bar: .seconds(atMost: 0.5),
        statistic: .median, note: "median, its first run: \(duration(first))")
}

func hiddenCompilation() throws -> Measurement {
    let environment = ["REPL_KIT_CACHE": workFolder + "/hidden-cache"]
    let arguments = { (path: String) in ["run", path, "--out", workFolder + "/figures"] }
    // The compiler's own modules are made once a machine; that is not what is measured here.
    try runProgram(installation.program, arguments(try write(["import Core", busyCell(99, computingFor: 0)], slug: "first")), environment: environment)
    let idle = try write((1...8).map { busyCell($0, computingFor: 0) }, slug: "idle")
    let compiling = try seconds { try runProgram(installation.program, arguments(idle), environment: environment) }
    let busy = try write((1...8).map { busyCell($0, computingFor: 1) }, slug: "busy")
    let total = try seconds { try runProgram(installation.program, arguments(busy), environment: environment) }
    return Measurement(
        name: "time beyond eight uncached cells of 1 s each", ours: Timing([total - 8]),
        bar: .seconds(atMost: max(0.5, compiling / 2)), note: "compiling alone: \(duration(compiling))")
}

let options = try Options()
let suite = Suite(name: "notebooks", peer: "`swift FILE` and the cells' own time", nameWidth: 48)
let cases: [(label: String, measure: () throws -> Measurement)] = [
    ("trivial cell", trivialCell), ("unchanged notebook", unchangedNotebook), ("hidden compilation", hiddenCompilation),
]
for entry in cases where options.includes(entry.label) { suite.record(entry.label, entry.measure) }
let status = suite.finish(folder: options.folder)
try? FileManager.default.removeItem(atPath: workFolder)
exit(status)
