import Foundation

/// What a front end needs to know to offer and start the kernel: `kernels/<name>/kernel.json` and its logo.
public struct KernelSpecification: Sendable, Equatable {
    public static let standardName = "repl-kit"
    public static let displayName = "Swift (repl-kit)"

    /// Where kernels are installed.
    public enum Location: Sendable, Equatable {
        /// The user's own Jupyter folder.
        case user
        /// The Python environment that is active.
        case systemPrefix
        /// `DIR/share/jupyter`.
        case prefix(String)

        /// The folder of the location's kernels.
        ///
        /// - Throws: ``KernelSpecificationError`` when no Python environment can be found.
        public func kernelsFolder(
            environment: [String: String] = ProcessInfo.processInfo.environment
        ) throws(KernelSpecificationError) -> String {
            func set(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
            switch self {
            case .user:
                let data = set("JUPYTER_DATA_DIR")
                    ?? (set("XDG_DATA_HOME") ?? (set("HOME") ?? NSHomeDirectory()) + "/.local/share") + "/jupyter"
                return data + "/kernels"
            case .systemPrefix:
                guard let prefix = set("VIRTUAL_ENV") ?? set("CONDA_PREFIX") ?? Self.pythonPrefix(path: set("PATH") ?? "/usr/bin") else {
                    throw KernelSpecificationError(reason: "--sys-prefix: no Python environment is active and no python3 is on PATH")
                }
                return prefix + "/share/jupyter/kernels"
            case .prefix(let folder):
                return URL(fileURLWithPath: folder).standardizedFileURL.path + "/share/jupyter/kernels"
            }
        }

        private static func pythonPrefix(path: String) -> String? {
            for folder in path.split(separator: ":") where FileManager.default.isExecutableFile(atPath: "\(folder)/python3") {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "\(folder)/python3")
                process.arguments = ["-c", "import sys; print(sys.prefix)"]
                let output = Pipe()
                process.standardOutput = output
                process.standardError = FileHandle.nullDevice
                guard (try? process.run()) != nil else { continue }
                let data = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                let prefix = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                if process.terminationStatus == 0, prefix.hasPrefix("/") { return prefix }
            }
            return nil
        }
    }

    public var name: String
    public var displayName: String
    /// The absolute path of the program.
    public var program: String
    /// Added to the program's environment by the front end.
    public var environment: [String: String]

    /// - Throws: ``KernelSpecificationError`` for a name that cannot name a kernel.
    public init(
        name: String = standardName, displayName: String = displayName, program: String, environment: [String: String] = [:]
    ) throws(KernelSpecificationError) {
        guard Self.isValid(name: name) else {
            throw KernelSpecificationError(
                reason: "--name \(name): expected letters a-z and A-Z, digits, '-', '_' and '.', not beginning with '.'")
        }
        self.name = name
        self.displayName = displayName
        self.program = program
        self.environment = environment
    }

    /// Jupyter's rule for names.
    public static func isValid(name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".")
            && name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0)) }
    }

    /// The contents of `kernel.json`.
    public var json: JSONValue {
        [
            "argv": .strings([program, "kernel", "--connection-file", "{connection_file}"]), "display_name": .string(displayName),
            "language": "swift", "interrupt_mode": "message", "kernel_protocol_version": .string(WireFormat.protocolVersion),
            "env": .object(environment.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[$1.key] = .string($1.value) }),
            "metadata": ["debugger": false, "supported_encryption": "curve"],
        ]
    }

    /// Writes the kernel's folder, in place of an older one.
    ///
    /// - Returns: The folder.
    public func install(in location: Location) throws(KernelSpecificationError) -> String {
        let folder = try location.kernelsFolder() + "/" + name
        let files = FileManager.default
        do {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            func write(_ data: Data, _ file: String) throws {
                try data.write(to: URL(fileURLWithPath: folder + "/" + file), options: .atomic)
            }
            try write(Data(json.notebookText.utf8), "kernel.json")
            try write(Data(KernelLogo.svg.utf8), "logo-svg.svg")
            for (size, png) in KernelLogo.png { try write(png, "logo-\(size)x\(size).png") }
        } catch {
            throw KernelSpecificationError(reason: "\(folder) cannot be written: \(error.localizedDescription)")
        }
        return folder
    }

    /// Removes an installed kernel.
    ///
    /// - Returns: The folder that was removed.
    /// - Throws: ``KernelSpecificationError`` when there is none of this name, or it is not one of ours.
    public static func uninstall(name: String, from location: Location) throws(KernelSpecificationError) -> String {
        guard isValid(name: name) else { throw KernelSpecificationError(reason: "--name \(name): not the name of a kernel") }
        let folder = try location.kernelsFolder() + "/" + name
        guard let data = FileManager.default.contents(atPath: folder + "/kernel.json") else {
            throw KernelSpecificationError(reason: "there is no kernel \(name) in \(folder)")
        }
        let arguments = (try? JSONValue(parsing: data))?["argv"]?.array?.compactMap(\.string) ?? []
        guard arguments.count > 1, (arguments[0] as NSString).lastPathComponent == "repl-kit", arguments[1] == "kernel" else {
            throw KernelSpecificationError(reason: "\(folder) is another program's kernel, and stays")
        }
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw KernelSpecificationError(reason: "\(folder) cannot be removed: \(error.localizedDescription)")
        }
        return folder
    }
}

/// Why a kernel could not be installed or removed.
public struct KernelSpecificationError: Error, Sendable, Equatable, CustomStringConvertible {
    public var reason: String

    public var description: String { reason }
}
