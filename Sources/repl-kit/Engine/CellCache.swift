import CLibCrypto
import Foundation

/// Compiled cells on disk, shared between runs and processes.
///
/// An entry is a folder named by its key; it is made whole under a temporary name and then renamed, so that
/// two runs that compile the same cell at once do no harm to each other. Every run holds a shared lock;
/// entries are removed only under the exclusive one, so that no run loses what it uses.
public final class CellCache: @unchecked Sendable {
    public let folder: String
    /// Bytes that the cells may take together.
    public let limit: Int
    private let lockDescriptor: Int32

    private var cells: String { folder + "/cells" }
    /// Where the compiler keeps its own modules.
    var compilerModules: String { folder + "/compiler-modules" }

    public static let defaultLimit = 2 << 30

    /// Opens the cache, creating its folder.
    ///
    /// - Parameter folder: nil takes `REPL_KIT_CACHE`, else `repl-kit` in the user's cache folder.
    /// - Throws: `CacheError` for a folder that cannot be made or a limit that is not a size.
    public init(
        folder: String? = nil, limit: Int? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        self.folder = folder ?? CellCache.defaultFolder(environment)
        if let limit {
            self.limit = limit
        } else if let text = environment["REPL_KIT_CACHE_LIMIT"] {
            guard let parsed = CellCache.bytes(from: text) else { throw CacheError.invalidLimit(text) }
            self.limit = parsed
        } else {
            self.limit = CellCache.defaultLimit
        }
        do {
            try FileManager.default.createDirectory(
                atPath: self.folder + "/cells", withIntermediateDirectories: true)
        } catch {
            throw CacheError.unusable(folder: self.folder, reason: error.localizedDescription)
        }
        lockDescriptor = open(self.folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard lockDescriptor >= 0 else {
            throw CacheError.unusable(folder: self.folder, reason: String(cString: strerror(errno)))
        }
        flock(lockDescriptor, LOCK_SH)
    }

    deinit { close(lockDescriptor) }

    static func defaultFolder(_ environment: [String: String]) -> String {
        if let folder = environment["REPL_KIT_CACHE"], !folder.isEmpty { return folder }
        if let caches = environment["XDG_CACHE_HOME"], caches.hasPrefix("/") { return caches + "/repl-kit" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/repl-kit"
    }

    /// A size such as "500M", "2G" or a number of bytes.
    public static func bytes(from text: String) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let last = text.last else { return nil }
        if let unit = units[Character(last.uppercased())] {
            guard let count = Double(text.dropLast()), count >= 0, count < 1e9 else { return nil }
            return Int(count * Double(unit))
        }
        guard let count = Int(text), count >= 0 else { return nil }
        return count
    }

    /// SHA-256 of the parts, each with its length, in hexadecimal.
    static func key(_ parts: [String]) -> String {
        var bytes: [UInt8] = []
        for part in parts {
            bytes += Array("\(part.utf8.count):".utf8)
            bytes += Array(part.utf8)
        }
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private func place(of key: String) -> String { "\(cells)/\(key.prefix(2))/\(key)" }

    /// The folder of a compiled cell, where there is one; using it makes it young again.
    func lookUp(_ key: String) -> String? {
        let path = place(of: key)
        guard FileManager.default.fileExists(atPath: path + "/cell.so") else { return nil }
        utimensat(AT_FDCWD, path, nil, 0)
        return path
    }

    /// A folder to compile into, which `store` then makes an entry.
    func makeTemporaryFolder() throws -> String {
        let path = "\(folder)/cells/making-\(getpid())-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Makes a finished temporary folder the entry of a key. Where another run was first, its entry stays.
    func store(_ temporary: String, as key: String, replacing: Bool) throws -> String {
        let path = place(of: key)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        if rename(temporary, path) == 0 { return path }
        if replacing {
            // Another run may hold the old files open or mapped: they live on under a name to be removed.
            let old = "\(folder)/cells/old-\(getpid())-\(UUID().uuidString)"
            if rename(path, old) == 0 {
                if rename(temporary, path) == 0 {
                    try? FileManager.default.removeItem(atPath: old)
                    return path
                }
                try? FileManager.default.removeItem(atPath: old)
            }
        }
        try? FileManager.default.removeItem(atPath: temporary)
        guard FileManager.default.fileExists(atPath: path + "/cell.so") else {
            throw CacheError.unusable(folder: folder, reason: "cannot store \(path): \(String(cString: strerror(errno)))")
        }
        return path
    }

    /// What the cache holds.
    public struct Contents: Sendable {
        public var cellCount: Int
        public var cellBytes: Int
        public var compilerModuleBytes: Int
    }

    public func contents() -> Contents {
        let entries = self.entries()
        return Contents(
            cellCount: entries.count, cellBytes: entries.reduce(0) { $0 + $1.bytes },
            compilerModuleBytes: CellCache.size(of: compilerModules))
    }

    private struct Entry {
        var path: String
        var bytes: Int
        var used: Date
    }

    private func entries() -> [Entry] {
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: cells)) ?? []).flatMap { shelf -> [Entry] in
            guard shelf.count == 2 else { return [] }
            let path = cells + "/" + shelf
            return ((try? files.contentsOfDirectory(atPath: path)) ?? []).map { name in
                let entry = path + "/" + name
                let used = (try? files.attributesOfItem(atPath: entry)[.modificationDate] as? Date) ?? .distantPast
                return Entry(path: entry, bytes: CellCache.size(of: entry), used: used)
            }
        }
    }

    private static func size(of folder: String) -> Int {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return 0 }
        var total = 0
        while let name = walk.nextObject() as? String {
            var status = stat()
            if lstat(folder + "/" + name, &status) == 0 { total += Int(status.st_blocks) * 512 }
        }
        return total
    }

    /// Removes the entries that were not used for longest until the rest is within the limit. Does nothing
    /// while another run uses the cache.
    public func trim() {
        guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else { return }
        defer { flock(lockDescriptor, LOCK_SH) }
        removeLeftovers()
        var entries = self.entries().sorted { $0.used > $1.used }
        var total = entries.reduce(0) { $0 + $1.bytes }
        while total > limit, let oldest = entries.popLast() {
            try? FileManager.default.removeItem(atPath: oldest.path)
            total -= oldest.bytes
        }
    }

    /// Removes everything.
    ///
    /// - Throws: `CacheError.inUse` while another run uses the cache.
    public func clear() throws {
        guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else { throw CacheError.inUse(folder: folder) }
        defer { flock(lockDescriptor, LOCK_SH) }
        for path in [cells, compilerModules] where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
        try FileManager.default.createDirectory(atPath: cells, withIntermediateDirectories: true)
    }

    /// What runs left behind that were killed while they compiled.
    private func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: cells)) ?? [] where name.count != 2 {
            try? FileManager.default.removeItem(atPath: cells + "/" + name)
        }
    }
}

/// Why the cache cannot be used.
public enum CacheError: Error, CustomStringConvertible, Equatable {
    case unusable(folder: String, reason: String)
    case invalidLimit(String)
    case inUse(folder: String)

    public var description: String {
        switch self {
        case .unusable(let folder, let reason):
            "the cache \(folder) cannot be used: \(reason). REPL_KIT_CACHE names another folder"
        case .invalidLimit(let text):
            "REPL_KIT_CACHE_LIMIT is \"\(text)\"; expected a size such as 500M or 2G"
        case .inUse(let folder): "another run uses the cache \(folder): try again when it has ended"
        }
    }
}
