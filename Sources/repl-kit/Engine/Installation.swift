import Foundation

/// Where the parts of repl-kit lie: the library that cells link against, its modules, the worker.
public struct Installation: Sendable {
    public let program: String
    public let worker: String
    public let library: String
    /// The folder of the Swift modules that a cell can import.
    public let modules: String
    /// Module maps of the C modules that those Swift modules are built on.
    public let moduleMaps: [String]

    /// What tells this build of the library from another in the cache's keys.
    public var identity: String { fileIdentity(library) }

    /// Finds the parts beside a program of this package.
    ///
    /// - Parameter folder: The folder of the built products; nil takes the running program's own.
    /// - Throws: `InstallationError` naming the missing part.
    public static func find(in folder: String? = nil) throws(InstallationError) -> Installation {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        let folder = folder ?? own
        func part(_ name: String) throws(InstallationError) -> String {
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { throw .missing(part: name, folder: folder) }
            return path
        }
        return Installation(
            program: try part("repl-kit"), worker: try part("repl-kit-worker"),
            library: try part("libReplKitLibrary.so"), modules: try part("Modules"), moduleMaps: moduleMaps(beside: folder))
    }

    /// SwiftPM writes a module map for each C target that has none; packages and system libraries bring theirs.
    private static func moduleMaps(beside folder: String) -> [String] {
        let files = FileManager.default
        func children(_ path: String) -> [String] {
            ((try? files.contentsOfDirectory(atPath: path)) ?? []).sorted().map { path + "/" + $0 }
        }
        var maps = children(folder).filter { $0.hasSuffix(".build") }.map { $0 + "/module.modulemap" }
        // <package>/.build/<triple>/release
        let scratch = URL(fileURLWithPath: folder).deletingLastPathComponent().deletingLastPathComponent()
        maps.append(scratch.path + "/checkouts/swift-numerics/Sources/_NumericsShims/include/module.modulemap")
        let package = scratch.deletingLastPathComponent().path
        maps += children(package + "/Sources/System").map { $0 + "/module.modulemap" }
        return maps.filter { files.fileExists(atPath: $0) }
    }
}

/// A part of repl-kit that is not where it should be.
public enum InstallationError: Error, CustomStringConvertible {
    case missing(part: String, folder: String)

    public var description: String {
        switch self {
        case .missing(let part, let folder):
            "\(folder) has no \(part): build the whole package with Scripts/run or Scripts/test"
        }
    }
}
