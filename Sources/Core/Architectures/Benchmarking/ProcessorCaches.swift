import Foundation

/// A cache that holds data of one core.
public struct ProcessorCache: Equatable, Sendable {
    /// 1 is nearest to the core.
    public let level: Int
    /// Its size, also where several cores share it.
    public let bytes: Int

    /// The data caches of a core as Linux reports them, from the nearest on; none where it does not.
    ///
    /// - Parameter folder: where the kernel describes the caches of a core.
    public static func all(in folder: String = "/sys/devices/system/cpu/cpu0/cache") -> [ProcessorCache] {
        func text(_ index: Int, _ name: String) -> String? {
            try? String(contentsOfFile: "\(folder)/index\(index)/\(name)", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        var caches: [ProcessorCache] = []
        var index = 0
        while let kind = text(index, "type") {
            defer { index += 1 }
            guard kind != "Instruction", let level = text(index, "level").flatMap({ Int($0) }),
                let size = text(index, "size"), let bytes = bytes(size)
            else { continue }
            caches.append(ProcessorCache(level: level, bytes: bytes))
        }
        return caches.sorted { $0.level < $1.level }
    }

    /// "32768K" in bytes.
    private static func bytes(_ size: String) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let last = size.last, let unit = units[last] else { return Int(size) }
        return Int(size.dropLast()).map { $0 * unit }
    }
}
