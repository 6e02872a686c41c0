import Foundation

/// The Swift toolchain that compiles cells: the one whose `swift` comes first on the path.
public struct Toolchain: Sendable {
    /// The folder that holds `bin`, `lib` and `include`.
    public let root: String
    /// The linker and whether it is gold, which links a cell in half the time of lld.
    public let linker: String
    /// What tells this toolchain from another in the cache's keys.
    public let identity: String

    public var sourceKitLibrary: String { root + "/lib/libsourcekitdInProc.so" }
    public var resourceFolder: String { root + "/lib/swift" }
    public var symbolizer: String { root + "/bin/llvm-symbolizer" }
    public var runtimeObject: String { "\(root)/lib/swift/linux/\(Toolchain.architecture)/swiftrt.o" }

    /// The compiler's version, such as "6.3.3"; nil where the compiler does not say. Starts it.
    public var version: String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: root + "/bin/swiftc")
        process.arguments = ["--version"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard let start = text.range(of: "Swift version ")?.upperBound else { return nil }
        return String(text[start...].prefix { $0.isNumber || $0 == "." })
    }

    /// A library of the toolchain by its name without `lib` and ending; nil where it has none of that name.
    func library(_ name: String) -> String? {
        let path = "\(root)/lib/swift/linux/lib\(name).so"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    #if arch(arm64)
        public static let architecture = "aarch64"
    #else
        public static let architecture = "x86_64"
    #endif

    /// Finds the toolchain.
    ///
    /// - Throws: `ToolchainError` saying what is missing and how to get it.
    public static func find(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ToolchainError) -> Toolchain {
        let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        guard let swift = executable("swift-frontend", on: path) ?? executable("swift", on: path) else {
            throw .noSwift(path: path)
        }
        let real = URL(fileURLWithPath: swift).resolvingSymlinksInPath()
        let root = real.deletingLastPathComponent().deletingLastPathComponent().path
        let sourceKit = root + "/lib/libsourcekitdInProc.so"
        guard FileManager.default.fileExists(atPath: sourceKit) else {
            throw .missing(file: sourceKit, toolchain: root)
        }
        guard let linker = executable("ld.gold", on: path) ?? executable("ld.lld", on: root + "/bin:" + path) else {
            throw .noLinker
        }
        return Toolchain(
            root: root, linker: linker, identity: [root, fileIdentity(sourceKit), fileIdentity(linker)].joined(separator: "|"))
    }

    private static func executable(_ name: String, on path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}

/// A file's size and time of change, which tell one build of it from another.
func fileIdentity(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "\(path): missing" }
    return "\(path):\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
}

/// What a machine lacks for compiling cells.
public enum ToolchainError: Error, CustomStringConvertible {
    case noSwift(path: String)
    case missing(file: String, toolchain: String)
    case noLinker

    public var description: String {
        switch self {
        case .noSwift(let path):
            "no swift on PATH (\(path)): install a Swift 6 toolchain from swift.org and put its bin folder on PATH"
        case .missing(let file, let toolchain):
            "the toolchain at \(toolchain) has no \(file): install a complete Swift 6 toolchain from swift.org"
        case .noLinker:
            "neither ld.gold nor ld.lld was found: apt-get install binutils"
        }
    }
}
