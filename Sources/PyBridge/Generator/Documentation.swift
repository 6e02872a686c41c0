/// A doc comment in its parts.
struct Documentation {
    var summary: [String] = []
    var discussion: [String] = []
    var parameters: [String: String] = [:]
    var returns = ""
    var raises = ""
    var complexity = ""

    /// Reads the lines of a doc comment.
    init(_ lines: [String]) {
        enum Section { case text, parameters, parameter(String), returns, raises, complexity, skipped }
        var section = Section.text
        var text: [String] = []
        var isFenced = false
        func joined(_ before: String, _ line: String) -> String { before.isEmpty ? line : before + " " + line }
        for line in lines {
            let body = line.trimmed
            // Examples in Swift mean nothing to Python.
            if body.hasPrefix("```") {
                isFenced.toggle()
                continue
            }
            if isFenced || (line.hasPrefix("    ") && isSwift(body)) { continue }
            if line.hasPrefix("- "), let colon = body.firstIndex(of: ":") {
                let head = body.dropFirst(2).prefix(upTo: colon).trimmed
                let rest = body[body.index(after: colon)...].trimmed
                switch head {
                case "Parameters": section = .parameters
                case "Returns":
                    section = .returns
                    returns = rest
                case "Throws":
                    section = .raises
                    raises = rest
                case "Complexity":
                    section = .complexity
                    complexity = rest
                case _ where head.hasPrefix("Parameter "):
                    let name = head.dropFirst("Parameter ".count).trimmed
                    section = .parameter(name)
                    parameters[name] = rest
                default:
                    section = .text
                    text.append(line)
                }
                continue
            }
            if case .parameters = section, line.hasPrefix("  - ") || line.hasPrefix("   - "),
                let colon = body.firstIndex(of: ":")
            {
                let name = body.dropFirst(2).prefix(upTo: colon).trimmed
                parameters[name] = body[body.index(after: colon)...].trimmed
                section = .parameter(name)
                continue
            }
            if case .parameter = section, line.hasPrefix("  - ") || line.hasPrefix("   - "),
                let colon = body.firstIndex(of: ":"), !body.dropFirst(2).prefix(upTo: colon).contains(" ")
            {
                let name = body.dropFirst(2).prefix(upTo: colon).trimmed
                parameters[name] = body[body.index(after: colon)...].trimmed
                section = .parameter(name)
                continue
            }
            switch section {
            case .text: text.append(line)
            case .parameters, .skipped: break
            case .parameter(let name):
                if body.isEmpty { section = .text } else { parameters[name] = joined(parameters[name] ?? "", body) }
            case .returns: if body.isEmpty { section = .text } else { returns = joined(returns, body) }
            case .raises: if body.isEmpty { section = .text } else { raises = joined(raises, body) }
            case .complexity: if body.isEmpty { section = .text } else { complexity = joined(complexity, body) }
            }
        }
        let end = text.firstIndex { $0.trimmed.isEmpty } ?? text.endIndex
        summary = text[..<end].map(\.trimmed)
        discussion = Array(text[end...].drop { $0.trimmed.isEmpty })
        while discussion.last?.trimmed.isEmpty == true { discussion.removeLast() }
        // Two blank lines stay where an example was.
        var previousBlank = false
        discussion = discussion.filter { line in
            let blank = line.trimmed.isEmpty
            defer { previousBlank = blank }
            return !(blank && previousBlank)
        }
    }

    /// Swift's spelling of names, links and cases as Python's.
    static func pythonText(_ text: String, names: [String: String]) -> String {
        text.replacing("``", with: "`").replacingWords(names)
            .replacing(/`\.([a-z][A-Za-z0-9]*)`/) { "'\(snakeCase(String($0.1)))'" }
            .replacing(/`([A-Za-z]+)\.([a-z][A-Za-z0-9]*)`/) { "`\($0.1)`" }
    }
}

/// Whether an indented line of a doc comment is an example in Swift rather than a formula.
private func isSwift(_ line: String) -> Bool {
    ["let ", "var ", "try ", "for ", "func ", "import "].contains { line.hasPrefix($0) }
}

/// Lines of at most `width` characters.
func wrapped(_ text: String, indent: String = "", width: Int = 88) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
        if !line.isEmpty, indent.count + line.count + 1 + word.count > width {
            lines.append(indent + line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(indent + line) }
    return lines
}
