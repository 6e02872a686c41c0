import Foundation

/// The declarations of libraries that are not public, by module.
///
/// Cells are compiled without access control, so that they see what earlier cells declare; the compiler then offers the
/// internals of every library, too. Its symbol graph says which those are. Belongs to the compiler's queue.
final class HiddenNames {
    private let toolchain: Toolchain
    private let installation: Installation
    private let folder: String
    private var known: [String: Set<String>] = [:]

    init(toolchain: Toolchain, installation: Installation, cache: CellCache) {
        self.toolchain = toolchain
        self.installation = installation
        folder = cache.compilerModules + "/hidden-names"
    }

    /// Forgets what is known of packages: one of them may have changed.
    func forget() { known = [:] }

    /// The symbols (USRs) of a module that are not public; empty where the compiler says nothing of the module.
    ///
    /// The first question about a module costs up to a second; the answer is kept in the cache.
    func symbols(of module: String, packages: [BuiltPackage]) -> Set<String> {
        if let symbols = known[module] { return symbols }
        let file = "\(folder)/\(module)-\(CellCache.key([identity(of: module, packages)]).prefix(24))"
        let symbols: Set<String>
        if let text = try? String(contentsOfFile: file, encoding: .utf8) {
            symbols = Set(text.split(separator: "\n").map(String.init))
        } else {
            symbols = (try? read(module, packages)) ?? []
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try? symbols.sorted().joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        }
        known[module] = symbols
        return symbols
    }

    private func folders(_ packages: [BuiltPackage]) -> [String] {
        [installation.modules] + packages.flatMap(\.modules)
    }

    private func identity(of module: String, _ packages: [BuiltPackage]) -> String {
        let files = folders(packages).map { "\($0)/\(module).swiftmodule" }
        return files.first { FileManager.default.fileExists(atPath: $0) }.map(fileIdentity) ?? toolchain.identity
    }

    private struct Graph: Decodable {
        struct Symbol: Decodable {
            struct Identifier: Decodable { var precise: String }
            var identifier: Identifier
            var accessLevel: String
        }
        var symbols: [Symbol]
    }

    private func read(_ module: String, _ packages: [BuiltPackage]) throws -> Set<String> {
        let output = NSTemporaryDirectory() + "/repl-kit-symbols-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: output) }
        var arguments = [
            "-module-name", module, "-target", "\(Toolchain.architecture)-unknown-linux-gnu", "-output-dir", output,
            "-minimum-access-level", "private", "-skip-inherited-docs", "-skip-synthesized-members",
        ]
        for folder in folders(packages) { arguments += ["-I", folder] }
        for map in installation.moduleMaps + packages.flatMap(\.moduleMaps) {
            arguments += ["-Xcc", "-fmodule-map-file=\(map)"]
        }
        _ = try run(toolchain.root + "/bin/swift-symbolgraph-extract", arguments)
        var symbols: Set<String> = []
        // One file for the module's own types, one for each module whose types it extends.
        for name in try FileManager.default.contentsOfDirectory(atPath: output) where name.hasSuffix(".symbols.json") {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(output)/\(name)"))
            for symbol in try JSONDecoder().decode(Graph.self, from: data).symbols
            where !["public", "open"].contains(symbol.accessLevel) {
                symbols.insert(symbol.identifier.precise)
            }
        }
        return symbols
    }
}
