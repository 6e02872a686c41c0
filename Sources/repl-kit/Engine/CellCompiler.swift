import Foundation

/// The cells that a cell can see: the last one's module and everything before it.
struct CellChain: Sendable, Hashable {
    /// The module to re-export: the last successful cell, or the runtime.
    var module = "NotebookRuntime"
    /// The key of that module's cell; it stands for everything before it too.
    var key = ""
    /// The imports that cells of the chain have made.
    var imports: Set<String> = []
    /// Folders of modules that take the place of cells' own, each with what they lack.
    var replacements: [String] = []
    var withdrawn: [String] = []
}

/// A cell, ready to run.
public struct CompiledCell: Sendable {
    public let library: String
    public let entry: String
    public let isAsync: Bool
    /// The libraries that the cell's imports ask for, by full path, to be opened before the cell.
    public let dependencies: [String]
    public let warnings: [Diagnostic]
    public let wasCached: Bool
    /// Seconds that compiling and linking took; zero for a cached cell.
    public let compileSeconds: Double
    public let linkSeconds: Double
    /// What a later cell sees when this one has run.
    let chain: CellChain
    let number: Int
    let input: CellInput
}

/// What the compiler said of a cell that it refused.
public struct CompileFailure: Error, Sendable {
    public let diagnostics: [Diagnostic]
}

/// A cell's text and place.
public struct CellInput: Sendable, Hashable {
    public var source: String
    /// The name that diagnostics give.
    public var file: String
    public var firstLine: Int

    public init(source: String, file: String, firstLine: Int) {
        self.source = source
        self.file = file
        self.firstLine = firstLine
    }
}

/// How cells are optimised.
enum Optimization: String, Sendable {
    /// Where a cell has a loop, a closure or a function.
    case automatic
    case speed, none
}

/// What a question about code needs of the compiler.
struct QueryContext {
    let chain: CellChain
    /// Where the text in question may be written.
    let file: String
    let arguments: [String]
    /// Sends a request in sourcekitd's form and gives its answer.
    let send: (String) throws -> String
    /// The symbols of a library's module that are not public.
    let hiddenSymbols: (String) -> Set<String>
}

/// Turns cells into loadable libraries, one after another, on a queue of its own: while one cell runs the
/// next compiles. Everything that changes is touched on that queue only.
final class CellCompiler: @unchecked Sendable {
    private let queue = DispatchQueue(label: "repl-kit.compiler")
    /// What the next cell will see if all that were begun before it succeed.
    private var nextChain = CellChain()
    private var nextNumber = 1
    /// Counts restarts: cells that were begun before the last one are not worth compiling any more.
    private let generation = Locked(0)

    private let installation: Installation
    private let toolchain: Toolchain
    private let cache: CellCache
    private let ignoresCache: Bool
    private let client: CompileClient
    private let hiddenNames: HiddenNames
    private var optimization = Optimization.automatic
    private var packages: [BuiltPackage] = []
    /// The cells of this session by module: what each was compiled from and against.
    private var history: [String: (input: CellInput, number: Int, chain: CellChain)] = [:]
    /// The modules of this session's cells, by links into the cache: one search path for all of them.
    private let sessionFolder: String

    init(installation: Installation, toolchain: Toolchain, cache: CellCache, ignoresCache: Bool) throws {
        self.installation = installation
        self.toolchain = toolchain
        self.cache = cache
        self.ignoresCache = ignoresCache
        client = CompileClient(installation: installation, toolchain: toolchain)
        hiddenNames = HiddenNames(toolchain: toolchain, installation: installation, cache: cache)
        sessionFolder = NSTemporaryDirectory() + "/repl-kit-\(getpid())-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: sessionFolder, withIntermediateDirectories: true)
    }

    deinit { close() }

    /// Starts the compiler, so that it is warm when the first cell comes.
    func warmUp() {
        queue.async { [self] in
            // A compiler that does not start is reported by the first cell that needs it.
            try? client.start()
        }
    }

    /// Begins to compile a cell, after those that were begun before it.
    func begin(_ input: CellInput) -> BlockingResult<CompiledCell> {
        let pending = BlockingResult<CompiledCell>()
        let begun = generation.value
        queue.async { [self] in
            guard generation.value == begun else {
                pending.fulfil(.failure(CancellationError()))
                return
            }
            let number = nextNumber
            nextNumber += 1
            let outcome = Result { try compile(input, number: number, after: nextChain) }
            if case .success(let cell) = outcome { nextChain = cell.chain }
            pending.fulfil(outcome)
            // While the cell runs there is time for it.
            client.renewIfGrown()
        }
        return pending
    }

    /// Cells that are begun from now on see this chain, whatever was begun before.
    func restart(after chain: CellChain) {
        generation.update { $0 += 1 }
        queue.async { [self] in nextChain = chain }
    }

    /// Ends the compilation that is under way.
    func cancel() {
        generation.update { $0 += 1 }
        client.cancel()
    }

    /// How cells that are begun from now on are optimised.
    func setOptimization(_ optimization: Optimization) { queue.async { [self] in self.optimization = optimization } }

    /// Cells that are begun from now on can import a package's modules.
    func add(_ package: BuiltPackage) {
        queue.async { [self] in
            packages.removeAll { $0.folder == package.folder }
            packages.append(package)
            hiddenNames.forget()
        }
    }

    /// Asks the compiler about code, between two cells.
    ///
    /// - Parameter answer: Gets what `ask` made of it, on the compiler's queue.
    func query<Answer>(
        _ ask: @escaping @Sendable (_ context: QueryContext) throws -> Answer,
        answer: @escaping @Sendable (Result<Answer, any Error>) -> Void
    ) {
        queue.async { [self] in
            let (chain, number) = (nextChain, nextNumber)
            answer(
                Result {
                    let folder = sessionFolder + "/query"
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                    let context = QueryContext(
                        chain: chain, file: folder + "/main.swift",
                        arguments: frontEndArguments(chain: chain, session: sessionFolder)
                            + ["-module-name", CellCompiler.moduleName(number)],
                        send: { try self.client.send(CompileRequest(text: $0), isCounted: false) },
                        hiddenSymbols: { self.hiddenNames.symbols(of: $0, packages: self.packages) })
                    return try ask(context)
                })
        }
    }

    /// Gives up what is under way and removes the session's links. No cell can be compiled after this.
    func close() {
        generation.update { $0 += 1 }
        try? FileManager.default.removeItem(atPath: sessionFolder)
    }

    /// Compiles a cell against a chain, or takes it from the cache.
    ///
    /// - Throws: `CompileFailure` with the compiler's messages; `EngineError` or `CacheError` for other trouble.
    private func compile(_ input: CellInput, number: Int, after chain: CellChain) throws -> CompiledCell {
        do {
            return try compileAsWritten(input, number: number, after: chain)
        } catch let failure as CompileFailure {
            guard let chain = try self.chain(chain, withdrawing: WithdrawnConformance.named(in: failure.diagnostics)) else {
                throw failure
            }
            return try compile(input, number: number, after: chain)
        }
    }

    /// The chain in which earlier cells do not state these conformances; nil when none of them is theirs.
    private func chain(_ chain: CellChain, withdrawing conformances: [WithdrawnConformance]) throws -> CellChain? {
        var result = chain
        for conformance in conformances {
            var module = chain.module
            while let cell = history[module] {
                defer { module = cell.chain.module }
                let note = "\(module): \(conformance.type): \(conformance.protocolName)"
                guard !result.withdrawn.contains(note), let source = conformance.removed(from: cell.input.source) else { continue }
                let folder = "\(sessionFolder)/replacement-\(UUID().uuidString)"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                var input = cell.input
                input.source = source
                try emitModule(input, number: cell.number, after: cell.chain, to: folder)
                history[module]?.input = input
                result.replacements.insert(folder, at: 0)
                result.withdrawn.append(note)
                break
            }
        }
        return result == chain ? nil : result
    }

    /// Compiles a cell for its module: its code is loaded already.
    private func emitModule(_ input: CellInput, number: Int, after chain: CellChain, to folder: String) throws {
        let source = prepared(input, chain: chain, showingResult: false)
        let main = folder + "/main.swift"
        try source.text.write(toFile: main, atomically: false, encoding: .utf8)
        let arguments = self.arguments(source, number: number, chain: chain, input: main, folder: folder, session: sessionFolder)
        let answer = try client.send(CompileRequest(text: request(name: CellCompiler.moduleName(number), arguments: arguments)))
        let diagnostics = try CompilerAnswer(answer).diagnostics(of: source, input: input, compiledFile: main)
        if diagnostics.contains(where: { $0.severity == .error }) { throw CompileFailure(diagnostics: diagnostics) }
    }

    private func compileAsWritten(_ input: CellInput, number: Int, after chain: CellChain) throws -> CompiledCell {
        let shown = prepared(input, chain: chain, showingResult: true)
        if let cell = try lookUp(shown, input: input, number: number, after: chain) { return cell }
        do {
            return try build(shown, input: input, number: number, after: chain)
        } catch let failure as CompileFailure where shown.showsResult {
            // Showing the result may be what does not compile (a move-only value, an overloaded name), and
            // the message would speak of a call that nobody wrote: what counts is the cell as written.
            let plain = prepared(input, chain: chain, showingResult: false)
            if let cell = try lookUp(plain, input: input, number: number, after: chain) { return cell }
            do {
                return try build(plain, input: input, number: number, after: chain)
            } catch let plainFailure as CompileFailure {
                throw plainFailure.diagnostics.isEmpty ? failure : plainFailure
            }
        }
    }

    private func prepared(_ input: CellInput, chain: CellChain, showingResult: Bool) -> CellSource {
        CellSource(
            input.source, file: (input.file as NSString).lastPathComponent, firstLine: input.firstLine,
            base: chain.module, imported: chain.imports, showingResult: showingResult)
    }

    // MARK: - The cache

    private struct Metadata: Codable {
        var warnings: [Diagnostic]
        var autolinked: [String]
    }

    private func key(_ source: CellSource, number: Int, after chain: CellChain) -> String {
        var visible = chain
        visible.replacements = []
        return CellCache.key(
            [source.text, chain.key, toolchain.identity, installation.identity] + chain.withdrawn
                + arguments(source, number: number, chain: visible, input: "", folder: "", session: ""))
    }

    private func lookUp(_ source: CellSource, input: CellInput, number: Int, after chain: CellChain) throws -> CompiledCell? {
        let key = self.key(source, number: number, after: chain)
        guard !ignoresCache, let folder = cache.lookUp(key),
            let data = FileManager.default.contents(atPath: folder + "/metadata.json"),
            let metadata = try? JSONDecoder().decode(Metadata.self, from: data)
        else { return nil }
        return try cell(
            in: folder, key: key, input: input, source: source, number: number, after: chain, metadata: metadata,
            wasCached: true, compileSeconds: 0, linkSeconds: 0)
    }

    private func cell(
        in folder: String, key: String, input: CellInput, source: CellSource, number: Int, after chain: CellChain,
        metadata: Metadata, wasCached: Bool, compileSeconds: Double, linkSeconds: Double
    ) throws -> CompiledCell {
        let module = CellCompiler.moduleName(number)
        history[module] = (input, number, chain)
        let link = "\(sessionFolder)/\(module).swiftmodule"
        unlink(link)
        guard symlink("\(folder)/\(module).swiftmodule", link) == 0 else { throw EngineError.system("symlink \(link)", errno) }
        // The comments of the cell's declarations, for whoever asks about them.
        let comments = "\(sessionFolder)/\(module).swiftdoc"
        unlink(comments)
        if FileManager.default.fileExists(atPath: "\(folder)/\(module).swiftdoc") {
            symlink("\(folder)/\(module).swiftdoc", comments)
        }
        return CompiledCell(
            library: folder + "/cell.so", entry: CellCompiler.entryName(number), isAsync: source.isAsync,
            dependencies: metadata.autolinked.compactMap(toolchain.library), warnings: metadata.warnings,
            wasCached: wasCached, compileSeconds: compileSeconds, linkSeconds: linkSeconds,
            chain: CellChain(
                module: module, key: key, imports: chain.imports.union(source.imports),
                replacements: chain.replacements, withdrawn: chain.withdrawn),
            number: number, input: input)
    }

    // MARK: - Compiling and linking

    private static func moduleName(_ number: Int) -> String { "Cell\(number)" }
    private static func entryName(_ number: Int) -> String { "cell\(number)_main" }

    private func arguments(
        _ source: CellSource, number: Int, chain: CellChain, input: String, folder: String, session: String
    ) -> [String] {
        let module = CellCompiler.moduleName(number)
        let isOptimised = switch optimization {
        case .automatic: source.isWorthOptimising
        case .speed: true
        case .none: false
        }
        return [
            "-c", input, "-module-name", module, "-emit-module", "-emit-module-path", "\(folder)/\(module).swiftmodule",
            "-o", "\(folder)/cell.o", isOptimised ? "-O" : "-Onone", "-gline-tables-only",
            "-enable-testing", "-Xfrontend", "-entry-point-function-name", "-Xfrontend", CellCompiler.entryName(number),
        ] + frontEndArguments(chain: chain, session: session)
    }

    /// What the compiler has to know to read a cell, for building and for questions alike.
    private func frontEndArguments(chain: CellChain, session: String) -> [String] {
        var arguments = ["-swift-version", "5", "-enable-bare-slash-regex", "-Xfrontend", "-disable-access-control"]
        for folder in chain.replacements { arguments += ["-I", folder] }
        arguments += [
            "-I", session, "-I", installation.modules, "-module-cache-path", cache.compilerModules,
            "-sdk", "/", "-resource-dir", toolchain.resourceFolder,
        ]
        for map in installation.moduleMaps { arguments += ["-Xcc", "-fmodule-map-file=\(map)"] }
        for package in packages {
            for folder in package.modules { arguments += ["-I", folder] }
            for map in package.moduleMaps { arguments += ["-Xcc", "-fmodule-map-file=\(map)"] }
        }
        return arguments
    }

    private func build(
        _ source: CellSource, input: CellInput, number: Int, after chain: CellChain
    ) throws -> CompiledCell {
        let key = self.key(source, number: number, after: chain)
        let folder = try cache.makeTemporaryFolder()
        var isStored = false
        defer { if !isStored { try? FileManager.default.removeItem(atPath: folder) } }

        let main = folder + "/main.swift"
        try source.text.write(toFile: main, atomically: false, encoding: .utf8)
        var clock = Stopwatch()
        let answer = try client.send(
            CompileRequest(
                text: request(
                    name: CellCompiler.moduleName(number),
                    arguments: arguments(
                        source, number: number, chain: chain, input: main, folder: folder, session: sessionFolder))))
        let diagnostics = try CompilerAnswer(answer).diagnostics(of: source, input: input, compiledFile: main)
        let compileSeconds = clock.lap()
        if diagnostics.contains(where: { $0.severity == .error }) || !FileManager.default.fileExists(atPath: folder + "/cell.o") {
            throw CompileFailure(diagnostics: diagnostics)
        }
        try link(folder)
        let linkSeconds = clock.lap()
        let metadata = Metadata(
            // What the engine itself wrote into a cell that awaits is not the author's to change.
            warnings: diagnostics.filter { $0.severity == .warning && !$0.message.hasPrefix("'nonisolated(unsafe)'") },
            autolinked: AutolinkEntries(objectFile: folder + "/cell.o").libraries)
        try JSONEncoder().encode(metadata).write(to: URL(fileURLWithPath: folder + "/metadata.json"))
        try? FileManager.default.removeItem(atPath: folder + "/cell.o")
        let stored = try cache.store(folder, as: key, replacing: ignoresCache)
        isStored = true
        return try cell(
            in: stored, key: key, input: input, source: source, number: number, after: chain, metadata: metadata,
            wasCached: false, compileSeconds: compileSeconds, linkSeconds: linkSeconds)
    }

    private func request(name: String, arguments: [String]) -> String {
        // JSON's strings are valid in sourcekitd's YAML form; its keys are not quoted there.
        let list = arguments.map { jsonString($0) }.joined(separator: ", ")
        return "{key.request: source.request.compile, key.name: \(jsonString(name)), key.compilerargs: [\(list)]}"
    }

    /// Links without naming a library: what is loaded in the worker resolves every symbol. The three wrapped
    /// functions come back to the engine (see CEngine's cell.c).
    private func link(_ folder: String) throws {
        var arguments = ["-shared", "--eh-frame-hdr", "-z", "noexecstack", "--build-id=none"]
        if toolchain.linker.hasSuffix("lld") { arguments += ["-z", "undefs"] }
        for function in ["swift_errorInMain", "exit", "swift_task_asyncMainDrainQueue"] {
            arguments.append("--wrap=\(function)")
        }
        arguments += ["-o", folder + "/cell.so", toolchain.runtimeObject, folder + "/cell.o"]
        let result = try run(toolchain.linker, arguments)
        guard result.status == 0 else { throw EngineError.linkerFailed(result.errors) }
    }
}

func jsonString(_ text: String) -> String {
    guard let data = try? JSONSerialization.data(withJSONObject: text, options: [.fragmentsAllowed, .withoutEscapingSlashes])
    else { return "\"\"" }
    return String(decoding: data, as: UTF8.self)
}

/// Measures laps of wall-clock time.
struct Stopwatch {
    private var start = ContinuousClock.now

    /// Seconds since the start or the last lap.
    mutating func lap() -> Double {
        let now = ContinuousClock.now
        defer { start = now }
        return (now - start).seconds
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
