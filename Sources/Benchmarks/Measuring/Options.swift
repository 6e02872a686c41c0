import Foundation

/// What the command line of a suite says.
public struct Options {
    /// Only cases whose name contains this.
    public var filter = ""
    /// The numbers of threads to measure with.
    public var threads = [1, 2]
    /// Where the JSON goes.
    public var folder = ".build/bench"
    /// The program that runs the peer's script.
    public var interpreter = "/usr/bin/python3"
    /// The folder of the peers' scripts.
    public var peers = "Scripts/lib/peers"

    /// Reads `--only TEXT`, `--threads N[,M]`, `--out FOLDER`, `--interpreter PATH` and `--peers FOLDER`.
    public init(_ arguments: [String] = Array(CommandLine.arguments.dropFirst())) throws {
        var index = 0
        while index < arguments.count {
            let option = arguments[index]
            guard index + 1 < arguments.count else { throw BenchmarkError("\(option): expected a value") }
            let value = arguments[index + 1]
            switch option {
            case "--only": filter = value
            case "--out": folder = value
            case "--interpreter": interpreter = value
            case "--peers": peers = value
            case "--threads":
                threads = value.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
                if threads.isEmpty { throw BenchmarkError("--threads \(value): expected numbers such as 1,2") }
            default: throw BenchmarkError("\(option): expected --only, --threads, --out, --interpreter or --peers")
            }
            index += 2
        }
    }

    /// Whether a case is wanted.
    public func includes(_ name: String) -> Bool { filter.isEmpty || name.contains(filter) }
}
