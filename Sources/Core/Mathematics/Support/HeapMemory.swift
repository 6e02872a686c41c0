import Foundation

/// The bytes that the program holds from the C library's allocator; nil where the library does not tell.
///
/// Blocks of 16 KiB and more that a vector or tensor gave back may still count: they are kept for its next use. The
/// difference of two calls is the growth in between, on all threads.
public func heapBytesInUse() -> Int? {
    #if canImport(Glibc)
    typealias Inform = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
    guard let symbol = dlsym(nil, "malloc_info") else { return nil }
    let inform = unsafeBitCast(symbol, to: Inform.self)
    var text: UnsafeMutablePointer<CChar>?
    var length = 0
    guard let stream = open_memstream(&text, &length) else { return nil }
    let status = inform(0, stream)
    fclose(stream)
    defer { free(text) }
    guard status == 0, let text else { return nil }
    // One element a heap, then the totals: what the system gave, less what waits in free lists, and separate maps.
    let totals = String(cString: text).components(separatedBy: "</heap>").last ?? ""
    func size(_ element: String) -> Int {
        guard let start = totals.range(of: element) else { return 0 }
        let rest = totals[start.upperBound...]
        guard let label = rest.range(of: "size=\"") else { return 0 }
        return Int(rest[label.upperBound...].prefix { $0.isNumber }) ?? 0
    }
    return size("<system type=\"current\"") - size("<total type=\"fast\"") - size("<total type=\"rest\"")
        + size("<total type=\"mmap\"")
    #else
    return nil
    #endif
}
