import ArgumentParser
import Foundation
import NotebookEngine
import NotebookJupyter
import NotebookProtocol

/// `repl-kit kernel`: the kernel itself, as front ends start it, and its registration with Jupyter.
struct KernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel", abstract: "Serve a Jupyter front end; install or uninstall the kernel.",
        subcommands: [Serve.self, Install.self, Uninstall.self], defaultSubcommand: Serve.self)

    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve a Jupyter front end (what Jupyter starts).",
            discussion: """
                Without --connection-file the kernel chooses its ports, writes a connection file and prints its path, \
                so that `jupyter console --existing FILE` finds it.
                """)

        @Option(name: [.customShort("f"), .long], help: "The front end's connection file.", completion: .file(extensions: ["json"]))
        var connectionFile: String?

        @Flag(inversion: .prefixedNo, help: "Keep a process asleep behind each cell that takes over when the cell dies.")
        var checkpoints = true

        @Option(
            help: ArgumentHelp(
                "Private memory that the session may have, such as 2G. Three quarters of the machine's by default.",
                valueName: "size"))
        var memoryLimit: String?

        @Flag(inversion: .prefixedNo, help: "Keep the history of executed cells across sessions.")
        var history = true

        func run() throws {
            do {
                try serve()
            } catch let error as ExitCode {
                throw error
            } catch let error as ValidationError {
                throw error
            } catch {
                printError("repl-kit kernel: \(error)")
                throw Status.cannotRun
            }
        }

        private func serve() throws {
            let connection = try connectionFile.map(ConnectionFile.init(contentsOfFile:)) ?? ConnectionFile(key: UUID().uuidString)
            let toolchain = try Toolchain.find()
            let figures = FileManager.default.temporaryDirectory.appendingPathComponent("repl-kit-kernel-\(getpid())")
            try FileManager.default.createDirectory(
                at: figures, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(at: figures) }
            var configuration = InteractiveSession.Configuration(
                installation: try Installation.find(), toolchain: toolchain, cache: try CellCache(),
                outputFolder: figures.path, usesCheckpoints: checkpoints)
            if let memoryLimit { configuration.memoryLimit = try memoryLimitInBytes(memoryLimit) }
            let session = try InteractiveSession(configuration)
            let backend = SwiftKernelBackend(session: session, language: language(toolchain))
            let server = try KernelServer(
                backend: backend, connection: connection, history: KernelHistory(file: history ? KernelHistory.userFile : nil),
                log: { printError("repl-kit kernel: \($0)") })
            // The first cell finds the compiler warm.
            Task.detached { try? await session.start() }

            var ownFile: String?
            if connectionFile == nil { ownFile = try announce(server.connection) }
            defer { if let ownFile { unlink(ownFile) } }
            let signals = KernelSignals(server)
            let parent = ParentWatch(server)
            server.run()
            withExtendedLifetime((signals, parent)) {}
        }

        private func language(_ toolchain: Toolchain) -> KernelLanguage {
            let version = toolchain.version ?? "6"
            return KernelLanguage(
                version: version, banner: "repl-kit \(ReplKit.configuration.version), Swift \(version)",
                implementationVersion: ReplKit.configuration.version)
        }

        /// Writes the connection file of a kernel that no front end has started.
        private func announce(_ connection: ConnectionFile) throws -> String {
            let environment = ProcessInfo.processInfo.environment
            let data = environment["JUPYTER_DATA_DIR"] ?? (environment["XDG_DATA_HOME"] ?? NSHomeDirectory() + "/.local/share") + "/jupyter"
            let folder = environment["JUPYTER_RUNTIME_DIR"] ?? data + "/runtime"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let path = "\(folder)/kernel-\(getpid()).json"
            // The file holds the key: nobody else may read it, at no moment.
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw ConnectionFileError(path: path, reason: "the file cannot be written") }
            let text = Array(connection.text.utf8)
            _ = write(descriptor, text, text.count)
            close(descriptor)
            FileHandle.standardOutput.write(Data((path + "\n").utf8))
            return path
        }
    }

    struct Place: ParsableArguments {
        @Flag(help: "In the user's own Jupyter folder (the default).")
        var user = false

        @Flag(help: "In the Python environment that is active.")
        var sysPrefix = false

        @Option(help: "In DIR/share/jupyter.", completion: .directory)
        var prefix: String?

        @Option(help: "The kernel's name.")
        var name = KernelSpecification.standardName

        func validate() throws {
            guard [user, sysPrefix, prefix != nil].count(where: \.self) <= 1 else {
                throw ValidationError("--user, --sys-prefix and --prefix: expected one of them")
            }
        }

        var location: KernelSpecification.Location {
            if let prefix { return .prefix(prefix) }
            return sysPrefix ? .systemPrefix : .user
        }
    }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Register the kernel with Jupyter.")

        @OptionGroup var place: Place

        @Option(help: "The name that front ends show.")
        var displayName = KernelSpecification.displayName

        func run() throws {
            do {
                let installation = try Installation.find()
                // A front end that was started elsewhere may not have the toolchain on its path.
                let toolchain = try Toolchain.find()
                let specification = try KernelSpecification(
                    name: place.name, displayName: displayName, program: installation.program,
                    environment: ["PATH": toolchain.root + "/bin:${PATH}"])
                print("installed \(try specification.install(in: place.location))")
            } catch {
                printError("repl-kit kernel install: \(error)")
                throw Status.cannotRun
            }
        }
    }

    struct Uninstall: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove the kernel from Jupyter.")

        @OptionGroup var place: Place

        func run() throws {
            do {
                print("removed \(try KernelSpecification.uninstall(name: place.name, from: place.location))")
            } catch {
                printError("repl-kit kernel uninstall: \(error)")
                throw Status.cannotRun
            }
        }
    }
}

/// Signals, for front ends that interrupt by one: SIGINT ends the cell, SIGTERM and SIGHUP the kernel.
private final class KernelSignals {
    private var sources: [any DispatchSourceSignal] = []

    init(_ server: KernelServer) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { if number == SIGINT { server.interrupt() } else { server.stop() } }
            source.resume()
            sources.append(source)
        }
    }
}

/// Ends the kernel when the front end that started it is gone without a word.
private final class ParentWatch {
    private let timer: any DispatchSourceTimer

    init(_ server: KernelServer) {
        timer = DispatchSource.makeTimerSource(queue: .global())
        let parent = getppid()
        let isStarted = ProcessInfo.processInfo.environment["JPY_PARENT_PID"] != nil
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { if isStarted, getppid() != parent { server.stop() } }
        timer.resume()
    }
}
