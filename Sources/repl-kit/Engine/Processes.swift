import CEngine
import Foundation

/// Starts a program; `descriptors[i]` becomes its descriptor i (-1: nothing), all others are closed.
///
/// - Throws: `EngineError.system` when it cannot be started.
func spawn(
    _ path: String, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
    descriptors: [Int32]
) throws -> pid_t {
    var argumentPointers = ([path] + arguments).map { strdup($0) }
    argumentPointers.append(nil)
    var environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") }
    environmentPointers.append(nil)
    defer {
        argumentPointers.forEach { free($0) }
        environmentPointers.forEach { free($0) }
    }
    let process = ce_spawn(path, &argumentPointers, &environmentPointers, descriptors, Int32(descriptors.count))
    guard process > 0 else { throw EngineError.system("cannot start \(path)", errno) }
    return process
}

/// Runs a program to its end and returns what it wrote to standard output and error, and its status.
func run(_ path: String, _ arguments: [String]) throws -> (output: String, errors: String, status: Int32) {
    var out: [Int32] = [0, 0]
    var err: [Int32] = [0, 0]
    guard ce_pipe(&out) == 0, ce_pipe(&err) == 0 else { throw EngineError.system("pipe", errno) }
    let process = try spawn(path, arguments, descriptors: [-1, out[1], err[1]])
    close(out[1])
    close(err[1])
    defer {
        close(out[0])
        close(err[0])
    }
    // The linker and the symbolizer write little to standard error: one after the other does not block.
    let output = readToEnd(out[0])
    let errors = readToEnd(err[0])
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return (output, errors, status)
}

private func readToEnd(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count > 0 {
            bytes += chunk[0..<count]
        } else if count == 0 || errno != EINTR {
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// What can go wrong around a cell that is not the cell's own fault.
public enum EngineError: Error, CustomStringConvertible {
    case system(String, Int32)
    case compilerRefused(String)
    case compilerCrashed
    case linkerFailed(String)
    case workerDidNotStart(String)

    public var description: String {
        switch self {
        case .system(let what, let code): "\(what): \(String(cString: strerror(code)))"
        case .compilerRefused(let message): "the compiler refused the request: \(message)"
        case .compilerCrashed: "the compiler crashed twice on this cell"
        case .linkerFailed(let message): "the linker failed: \(message)"
        case .workerDidNotStart(let message): "the worker process did not start: \(message)"
        }
    }
}
