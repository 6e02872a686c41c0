import Foundation

/// The libraries that an object file asks to be linked with: Swift notes them for its imports in a section
/// of their own. A cell is linked without naming any library, so the worker opens these before the cell.
struct AutolinkEntries {
    /// Library names without `lib` and ending, such as "swiftObservation".
    let libraries: [String]

    /// Reads a 64-bit little-endian ELF object; anything else has no entries.
    init(objectFile path: String) {
        guard let data = FileManager.default.contents(atPath: path) else {
            libraries = []
            return
        }
        libraries = AutolinkEntries.section(named: ".swift1_autolink_entries", of: [UInt8](data))
            .split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }
            .filter { $0.hasPrefix("-l") }
            .map { String($0.dropFirst(2)) }
    }

    private static func section(named name: String, of bytes: [UInt8]) -> ArraySlice<UInt8> {
        func integer(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset + size <= bytes.count else { return nil }
            return (0..<size).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(bytes[offset + $1]) << UInt64(8 * $1)) }
        }
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
            let table = integer(0x28, 8), let entrySize = integer(0x3A, 2), let count = integer(0x3C, 2),
            let nameIndex = integer(0x3E, 2), let names = integer(table + nameIndex * entrySize + 0x18, 8)
        else { return [] }
        let wanted = Array(name.utf8) + [0]
        for index in 0..<count {
            let header = table + index * entrySize
            guard let nameOffset = integer(header, 4), let offset = integer(header + 0x18, 8),
                let size = integer(header + 0x20, 8)
            else { continue }
            let start = names + nameOffset
            guard start + wanted.count <= bytes.count, bytes[start..<start + wanted.count].elementsEqual(wanted),
                offset + size <= bytes.count
            else { continue }
            return bytes[offset..<offset + size]
        }
        return []
    }
}
