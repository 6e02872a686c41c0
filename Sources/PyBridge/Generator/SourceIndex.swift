import Foundation
import SwiftParser
import SwiftSyntax

/// The public declarations of Core's sources, and the functions that are marked for Python.
struct SourceIndex {
    var types: [String: TypeDeclaration] = [:]
    var aliases: [String: String] = [:]
    var exports: [(function: Function, mark: Mark)] = []
    /// Methods are found after the types that they belong to.
    fileprivate var pending: [(owner: String, module: String, apply: (inout TypeDeclaration) -> Void)] = []

    /// Reads all files.
    ///
    /// - Parameter files: paths, with the module that each belongs to and the name that errors give.
    init(files: [(path: String, module: String, shown: String)]) throws {
        var all = SourceIndex()
        for file in files.sorted(by: { $0.path < $1.path }) {
            let source = try String(contentsOfFile: file.path, encoding: .utf8)
            let tree = Parser.parse(source: source)
            let visitor = DeclarationVisitor(
                module: file.module, converter: SourceLocationConverter(fileName: file.shown, tree: tree),
                file: file.shown)
            visitor.walk(tree)
            if let error = visitor.error { throw error }
            // A mark that nothing exports would be forgotten unseen.
            var found = 0
            for token in tree.tokens(viewMode: .sourceAccurate) {
                found += token.leadingTrivia.pieces.count { $0.markText != nil }
            }
            if found != visitor.usedMarks.count {
                for token in tree.tokens(viewMode: .sourceAccurate) {
                    var offset = token.position.utf8Offset
                    for piece in token.leadingTrivia.pieces {
                        defer { offset += piece.sourceLength.utf8Length }
                        guard piece.markText != nil else { continue }
                        let line = visitor.converter.location(for: AbsolutePosition(utf8Offset: offset)).line
                        guard !visitor.usedMarks.contains(line) else { continue }
                        throw GeneratorError(
                            place: Place(file: file.shown, line: line),
                            message: "this mark is not above the doc comment of a public function or initialiser")
                    }
                }
            }
            for (name, type) in visitor.index.types {
                // Two modules may have a type of one name; Swift then wants the module's name before it.
                if let other = all.types[name], other.module != type.module {
                    all.types[name] = nil
                    all.ambiguous.insert(name)
                    all.types["\(other.module).\(name)"] = other.renamed("\(other.module).\(name)")
                }
                let isAmbiguous = all.ambiguous.contains(name)
                let full = isAmbiguous ? "\(type.module).\(name)" : name
                all.types[full] = isAmbiguous ? type.renamed(full) : type
            }
            all.aliases.merge(visitor.index.aliases) { first, _ in first }
            all.exports += visitor.index.exports
            all.pending += visitor.index.pending
        }
        for (owner, module, apply) in all.pending {
            let name = all.types["\(module).\(owner)"] == nil ? owner : "\(module).\(owner)"
            if var type = all.types[name] {
                apply(&type)
                all.types[name] = type
            }
        }
        self = all
    }

    /// Names that types of two modules have.
    private var ambiguous: Set<String> = []

    private init() {}

    /// The type of a name, as a module sees it.
    func type(_ name: String, in module: String) -> TypeDeclaration? { types["\(module).\(name)"] ?? types[name] }

    static func empty() -> SourceIndex { SourceIndex() }
}

extension TriviaPiece {
    /// What follows `// swiftcore:`.
    var markText: String? {
        guard case .lineComment(let text) = self, !text.hasPrefix("///") else { return nil }
        let body = text.dropFirst(2).trimmed
        return body.hasPrefix(Mark.prefix) ? body.dropFirst(Mark.prefix.count).trimmed : nil
    }
}

private final class DeclarationVisitor: SyntaxVisitor {
    let module: String
    let converter: SourceLocationConverter
    let file: String
    var index = SourceIndex.empty()
    var error: GeneratorError?
    /// The lines of the marks that belong to a declaration.
    var usedMarks: Set<Int> = []
    /// The types around the place, and whether members are public without saying so.
    private var owners: [String] = []

    init(module: String, converter: SourceLocationConverter, file: String) {
        self.module = module
        self.converter = converter
        self.file = file
        super.init(viewMode: .sourceAccurate)
    }

    private func place(_ node: some SyntaxProtocol) -> Place {
        Place(file: file, line: node.startLocation(converter: converter).line)
    }

    private func isPublic(_ modifiers: DeclModifierListSyntax) -> Bool {
        modifiers.contains { $0.name.text == "public" || $0.name.text == "open" }
    }

    private func documentation(_ node: some SyntaxProtocol) -> [String] {
        // Only the block that touches the declaration.
        var lines: [String] = []
        for piece in node.leadingTrivia.pieces {
            switch piece {
            case .docLineComment(let text):
                let body = text.dropFirst(3)
                lines.append(String(body.first == " " ? body.dropFirst() : body))
            case .newlines(let count) where count > 1: lines = []
            default: break
            }
        }
        return lines
    }

    /// The texts and lines of the marks above a declaration.
    private func markTexts(_ node: some SyntaxProtocol) -> [(text: String, line: Int)] {
        var offset = node.position.utf8Offset
        var result: [(String, Int)] = []
        for piece in node.leadingTrivia.pieces {
            if let text = piece.markText {
                let line = converter.location(for: AbsolutePosition(utf8Offset: offset)).line
                result.append((text, line))
            }
            offset += piece.sourceLength.utf8Length
        }
        return result
    }

    private func marks(_ node: some SyntaxProtocol) -> [Mark] {
        markTexts(node).compactMap { text, line in
            if text == "input" { return nil }
            do {
                let mark = try Mark(text, place: Place(file: file, line: line))
                usedMarks.insert(line)
                return mark
            } catch {
                self.error = self.error ?? error as? GeneratorError
                return nil
            }
        }
    }

    /// Whether a member is marked as a field, or as none, of the Python result.
    private func fieldMark(_ node: some SyntaxProtocol) -> String? {
        for (text, line) in markTexts(node) where text == "field" || text == "hidden" || text == "input" {
            usedMarks.insert(line)
            return text
        }
        return nil
    }

    // MARK: Types

    private func enter(
        _ node: some DeclGroupSyntax & NamedDeclSyntax, kind: TypeDeclaration.Kind
    ) -> SyntaxVisitorContinueKind {
        let name = (owners.last.map { $0 + "." } ?? "") + node.name.text
        owners.append(name)
        guard isPublic(node.modifiers) else { return .visitChildren }
        var declaration = TypeDeclaration(
            name: name, module: module, kind: kind, documentation: documentation(node), place: place(node))
        let inherited = node.inheritanceClause?.inheritedTypes.map { $0.type.trimmedDescription } ?? []
        declaration.isError = inherited.contains("Error")
        index.types[name] = declaration
        return .visitChildren
    }

    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { enter(node, kind: .structure) }
    override func visitPost(_ node: StructDeclSyntax) { owners.removeLast() }
    override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { enter(node, kind: .enumeration) }
    override func visitPost(_ node: EnumDeclSyntax) { owners.removeLast() }
    override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { enter(node, kind: .other) }
    override func visitPost(_ node: ClassDeclSyntax) { owners.removeLast() }
    override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind { enter(node, kind: .other) }
    override func visitPost(_ node: ActorDeclSyntax) { owners.removeLast() }
    override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

    override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
        owners.append(node.extendedType.trimmedDescription)
        return .visitChildren
    }
    override func visitPost(_ node: ExtensionDeclSyntax) { owners.removeLast() }

    override func visit(_ node: TypeAliasDeclSyntax) -> SyntaxVisitorContinueKind {
        if isPublic(node.modifiers), owners.isEmpty, node.genericParameterClause == nil {
            index.aliases[node.name.text] = node.initializer.value.trimmedDescription
        }
        return .skipChildren
    }

    // MARK: Members

    private func amend(_ apply: @escaping (inout TypeDeclaration) -> Void) {
        guard let owner = owners.last else { return }
        index.pending.append((owner, module, apply))
    }

    override func visit(_ node: EnumCaseDeclSyntax) -> SyntaxVisitorContinueKind {
        for element in node.elements {
            let values = (element.parameterClause?.parameters).map { list in
                list.enumerated().map { position, value in
                    Parameter(
                        label: value.firstName?.text, name: value.firstName?.text ?? "value\(position)",
                        type: value.type.trimmedDescription, isInout: false,
                        defaultText: value.defaultValue?.value.trimmedDescription, place: place(value))
                }
            }
            let name = element.name.text.replacingOccurrences(of: "`", with: "")
            amend { $0.cases.append(EnumerationCase(name: name, values: values ?? [])) }
        }
        return .skipChildren
    }

    override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
        guard isPublic(node.modifiers), !owners.isEmpty,
            !node.modifiers.contains(where: { $0.name.text == "static" })
        else { return .skipChildren }
        let mark = fieldMark(node)
        for binding in node.bindings {
            guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text else { continue }
            let type = binding.typeAnnotation?.type.trimmedDescription ?? inferredType(binding.initializer?.value)
            var isStored = true
            switch binding.accessorBlock?.accessors {
            case .getter: isStored = false
            case .accessors(let list):
                isStored = !list.contains { ["get", "_read", "unsafeAddress"].contains($0.accessorSpecifier.text) }
            default: break
            }
            let property = Property(
                name: name, type: type, documentation: documentation(node), isStored: isStored,
                isMarked: mark == "field", isHidden: mark == "hidden", access: name, place: place(node))
            amend { $0.properties.append(property) }
        }
        return .skipChildren
    }

    /// The type of a property that has a literal for its initial value; `_` for any other.
    private func inferredType(_ value: ExprSyntax?) -> String {
        guard let value else { return "_" }
        if value.is(IntegerLiteralExprSyntax.self) { return "Int" }
        if value.is(FloatLiteralExprSyntax.self) { return "Double" }
        if value.is(BooleanLiteralExprSyntax.self) { return "Bool" }
        if value.is(StringLiteralExprSyntax.self) { return "String" }
        return "_"
    }

    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
        if let mark = fieldMark(node), mark == "field", let result = node.signature.returnClause {
            let property = Property(
                name: node.name.text, type: result.type.trimmedDescription, documentation: documentation(node),
                isStored: false, isMarked: true, isHidden: false, access: node.name.text + "()", place: place(node))
            amend { $0.properties.append(property) }
            return .skipChildren
        }
        let isStatic = node.modifiers.contains { $0.name.text == "static" }
        add(
            kind: owners.isEmpty ? .free : isStatic ? .staticMember : .method, name: node.name.text, node: node,
            signature: node.signature, modifiers: node.modifiers, generics: node.genericParameterClause,
            requirements: node.genericWhereClause)
        return .skipChildren
    }

    override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
        add(
            kind: .initialiser, name: "init", node: node, signature: node.signature, modifiers: node.modifiers,
            generics: node.genericParameterClause, requirements: node.genericWhereClause)
        return .skipChildren
    }

    private func add(
        kind: Function.Kind, name: String, node: some SyntaxProtocol, signature: FunctionSignatureSyntax,
        modifiers: DeclModifierListSyntax, generics: GenericParameterClauseSyntax?,
        requirements: GenericWhereClauseSyntax?
    ) {
        let isInput = kind == .initialiser && fieldMark(node) == "input"
        let marks = marks(node)
        let isPublic = isPublic(modifiers)
        if let mark = marks.first, !isPublic {
            error = error ?? GeneratorError(place: mark.place, message: "\(name) is marked for Python but not public")
        }
        guard isPublic else { return }
        var constraints: [String: String] = [:]
        for parameter in generics?.parameters ?? [] {
            constraints[parameter.name.text] = parameter.inheritedType?.trimmedDescription ?? "Any"
        }
        let parameters = signature.parameterClause.parameters.map { parameter in
            var type = parameter.type
            var isInout = false
            if let attributed = type.as(AttributedTypeSyntax.self) {
                isInout = attributed.specifiers.trimmedDescription.contains("inout")
                type = attributed.baseType
            }
            let label = parameter.firstName.text
            return Parameter(
                label: label == "_" ? nil : label,
                name: (parameter.secondName?.text ?? label).replacingOccurrences(of: "`", with: ""),
                type: type.trimmedDescription, isInout: isInout,
                defaultText: parameter.defaultValue?.value.trimmedDescription, place: place(parameter))
        }
        let throwsClause = signature.effectSpecifiers?.throwsClause
        let function = Function(
            kind: kind, name: name, owner: owners.last, parameters: parameters,
            result: signature.returnClause?.type.trimmedDescription, isThrowing: throwsClause != nil,
            thrownType: throwsClause?.type?.trimmedDescription, documentation: documentation(node), isPublic: isPublic,
            isMutating: modifiers.contains { $0.name.text == "mutating" }, generics: constraints, isInput: isInput,
            marks: marks,
            module: module, place: place(node))
        if kind == .initialiser { amend { $0.initialisers.append(function) } }
        for mark in marks { index.exports.append((function, mark)) }
    }
}
