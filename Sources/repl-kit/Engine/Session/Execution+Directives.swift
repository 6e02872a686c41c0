import CEngine
import Foundation
import NotebookFormat
import NotebookProtocol

extension Execution {
    /// Carries out one directive.
    mutating func perform(_ directive: DirectiveLines.Directive) -> CellFailure? {
        let argument = directive.argument
        switch Directive.named(directive.name)?.name {
        case "help":
            guard let text = Directive.help(argument) else { return refused(directive, unknown(argument)) }
            tell(text)
        case "time":
            timesNext = true
            return run(argument, language: .swift, name: name, firstLine: directive.line)
        case "optimize":
            if argument.isEmpty {
                tell("cells are optimised: \(session.optimization.value.rawValue)")
                return nil
            }
            guard let choice = Optimization(rawValue: argument) else {
                return refused(directive, "\"\(argument)\"; expected automatic, speed or none")
            }
            session.optimization.update { $0 = choice }
            session.session.insight.setOptimization(choice)
        case "session": tell(session.describeSession())
        case "reset":
            session.session.reset()
            state.update { $0.executed = [] }
            reopenPackages()
        case "variables": displayVariables()
        case "load": return load(argument, directive)
        case "shell": return shell(argument, directive)
        case "package": return addPackage(argument, directive)
        case "save": return save(argument, directive)
        case "checkpoints":
            switch argument {
            case "": break
            case "on": session.session.usesCheckpoints = true
            case "off": session.session.usesCheckpoints = false
            default: return refused(directive, "\"\(argument)\"; expected on or off")
            }
            tell("checkpoints: \(session.session.checkpointState)")
        case "python": return nil
        default: return refused(directive, unknown(directive.name))
        }
        return nil
    }

    private func unknown(_ name: String) -> String {
        "there is no directive \"\(name)\"; expected one of " + Directive.all.map(\.name).joined(separator: ", ")
    }

    private func displayVariables() {
        let variables = session.collectVariables()
        guard !variables.isEmpty else {
            tell("no variables")
            return
        }
        let rows = variables.map { variable in
            [
                variable.language == .python ? variable.name + " (Python)" : variable.name, variable.type,
                variable.size.map(InteractiveSession.bytes) ?? "?", variable.summary,
            ]
        }
        handler(.display(textTable(["name", "type", "size", "value"], rows), identifier: nil))
    }

    private func textTable(_ columns: [String], _ rows: [[String]]) -> MimeBundle {
        let widths = columns.indices.map { column in ([columns] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([columns] + rows).map { row in
            var line = zip(row, widths).map { $0.padding(toLength: $1) }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        func escaped(_ text: String) -> String {
            text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        }
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag) style=\"text-align:left\">\(escaped($0))</\(tag)>" }.joined() + "</tr>"
        }
        return MimeBundle([
            MimeBundle.plainText: lines.joined(separator: "\n"),
            MimeBundle.html: "<table><thead>\(row(columns, "th"))</thead><tbody>\(rows.map { row($0, "td") }.joined())</tbody></table>",
        ])
    }

    // MARK: - Files

    private func path(_ argument: String) -> String {
        var text = argument
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = String(text.dropFirst().dropLast()) }
        return (text as NSString).expandingTildeInPath
    }

    private mutating func load(_ argument: String, _ directive: DirectiveLines.Directive) -> CellFailure? {
        guard !argument.isEmpty else { return refused(directive, "no file is named") }
        let file = path(argument)
        guard let data = FileManager.default.contents(atPath: file) else {
            return refused(directive, "\(file) cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self)
        state.update { $0.sources[file] = text }
        if file.hasSuffix(".py") { return run(text, language: .python, name: file, firstLine: 1) }
        guard file.hasSuffix(".swiftscript") else { return run(text, language: .swift, name: file, firstLine: 1) }
        do {
            for cell in try Notebook(parsing: text, path: file).cells where cell.kind == .swift || cell.kind == .python {
                let language: DirectiveLines.Language = cell.kind == .python ? .python : .swift
                if let failure = run(cell.source, language: language, name: file, firstLine: max(1, cell.firstLine)) {
                    return failure
                }
                if session.stop.isRaised { return interrupted() }
            }
            return nil
        } catch {
            return refused(directive, "\(error)")
        }
    }

    private func save(_ argument: String, _ directive: DirectiveLines.Directive) -> CellFailure? {
        guard !argument.isEmpty else { return refused(directive, "no file is named") }
        var file = path(argument)
        if !file.hasSuffix(".swiftscript") { file += ".swiftscript" }
        let known = state.value
        var cells = known.executed.map { code in
            NotebookCell(code.language == .python ? .python : .swift, code.source.trimmingCharacters(in: .newlines))
        }
        if !known.packages.isEmpty {
            let list = known.packages.map { "- `\($0)`" }.joined(separator: "\n")
            cells.insert(NotebookCell(.markdown, "The session had added these packages (`%package`):\n\n\(list)"), at: 0)
        }
        do {
            try Notebook(cells: cells, path: file).text.write(toFile: file, atomically: true, encoding: .utf8)
        } catch {
            return refused(directive, "\(file) cannot be written: \(error.localizedDescription)")
        }
        tell("\(known.executed.count) cells written to \(file)")
        return nil
    }

    // MARK: - Commands and packages

    private func shell(_ command: String, _ directive: DirectiveLines.Directive) -> CellFailure? {
        guard !command.isEmpty else { return refused(directive, "no command is given") }
        var ends: [Int32] = [0, 0]
        guard ce_pipe(&ends) == 0 else { return refused(directive, String(cString: strerror(errno))) }
        let process: pid_t
        do {
            process = try spawn("/bin/sh", ["-c", command], descriptors: [-1, ends[1], ends[1]])
        } catch {
            for end in ends { close(end) }
            return refused(directive, "\(error)")
        }
        close(ends[1])
        defer { close(ends[0]) }
        var decoder = UTF8Decoder()
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        var isStopped = false
        while true {
            var waiting = [ends[0], session.stop.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&waiting, 2, -1) >= 0 || errno == EINTR else { break }
            if waiting[1].revents != 0, !isStopped {
                isStopped = true
                kill(-process, SIGKILL)
            }
            guard waiting[0].revents != 0 else {
                if isStopped { break }
                continue
            }
            let count = read(ends[0], &chunk, chunk.count)
            if count <= 0 { break }
            let text = decoder.decode(Array(chunk[0..<count]))
            if !text.isEmpty { handler(.text(.standardOutput, text)) }
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        if isStopped { return interrupted() }
        guard status != 0 else { return nil }
        return refused(
            directive, status & 0x7f == 0 ? "the command ended with status \((status >> 8) & 0xff)" : "the command was ended by signal \(status & 0x7f)")
    }

    private mutating func addPackage(_ argument: String, _ directive: DirectiveLines.Directive) -> CellFailure? {
        let builder = PackageBuilder(
            toolchain: session.configuration.toolchain, cacheFolder: session.configuration.cache.folder,
            progress: { [handler] in handler(.text(.standardError, $0 + "\n")) }, isStopped: { [session] in session.stop.isRaised })
        do {
            let package = try builder.build(try PackageBuilder.Request(argument))
            guard case .succeeded = session.session.add(package) else {
                return refused(directive, "its library \(package.library) cannot be opened")
            }
            session.packages.update {
                $0.removeAll { $0.folder == package.folder }
                $0.append(package)
            }
            state.update { if !$0.packages.contains(argument) { $0.packages.append(argument) } }
            tell("modules to import: " + package.importable.joined(separator: ", "))
            return nil
        } catch is CancellationError {
            return interrupted()
        } catch {
            return refused(directive, "\(error)")
        }
    }

    /// After the session has begun anew its worker has to open the packages' libraries again.
    private func reopenPackages() {
        for package in session.packages.value { _ = session.session.add(package) }
    }
}

extension InteractiveSession {
    /// The variables that the session's code has left. On the session's thread.
    func collectVariables() -> [SessionVariable] {
        var names = SessionNames()
        for code in state.value.executed where code.language == .swift { names.add(code.source) }
        let found = Locked<[SessionVariable]>([])
        let gather: (WorkerOutput) -> Void = { output in
            guard case .event(.variable(let name, let type, let size, let summary)) = output else { return }
            let isPython = name.hasPrefix("python.")
            let variable = SessionVariable(
                name: isPython ? String(name.dropFirst("python.".count)) : name, type: type, size: size, summary: summary,
                language: isPython ? .python : .swift)
            found.update { $0.append(variable) }
        }
        var asked = names.variables
        var refused: [String] = []
        // A value that cannot be passed on (a move-only one) is left out, and told without its type.
        while !asked.isEmpty {
            let source = asked.map { "__reportVariable(\(swiftLiteral($0)), \($0))" }.joined(separator: "\n")
            let outcome = session.run(session.begin(CellInput(source: source, file: "variables", firstLine: 1)), isKept: false, output: gather)
            guard case .notCompiled(let diagnostics) = outcome else {
                if outcome != .succeeded { session.recover() }
                break
            }
            let lines = Set(diagnostics.filter { $0.severity == .error }.map(\.line)).filter { asked.indices.contains($0 - 1) }
            guard !lines.isEmpty else { break }
            refused += lines.sorted().map { asked[$0 - 1] }
            for line in lines.sorted(by: >) { asked.remove(at: line - 1) }
        }
        for name in refused {
            found.update { $0.append(SessionVariable(name: name, type: "?", size: nil, summary: "cannot be shown", language: .swift)) }
        }
        session.reportPythonVariables(output: gather)
        return found.value
    }

    func describeSession() -> String {
        let known = state.value
        var lines = ["cells: \(known.executed.count) executed, \(known.executionCount) counted"]
        for code in known.executed {
            let first = code.source.split(separator: "\n").first { !$0.allSatisfy(\.isWhitespace) } ?? ""
            let time = String(format: "%.3f s", code.seconds)
            lines.append("  \(code.name.padding(toLength: 12)) \(time.padding(toLength: 10)) \(first.prefix(60))")
        }
        lines.append("checkpoints: \(session.checkpointState)")
        if let process = session.workerProcess, let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = Int(line.filter(\.isNumber))
        {
            let limit = configuration.memoryLimit.map { " (limit for a cell: \(InteractiveSession.bytes($0)))" } ?? ""
            lines.append("memory: \(InteractiveSession.bytes(kilobytes << 10))\(limit)")
        }
        lines.append("optimisation: \(optimization.value.rawValue)")
        for package in known.packages { lines.append("package: \(package)") }
        return lines.joined(separator: "\n")
    }

    static func bytes(_ count: Int) -> String {
        if count < 1000 { return "\(count) B" }
        for (unit, scale) in [("kB", 1e3), ("MB", 1e6), ("GB", 1e9)] where Double(count) < scale * 999.5 || unit == "GB" {
            return String(format: "%.3g \(unit)", Double(count) / scale)
        }
        return "\(count) B"
    }
}
