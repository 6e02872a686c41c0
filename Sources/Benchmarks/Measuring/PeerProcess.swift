import Foundation

/// A script in another language that does the same work, in a process that lives as long as a suite.
///
/// It reads one request a line as JSON and answers with one line:
/// `{"case", "settings", "arrays": {name: {"file", "shape", "kind"}}, "results"}` prepares a case, does its work and
/// writes each array of results to `results`-0, `results`-1, … as Doubles; the answer is `{"results": count}`.
/// `{"calls"}` does the prepared work so many times; the answer is `{"seconds"}`, those of one call. An answer
/// `{"error"}` says what went wrong. The first line of all is `{"versions"}`.
public final class PeerProcess {
    /// What the peer is, with its versions.
    public private(set) var versions = ""
    private let process = Process()
    private let requests = Pipe()
    private let answers = Pipe()
    private let folder: String
    private var unread = Data()

    /// Starts a script.
    ///
    /// - Parameters:
    ///   - interpreter: the program that runs it.
    ///   - script: its path.
    ///   - threads: how many threads its libraries may use.
    public init(interpreter: String, script: String, threads: Int) throws {
        signal(SIGPIPE, SIG_IGN)
        folder = NSTemporaryDirectory() + "/benchmark-\(getpid())-\(threads)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = [script]
        var environment = ProcessInfo.processInfo.environment
        for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"] { environment[name] = "\(threads)" }
        process.environment = environment
        process.standardInput = requests
        process.standardOutput = answers
        do { try process.run() } catch { throw BenchmarkError("cannot run \(interpreter): \(error)") }
        var line = Data()
        while let part = try? answers.fileHandleForReading.read(upToCount: 1), !part.isEmpty, part != Data("\n".utf8) {
            line += part
        }
        guard let greeting = try? JSONSerialization.jsonObject(with: line) as? [String: String],
            let versions = greeting["versions"]
        else { throw BenchmarkError("\(script) did not start") }
        self.versions = versions
    }

    deinit {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Prepares a case and returns the results of its work.
    func prepare(_ work: ComparedCase) throws -> [[Double]] {
        var arrays: [String: Any] = [:]
        for (name, array) in work.inputs {
            let path = "\(folder)/input-\(name)"
            try array.write(to: path)
            arrays[name] = ["file": path, "shape": array.shape, "kind": array.kind.rawValue]
        }
        let results = folder + "/result"
        let answer = try ask([
            "case": work.peerName, "settings": work.settings, "arrays": arrays, "results": results,
        ])
        guard let count = answer["results"] as? Int else { throw BenchmarkError("the peer's answer is \(answer)") }
        return try (0..<count).map { try NumericArray.read("\(results)-\($0)") }
    }

    /// The seconds of one call, measured over `calls`.
    func measure(calls: Int) throws -> Double {
        let answer = try ask(["calls": calls])
        guard let seconds = answer["seconds"] as? Double else { throw BenchmarkError("the peer's answer is \(answer)") }
        return seconds
    }

    private func ask(_ request: [String: Any]) throws -> [String: Any] {
        let data = try JSONSerialization.data(withJSONObject: request) + Data("\n".utf8)
        try requests.fileHandleForWriting.write(contentsOf: data)
        let newline = UInt8(ascii: "\n")
        while !unread.contains(newline) {
            let part = answers.fileHandleForReading.availableData
            if part.isEmpty { throw BenchmarkError("the peer ended (see above)") }
            unread += part
        }
        let end = unread.firstIndex(of: newline) ?? unread.endIndex
        let line = Data(unread[..<end])
        unread = Data(unread[end...].dropFirst())
        guard let answer = try JSONSerialization.jsonObject(with: line) as? [String: Any] else {
            throw BenchmarkError("the peer's answer is not an object: \(String(decoding: line, as: UTF8.self))")
        }
        if let error = answer["error"] { throw BenchmarkError("the peer failed: \(error)") }
        return answer
    }
}
