import Foundation

extension ComparedCase {
    /// By how many bytes the resident memory grows over so many calls, after as many as fill the caches.
    public func memoryGrowth(calls: Int) throws -> Int {
        try run(Swift.max(20, calls / 20))
        let before = try residentBytes()
        try run(calls)
        return try residentBytes() - before
    }
}

/// The memory of this process that lies in the machine's.
func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else {
        throw BenchmarkError("/proc/self/statm is \(text): expected numbers of pages")
    }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
