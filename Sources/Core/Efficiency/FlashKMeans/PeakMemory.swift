import Foundation

/// By how many bytes the process's resident memory exceeds that of the beginning at its highest during `body`, as Linux counts
/// it (`VmHWM`); nil where the system does not say.
///
/// Memory that the process had before and uses again does not count.
public func peakResidentBytes<E: Error>(during body: () throws(E) -> Void) throws(E) -> Int? {
    func bytes(_ field: String) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    // Sets the mark back to what is resident now.
    let reset = FileHandle(forWritingAtPath: "/proc/self/clear_refs")
    let isReset = (try? reset?.write(contentsOf: Data("5".utf8))) != nil && reset != nil
    try? reset?.close()
    let before = bytes("VmRSS")
    try body()
    guard isReset, let before, let peak = bytes("VmHWM") else { return nil }
    return max(0, peak - before)
}
