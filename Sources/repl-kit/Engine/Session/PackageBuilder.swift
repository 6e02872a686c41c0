import Foundation

/// A Swift package that cells can import.
struct BuiltPackage: Sendable {
    /// Where it was built.
    let folder: String
    let library: String
    /// Folders of Swift modules, and module maps of the C modules among them.
    let modules: [String]
    let moduleMaps: [String]
    /// The modules that a cell can import.
    let importable: [String]
}

/// Builds a package's library products into one dynamic library, once, in the cache.
struct PackageBuilder {
    let toolchain: Toolchain
    let cacheFolder: String
    /// What the build is doing, as it happens.
    let progress: (String) -> Void
    /// Whether the build is to be given up.
    let isStopped: () -> Bool

    struct Request: Equatable {
        enum Version: Equatable {
            case newest
            case from(String)
            case branch(String)
        }

        var location: String
        var version = Version.newest
        var isLocal: Bool { !location.contains("://") && !location.hasPrefix("git@") }

        /// "PATH-OR-URL [from VERSION | branch NAME]".
        init(_ argument: String) throws {
            var words = argument.split(separator: " ").map(String.init)
            if words.count >= 3, ["from", "branch"].contains(words[words.count - 2]) {
                version = words[words.count - 2] == "from" ? .from(words[words.count - 1]) : .branch(words[words.count - 1])
                words.removeLast(2)
            }
            guard !words.isEmpty else { throw PackageError("no package is named; expected a path or a URL") }
            location = words.joined(separator: " ")
            if isLocal {
                location = URL(fileURLWithPath: (location as NSString).expandingTildeInPath).standardizedFileURL.path
                guard FileManager.default.fileExists(atPath: location + "/Package.swift") else {
                    throw PackageError("\(location) has no Package.swift; expected the folder of a Swift package")
                }
            }
        }
    }

    func build(_ request: Request) throws -> BuiltPackage {
        let folder = "\(cacheFolder)/packages/\(CellCache.key([request.location, "\(request.version)", toolchain.identity]).prefix(24))"
        try FileManager.default.createDirectory(atPath: folder + "/Sources/SessionPackage", withIntermediateDirectories: true)
        let stamp = folder + "/stamp"
        let state = request.isLocal ? sourceState(request.location) : ""
        if let known = try? String(contentsOfFile: stamp, encoding: .utf8), known == state, let built = try? collect(folder) {
            return built
        }
        try "".write(toFile: folder + "/Sources/SessionPackage/empty.swift", atomically: true, encoding: .utf8)
        let (package, products) = try describe(request, in: folder)
        guard !products.isEmpty else { throw PackageError("\(request.location) has no library product") }
        try manifest(dependency(request, in: folder), package: package, products: products).write(
            toFile: folder + "/Package.swift", atomically: true, encoding: .utf8)
        progress("building \(products.joined(separator: ", "))")
        // Cells see the internals of what they import: with -enable-testing those link.
        try swift(["build", "-c", "release", "-Xswiftc", "-enable-testing", "--product", "SessionPackage"], in: folder)
        let built = try collect(folder)
        try state.write(toFile: stamp, atomically: true, encoding: .utf8)
        return built
    }

    /// The package's identity and its library products.
    private func describe(_ request: Request, in folder: String) throws -> (package: String, products: [String]) {
        var source = request.location
        if !request.isLocal {
            progress("fetching \(request.location)")
            try manifest(dependency(request, in: folder), package: nil, products: []).write(
                toFile: folder + "/Package.swift", atomically: true, encoding: .utf8)
            try swift(["package", "resolve"], in: folder)
            source = folder + "/.build/checkouts/" + PackageBuilder.identity(request.location)
        }
        let text = try swift(["package", "dump-package"], in: source)
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
            let products = object["products"] as? [[String: Any]]
        else { throw PackageError("\(request.location): its manifest cannot be read") }
        let names = products.compactMap { product -> String? in
            guard let type = product["type"] as? [String: Any], type["library"] != nil else { return nil }
            return product["name"] as? String
        }
        return (PackageBuilder.identity(request.location), names)
    }

    private static func identity(_ location: String) -> String {
        var name = location.split(separator: "/").last.map(String.init) ?? location
        if name.hasSuffix(".git") { name.removeLast(4) }
        return name
    }

    private func dependency(_ request: Request, in folder: String) throws -> String {
        let place = swiftLiteral(request.location)
        if request.isLocal { return ".package(path: \(place))" }
        switch request.version {
        case .from(let version): return ".package(url: \(place), from: \(swiftLiteral(version)))"
        case .branch(let branch): return ".package(url: \(place), branch: \(swiftLiteral(branch)))"
        case .newest:
            let tags = try run("/usr/bin/env", ["git", "ls-remote", "--tags", request.location])
            guard tags.status == 0 else {
                throw PackageError("\(request.location) cannot be reached: \(tags.errors.trimmingCharacters(in: .whitespacesAndNewlines))")
            }
            let versions = tags.output.matches(of: #/refs/tags/v?([0-9]+)\.([0-9]+)\.([0-9]+)\n/#).compactMap { match -> [Int]? in
                guard let major = Int(match.1), let minor = Int(match.2), let patch = Int(match.3) else { return nil }
                return [major, minor, patch]
            }
            guard let newest = versions.max(by: { $0.lexicographicallyPrecedes($1) }) else {
                return ".package(url: \(place), branch: \(swiftLiteral(try defaultBranch(request.location))))"
            }
            return ".package(url: \(place), from: \"\(newest.map(String.init).joined(separator: "."))\")"
        }
    }

    /// The branch that a repository itself takes for its first.
    private func defaultBranch(_ location: String) throws -> String {
        let head = try run("/usr/bin/env", ["git", "ls-remote", "--symref", location, "HEAD"])
        guard let match = head.output.firstMatch(of: #/ref: refs/heads/(\S+)\s+HEAD/#) else { return "main" }
        return String(match.1)
    }

    private func manifest(_ dependency: String, package: String?, products: [String]) -> String {
        let uses = products.map { ".product(name: \(swiftLiteral($0)), package: \(swiftLiteral(package ?? "")))" }
        return """
            // swift-tools-version: 5.9
            import PackageDescription
            let package = Package(
                name: "SessionPackage",
                products: [.library(name: "SessionPackage", type: .dynamic, targets: ["SessionPackage"])],
                dependencies: [\(dependency)],
                targets: [.target(name: "SessionPackage", dependencies: [\(uses.joined(separator: ", "))])])
            """
    }

    private func collect(_ folder: String) throws -> BuiltPackage {
        let files = FileManager.default
        let products = URL(fileURLWithPath: folder + "/.build/release").resolvingSymlinksInPath().path
        let library = products + "/libSessionPackage.so"
        guard files.fileExists(atPath: library) else { throw PackageError("the build made no library") }
        let modules = products + "/Modules"
        let names = ((try? files.contentsOfDirectory(atPath: modules)) ?? []).filter { $0.hasSuffix(".swiftmodule") }
            .map { String($0.dropLast(".swiftmodule".count)) }.filter { $0 != "SessionPackage" }.sorted()
        var maps: [String] = []
        for entry in ((try? files.contentsOfDirectory(atPath: products)) ?? []).sorted() where entry.hasSuffix(".build") {
            let map = "\(products)/\(entry)/module.modulemap"
            if files.fileExists(atPath: map) { maps.append(map) }
        }
        for checkout in ((try? files.contentsOfDirectory(atPath: folder + "/.build/checkouts")) ?? []).sorted() {
            let sources = "\(folder)/.build/checkouts/\(checkout)/Sources"
            for target in ((try? files.contentsOfDirectory(atPath: sources)) ?? []).sorted() {
                let map = "\(sources)/\(target)/include/module.modulemap"
                if files.fileExists(atPath: map) { maps.append(map) }
            }
        }
        return BuiltPackage(folder: folder, library: library, modules: [modules], moduleMaps: maps, importable: names)
    }

    /// What tells one state of a local package's sources from another.
    private func sourceState(_ folder: String) -> String {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return UUID().uuidString }
        var parts: [String] = []
        while let name = walk.nextObject() as? String {
            if name.hasPrefix(".") {
                walk.skipDescendants()
            } else {
                parts.append(fileIdentity(folder + "/" + name))
            }
        }
        return CellCache.key(parts.sorted())
    }

    @discardableResult
    private func swift(_ arguments: [String], in folder: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: toolchain.root + "/bin/swift")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let log = NSTemporaryDirectory() + "/repl-kit-package-\(UUID().uuidString)"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: log) }
        guard let handle = FileHandle(forWritingAtPath: log) else { throw PackageError("\(log) cannot be written") }
        let errors = log + ".errors"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: errors) }
        process.standardOutput = handle
        process.standardError = FileHandle(forWritingAtPath: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            if isStopped() {
                process.terminate()
                process.waitUntilExit()
                throw CancellationError()
            }
            usleep(20_000)
        }
        process.waitUntilExit()
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0 else {
            let words = output + ((try? String(contentsOfFile: errors, encoding: .utf8)) ?? "")
            let lines = words.split(separator: "\n")
            let told = lines.filter { $0.contains("error:") }
            throw PackageError((told.isEmpty ? Array(lines.suffix(8)) : Array(told.prefix(8))).joined(separator: "\n"))
        }
        return output
    }
}

/// Why a package cannot be added.
struct PackageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
