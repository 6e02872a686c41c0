import Foundation
import NotebookProtocol

extension InteractiveSession {
    func complete(_ source: String, at offset: Int, answer: @escaping @Sendable (CompletionList) -> Void) {
        let bytes = Array(source.utf8)
        let offset = min(max(0, offset), bytes.count)
        let start = CodePlace.wordStart(bytes, before: offset)
        let empty = CompletionList(items: [], replacedRange: start..<offset)
        if let list = completeDirective(source, bytes, offset) {
            answer(list)
            return
        }
        let lines = DirectiveLines(source)
        guard lines.language == .swift, start >= lines.codeOffset else {
            answer(empty)
            return
        }
        let prefix = String(decoding: bytes[start..<offset], as: UTF8.self)
        let place = start - lines.codeOffset
        session.insight.query({ context in
            try CodePlace(code: lines.code, offset: place, context: context).completions(of: prefix)
        }, answer: { result in
            answer(CompletionList(items: (try? result.get()) ?? [], replacedRange: start..<offset))
        })
    }

    /// The names of directives, where one is being written.
    private func completeDirective(_ source: String, _ bytes: [UInt8], _ offset: Int) -> CompletionList? {
        let lineStart = (bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let before = String(decoding: bytes[lineStart..<offset], as: UTF8.self)
        let words = before.drop { $0 == " " }
        guard words.hasPrefix("%"), lineStart <= DirectiveLines(source).codeOffset else { return nil }
        let name = words.drop { $0 == "%" }
        let helped = name.hasPrefix("help ") ? name.dropFirst(5) : nil
        let prefix = helped ?? name
        guard !prefix.contains(" ") else { return CompletionList(items: [], replacedRange: offset..<offset) }
        let items = Directive.all.filter { $0.name.hasPrefix(prefix) }.map {
            CompletionList.Item(text: $0.name, label: $0.usage, kind: "directive", type: "", documentation: $0.summary, module: "")
        }
        return CompletionList(items: items, replacedRange: offset - prefix.utf8.count..<offset)
    }

    func inspect(_ source: String, at offset: Int, detail: Int, answer: @escaping @Sendable (Inspection?) -> Void) {
        let bytes = Array(source.utf8)
        let lines = DirectiveLines(source)
        if let directive = lines.directives.first(where: { offset >= $0.offset && offset <= $0.offset + $0.name.utf8.count + 2 }) {
            answer(Directive.help(directive.name).map { Inspection(declaration: directive.name, type: "", documentation: $0, origin: "", detail: 0) })
            return
        }
        guard lines.language == .swift, let start = CodePlace.name(bytes, at: min(max(0, offset), bytes.count)),
            start >= lines.codeOffset
        else {
            answer(nil)
            return
        }
        let name = String(decoding: bytes[start...].prefix { CodePlace.isWord($0) }, as: UTF8.self)
        let sources = state.value.executed.filter { $0.language == .swift }.map(\.source)
        session.insight.query({ context in
            let found = try CodePlace(code: lines.code, offset: start - lines.codeOffset, context: context).inspection(detail: detail)
            guard let found, found.documentation.isEmpty, found.origin.contains("cell") else { return found }
            return Inspection(
                declaration: found.declaration, type: found.type,
                documentation: DeclarationComment.text(of: name, in: sources), origin: found.origin, detail: detail)
        }, answer: { answer((try? $0.get()) ?? nil) })
    }
}

extension Inspection {
    init(declaration: String, type: String, documentation: String, origin: String, detail: Int) {
        let code = declaration.isEmpty ? "" : "```swift\n\(declaration)\n```\n\n"
        let place = detail > 0 && !origin.isEmpty ? "\n\n*\(origin)*" : ""
        let text = [declaration, documentation, detail > 0 ? origin : ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
        self.init(
            declaration: declaration, type: type, documentation: documentation, origin: origin,
            bundle: MimeBundle([MimeBundle.markdown: code + documentation + place, MimeBundle.plainText: text]))
    }
}

/// A place in a cell that is being written, as sourcekitd is asked about it.
struct CodePlace {
    /// What the compiler reads: the cell behind the import of the cells before it.
    private let text: String
    private let offset: Int
    private let context: QueryContext

    init(code: String, offset: Int, context: QueryContext) {
        let preamble = "import \(context.chain.module)\n"
        text = preamble + code + "\n"
        self.offset = preamble.utf8.count + offset
        self.context = context
    }

    private var arguments: String {
        "[" + (context.arguments + [context.file]).map { jsonString($0) }.joined(separator: ", ") + "]"
    }

    // MARK: - Completion

    func completions(of prefix: String) throws -> [CompletionList.Item] {
        let common = "key.name: \(jsonString(context.file)), key.sourcefile: \(jsonString(context.file)), key.offset: \(offset)"
        let options = "{key.codecomplete.filtertext: \(jsonString(prefix)), key.codecomplete.requestlimit: 300, key.codecomplete.fuzzymatching: 0, key.codecomplete.group.overloads: 0, key.codecomplete.sort.byname: 0}"
        let answer = try context.send(
            "{key.request: source.request.codecomplete.open, \(common), key.sourcetext: \(jsonString(text)), key.compilerargs: \(arguments), key.codecomplete.options: \(options)}")
        _ = try? context.send("{key.request: source.request.codecomplete.close, \(common)}")
        guard let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any],
            let results = object["key.results"] as? [[String: Any]]
        else { return [] }
        var seen = Set<String>()
        let items = CodePlace.flattened(results).compactMap { entry -> CompletionList.Item? in
            // What goes on behind a whole name ("Trace.", "Trace(") is no name, whether the type is public or not.
            guard let item = CodePlace.item(entry), item.kind != "pattern",
                item.text.hasPrefix(prefix) || prefix.isEmpty, !item.text.hasPrefix("__") || prefix.hasPrefix("__"),
                !isHidden(entry, item), seen.insert(item.label + item.text).inserted
            else { return nil }
            return item
        }
        // What the session itself has declared comes first.
        return items.filter { $0.module.isEmpty && $0.kind != "keyword" } + items.filter { !$0.module.isEmpty || $0.kind == "keyword" }
    }

    /// Whether an entry is a library's and not public; what cells declare never is.
    private func isHidden(_ entry: [String: Any], _ item: CompletionList.Item) -> Bool {
        // Swift's own symbols begin so; C has no access control.
        guard !item.module.isEmpty, let symbol = entry["key.associated_usrs"] as? String, symbol.hasPrefix("s:")
        else { return false }
        return item.text.hasPrefix("_") || context.hiddenSymbols(item.module).contains(symbol)
    }

    /// Overloads may come in groups.
    private static func flattened(_ entries: [[String: Any]]) -> [[String: Any]] {
        entries.flatMap { entry in
            (entry["key.results"] as? [[String: Any]]).map(flattened) ?? [entry]
        }
    }

    private static func item(_ entry: [String: Any]) -> CompletionList.Item? {
        guard let name = entry["key.name"] as? String, !name.isEmpty else { return nil }
        let kind = (entry["key.kind"] as? String ?? "").split(separator: ".").map(String.init)
        var module = (entry["key.modulename"] as? String) ?? ""
        if module.hasPrefix("Cell"), module.dropFirst(4).allSatisfy(\.isNumber) { module = "" }
        return CompletionList.Item(
            text: plain(entry["key.sourcetext"] as? String ?? name, name: name),
            label: entry["key.description"] as? String ?? name, kind: CodePlace.kind(kind),
            type: withoutCellModules(entry["key.typename"] as? String ?? ""), documentation: entry["key.doc.brief"] as? String,
            module: module)
    }

    /// What is inserted: the name, and an opening bracket of a call that takes arguments.
    private static func plain(_ source: String, name: String) -> String {
        let base = String(name.prefix { $0 != "(" })
        guard let place = source.range(of: "<#") else { return source }
        let before = String(source[..<place.lowerBound])
        return before.hasSuffix("(") || before.hasSuffix(": ") ? before : base
    }

    private static func kind(_ parts: [String]) -> String {
        guard let last = parts.last else { return "" }
        if parts.contains("keyword") { return "keyword" }
        if parts.contains("module") { return "module" }
        if parts.contains("function") { return ["constructor", "method"].contains(last) ? last : parts.contains("method") ? "method" : "function" }
        if parts.contains("var") { return parts.contains("instance") ? "property" : "variable" }
        return last
    }

    // MARK: - Inspection

    func inspection(detail: Int) throws -> Inspection? {
        try text.write(toFile: context.file, atomically: false, encoding: .utf8)
        let answer = try context.send(
            "{key.request: source.request.cursorinfo, key.sourcefile: \(jsonString(context.file)), key.offset: \(offset), key.compilerargs: \(arguments)}")
        guard let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any],
            let annotated = object["key.annotated_decl"] as? String
        else { return nil }
        let declaration = withoutCellModules(CodePlace.textOfXML(annotated))
        var documentation = ""
        if let xml = object["key.doc.full_as_xml"] as? String { documentation = CommentXML.markdown(xml) }
        if documentation.isEmpty, let comment = object["key.doc.comment"] as? String { documentation = comment }
        var origin = object["key.modulename"] as? String ?? ""
        if origin.hasPrefix("Cell"), let number = Int(origin.dropFirst(4)) { origin = "module of cell \(number)" } else if !origin.isEmpty { origin = "module \(origin)" }
        if let file = object["key.filepath"] as? String, let line = object["key.line"] as? Int, !file.contains("/") || !file.hasSuffix("main.swift") {
            origin = "\((file as NSString).lastPathComponent):\(line)"
        }
        return Inspection(
            declaration: declaration, type: withoutCellModules(object["key.typename"] as? String ?? ""), documentation: documentation,
            origin: origin, detail: detail)
    }

    static func textOfXML(_ xml: String) -> String {
        xml.replacingOccurrences(of: "<[^>]+>", with: "", options: .regularExpression)
            .replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
            .replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&apos;", with: "'")
            .replacingOccurrences(of: "&amp;", with: "&")
    }

    // MARK: - Words

    static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
    }

    /// Where the word begins that ends at a place.
    static func wordStart(_ bytes: [UInt8], before offset: Int) -> Int {
        var start = offset
        while start > 0, isWord(bytes[start - 1]) { start -= 1 }
        return start
    }

    /// Where the name begins that a place is in, behind, or in the arguments of.
    static func name(_ bytes: [UInt8], at offset: Int) -> Int? {
        var place = offset
        if place < bytes.count, isWord(bytes[place]) { return wordStart(bytes, before: place) }
        if place > 0, isWord(bytes[place - 1]) { return wordStart(bytes, before: place) }
        var depth = 0
        while place > 0 {
            place -= 1
            if bytes[place] == UInt8(ascii: ")") { depth += 1 }
            if bytes[place] == UInt8(ascii: "(") {
                if depth == 0 { return place > 0 && isWord(bytes[place - 1]) ? wordStart(bytes, before: place) : nil }
                depth -= 1
            }
        }
        return nil
    }
}
