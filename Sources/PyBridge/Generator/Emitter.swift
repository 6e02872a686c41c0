import Foundation

/// Writes the Swift half of the module.
struct Emitter {
    let index: SourceIndex
    let exports: [Export]
    /// What Python gets as named tuples, in the order of their numbers.
    private(set) var tuples: [NamedTuple] = []
    private var outputs: [String: TypeDeclaration] = [:]
    private var inputs: [String: TypeDeclaration] = [:]
    private var spreads: [String: TypeDeclaration] = [:]
    private(set) var exceptions: [TypeDeclaration] = []

    /// A type of results.
    struct NamedTuple {
        let module: String
        let name: String
        let documentation: String
        let fields: [(name: String, kind: Kind, documentation: String)]
        /// The Swift type; nil for a tuple.
        let type: String?
        /// How many fields at the end may be left out by who gives one.
        let inputDefaults: Int
    }

    init(index: SourceIndex, exports: [Export]) throws {
        self.index = index
        self.exports = exports
        for export in exports {
            collectOutput(export.result)
            if case .tuple(let elements) = export.result, elements.allSatisfy({ $0.label != nil }) {
                let summary = Documentation(export.function.documentation).returns
                tuples.append(
                    NamedTuple(
                        module: export.module, name: camelCase(export.name) + "Result",
                        documentation: Documentation.pythonText(summary, names: [:]),
                        fields: elements.map { (fieldName($0.label ?? ""), $0.kind, "") }, type: "tuple " + export.name,
                        inputDefaults: 0))
            }
            for parameter in export.parameters {
                collectInput(parameter.kind)
                if case .enumeration(let type) = parameter.kind { spreads[type.name] = type }
            }
            for parameter in export.function.parameters {
                if let kind = index.kind(
                    of: parameter.type, in: export.function.owner, module: export.function.module,
                    substitutions: export.mark.substitutions,
                    generics: export.function.generics)
                {
                    if case .record(let type) = kind, let initialiser = index.recordInitialiser(type) {
                        collectException(initialiser.thrownType, type.module)
                    }
                }
            }
            collectException(export.function.thrownType, export.function.module)
        }
        let byName = Dictionary(grouping: tuples) { $0.module + "." + $0.name }
        for (name, same) in byName where same.count > 1 {
            throw GeneratorError(
                place: exports[0].function.place, message: "two results would be called swiftcore.\(name)")
        }
        for export in exports {
            if exports.count(where: { $0.module == export.module && $0.name == export.name }) > 1 {
                throw GeneratorError(
                    place: export.mark.place, message: "swiftcore.\(export.module).\(export.name) is exported twice")
            }
        }
    }

    private mutating func collectException(_ name: String?, _ module: String) {
        guard let name, let type = index.type(name, in: module), type.isError,
            !exceptions.contains(where: { $0.name == type.name })
        else { return }
        exceptions.append(type)
    }

    private mutating func collectOutput(_ kind: Kind) {
        switch kind {
        case .array(let element), .optional(let element), .range(let element): collectOutput(element)
        case .dictionary(let key, let value):
            collectOutput(key)
            collectOutput(value)
        case .tuple(let elements): for element in elements { collectOutput(element.kind) }
        case .enumeration(let type):
            guard outputs.updateValue(type, forKey: type.name) == nil else { return }
            for value in type.cases.flatMap(\.values) {
                if let kind = index.kind(of: value.type, in: type.name, module: type.module) { collectOutput(kind) }
            }
        case .record(let type):
            guard outputs.updateValue(type, forKey: type.name) == nil else { return }
            addTuple(type)
            for field in index.fields(ofOutput: type) {
                if let kind = index.kind(of: field.type, in: type.name, module: type.module) { collectOutput(kind) }
            }
        default: break
        }
    }

    private mutating func addTuple(_ type: TypeDeclaration) {
        guard !tuples.contains(where: { $0.type == type.name }) else { return }
        let fields = index.fields(ofOutput: type).compactMap { field in
            index.kind(of: field.type, in: type.name, module: type.module).map {
                (fieldName(field.name), $0, Documentation(field.documentation).summary.joined(separator: " "))
            }
        }
        tuples.append(
            NamedTuple(
                module: snakeCase(type.module), name: type.pythonName,
                documentation: Documentation.pythonText(
                    Documentation(type.documentation).summary.joined(separator: " "), names: [:]),
                fields: fields, type: type.name, inputDefaults: 0))
    }

    private mutating func collectInput(_ kind: Kind) {
        switch kind {
        case .array(let element), .optional(let element): collectInput(element)
        case .closure(let arguments, _): for argument in arguments { collectOutput(argument) }
        case .enumeration(let type):
            guard inputs.updateValue(type, forKey: type.name) == nil else { return }
            for value in type.cases.flatMap(\.values) {
                if let kind = index.kind(of: value.type, in: type.name, module: type.module) { collectInput(kind) }
            }
        case .record(let type):
            guard inputs.updateValue(type, forKey: type.name) == nil else { return }
            collectException(index.recordInitialiser(type)?.thrownType, type.module)
            // Python makes one under its name where all its fields can be given back.
            let given = index.fields(ofInput: type)
            if given.map(\.name) == index.fields(ofOutput: type).map(\.name) {
                collectOutput(.record(type))
            }
            for field in given { if let kind = field.kind { collectInput(kind) } }
        default: break
        }
    }

    private func number(_ type: String) -> Int { tuples.firstIndex { $0.type == type } ?? -1 }

    // MARK: Text

    func text() -> String {
        var lines: [String] = ["// Generated from the marks `// swiftcore: …` in Sources/Core. Not to be edited.", ""]
        lines += ["internal import CSwiftCore"]
        lines += Set(exports.map(\.function.module)).union(["Mathematics", "DeepLearning"]).sorted().map {
            "import \($0)"
        }
        lines += ["import Numerics", ""]
        for (position, export) in exports.enumerated() { lines += wrapper(export, position) + [""] }
        for type in inputs.values.sorted(by: { $0.name < $1.name }) { lines += input(type) + [""] }
        for type in spreads.values.sorted(by: { $0.name < $1.name })
        where type.cases.contains(where: { !$0.values.isEmpty }) {
            lines += spread(type) + [""]
        }
        for type in outputs.values.sorted(by: { $0.name < $1.name }) { lines += output(type) + [""] }
        lines += definitions()
        return lines.joined(separator: "\n") + "\n"
    }

    private func wrapper(_ export: Export, _ position: Int) -> [String] {
        var lines = ["private func export\(position)(_ a: Arguments) throws -> Object {"]
        lines += export.preparation.map { "    " + $0 }
        for relation in export.mark.requirements {
            let used = export.function.parameters.enumerated().filter { position, parameter in
                relation.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }).contains {
                    $0 == parameter.name
                }
            }
            let names = Dictionary(
                export.function.parameters.enumerated().map { ($1.name, "p\($0)") }, uniquingKeysWith: { a, _ in a })
            let shapes = used.map { "(\"\(snakeCase($1.name))\", p\($0))" }.joined(separator: ", ")
            let python = relation.replacingWords(
                Dictionary(export.spelling.map { ($0.swift, $0.python) }, uniquingKeysWith: { a, _ in a })
            ).replacing(" && ", with: " and ").replacing(" || ", with: " or ")
            lines.append("    try a.require(\(relation.replacingWords(names)), \(literal(python)), [\(shapes)])")
        }
        let attempt = export.function.isThrowing ? "try " : ""
        let callbacks = export.callbacks.joined(separator: ", ")
        if export.mark.isElementwise {
            let operands = export.parameters.indices.filter { export.parameters[$0].isElementwise }
            lines.append("    return try a.elementwise(\(operands)) { values in \(export.callText) }")
        } else {
            let compute = "try a.compute\(callbacks.isEmpty ? "" : "(\(callbacks))") { \(attempt)\(export.callText) }"
            switch export.result {
            case .void: lines += ["    \(compute)", "    return swiftcore_none()"]
            case .tuple(let elements):
                let names = elements.indices.map { "r\($0)" }
                lines.append("    let (\(names.joined(separator: ", "))) = \(compute)")
                let items = names.map { "(consume \($0)).python()" }.joined(separator: ", ")
                let isNamed = elements.allSatisfy { $0.label != nil }
                lines.append(
                    "    return try \(isNamed ? "namedTuple(\(number("tuple " + export.name)), " : "tuple(")\(items))")
            default:
                lines.append("    let result = \(compute)")
                lines.append("    return try (consume result).python()")
            }
        }
        return lines + ["}"]
    }

    private func input(_ type: TypeDeclaration) -> [String] {
        var lines = ["extension \(type.name): PythonInput {", "    init(python object: Object) throws {"]
        if type.kind == .enumeration {
            let expected = literal("one of " + type.cases.map { "'\(snakeCase($0.name))'" }.joined(separator: ", "))
            lines.append("        let choice = try CaseName(object, expected: \(expected))")
            lines.append("        switch choice.name {")
            for each in type.cases {
                let values = each.values.enumerated().map { place, value in
                    let standard = value.defaultText ?? "nil"
                    return (value.label.map { $0 + ": " } ?? "")
                        + "try choice.value(\(place), \(literal(snakeCase(value.name))), or: \(standard))"
                }
                let arguments = values.isEmpty ? "" : "(" + values.joined(separator: ", ") + ")"
                lines.append("        case \(literal(snakeCase(each.name))): self = .\(escaped(each.name))\(arguments)")
            }
            lines += ["        default: throw choice.unknown(\(expected))", "        }"]
        } else if let initialiser = index.recordInitialiser(type) {
            let fields = initialiser.parameters
            let names = fields.map { literal(snakeCase($0.name)) }.joined(separator: ", ")
            let required = fields.firstIndex { $0.defaultText != nil } ?? fields.count
            lines.append(
                "        let fields = try Fields(object, of: \(literal(type.pythonName)), "
                    + "names: [\(names)], required: \(required))")
            let values = fields.enumerated().map { place, field in
                "\(field.name): try fields.value(\(place)\(field.defaultText.map { ", or: " + $0 } ?? ""))"
            }
            lines.append("        \(initialiser.isThrowing ? "try " : "")self.init(\(values.joined(separator: ", ")))")
        }
        lines += ["    }", "}"]
        if type.kind == .structure, index.isNumberRecord(type) {
            let count = type.properties.count(where: \.isStored)
            lines += ["extension \(type.name): NumberRecord { static var fieldCount: Int { \(count) } }"]
        }
        return lines
    }

    /// The function that reads an enumeration whose values are arguments of their own.
    private func spread(_ type: TypeDeclaration) -> [String] {
        let name = type.pythonName
        var labels: [String] = []
        for value in type.cases.flatMap(\.values) {
            if let label = value.label, !labels.contains(label) { labels.append(label) }
        }
        let expected = literal("one of " + type.cases.map { "'\(snakeCase($0.name))'" }.joined(separator: ", "))
        var lines = [
            "private func spread\(name)(",
            "    _ a: Arguments, _ index: Int, _ slots: [Int], or standard: @autoclosure () -> \(type.name)? = nil",
            ") throws -> \(type.name) {",
            "    guard let object = a.object(index) else {",
            "        guard let standard = standard() else { throw Failure.raised }",
            "        // Values given without a name belong to the default's case.",
            "        if !slots.contains(where: { a.has($0) }) { return standard }",
            "        return try spread\(name)(a, index, slots, named: standard.caseName)",
            "    }",
            "    guard swiftcore_is_string(object) else {",
            "        try a.refuse(slots, beside: index, \"(…)\")",
            "        return try a.value(index)",
            "    }",
            "    return try spread\(name)(a, index, slots, named: try a.value(index))",
            "}",
            "private func spread\(name)(_ a: Arguments, _ index: Int, _ slots: [Int], named name: String) throws -> \(type.name) {",
            "    switch name {",
        ]
        for each in type.cases {
            let own = Set(each.values.compactMap(\.label))
            let others = labels.indices.filter { !own.contains(labels[$0]) }.map { "slots[\($0)]" }
            lines.append("    case \(literal(snakeCase(each.name))):")
            if !others.isEmpty {
                lines.append("        try a.refuse([\(others.joined(separator: ", "))], beside: index, name)")
            }
            let values = each.values.map { value in
                guard let label = value.label, let slot = labels.firstIndex(of: label) else {
                    return
                        "try { throw a.located(Failure.value(\"'\(snakeCase(each.name))' must be given as a tuple with its value\"), index) }()"
                }
                let read =
                    value.defaultText.map { "a.value(slots[\(slot)], or: \($0))" }
                    ?? "a.needed(slots[\(slot)], for: name)"
                return "\(label): try \(read)"
            }
            let arguments = values.isEmpty ? "" : "(" + values.joined(separator: ", ") + ")"
            lines.append("        return .\(escaped(each.name))\(arguments)")
        }
        lines += [
            "    default: throw a.located(Failure.value(\"expected \\(\(expected) as StaticString), got '\\(name)'\"), index)",
            "    }", "}",
            "extension \(type.name) {", "    fileprivate var caseName: String {", "        switch self {",
        ]
        lines += type.cases.map { "        case .\(escaped($0.name)): \(literal(snakeCase($0.name)))" }
        return lines + ["        }", "    }", "}"]
    }

    private func output(_ type: TypeDeclaration) -> [String] {
        var lines = ["extension \(type.name): PythonOutput {", "    consuming func python() throws -> Object {"]
        if type.kind == .enumeration {
            lines.append("        switch self {")
            for each in type.cases {
                if each.values.isEmpty {
                    lines.append(
                        "        case .\(escaped(each.name)): return try \(literal(snakeCase(each.name))).python()")
                } else {
                    let names = each.values.indices.map { "v\($0)" }
                    let items = ["\(literal(snakeCase(each.name))).python()"] + names.map { "\($0).python()" }
                    lines.append(
                        "        case .\(escaped(each.name))(\(names.map { "let " + $0 }.joined(separator: ", "))): "
                            + "return try tuple(\(items.joined(separator: ", ")))")
                }
            }
            lines.append("        }")
        } else {
            let fields = index.fields(ofOutput: type)
            for (place, field) in fields.enumerated() { lines.append("        let f\(place) = self.\(field.access)") }
            // The fields are then the only owners of their memory.
            lines.append("        _ = consume self")
            let items = fields.indices.map { "(consume f\($0)).python()" }.joined(separator: ", ")
            lines.append("        return try namedTuple(\(number(type.name))\(items.isEmpty ? "" : ", " + items))")
        }
        return lines + ["    }", "}"]
    }

    private func definitions() -> [String] {
        var lines = ["let functionDefinitions: [FunctionDefinition] = ["]
        for (position, export) in exports.enumerated() {
            let spelling = export.spelling.map { "(\(literal($0.swift)), \(literal($0.python)))" }.joined(
                separator: ", ")
            lines += [
                "    FunctionDefinition(",
                "        module: \(literal(export.module)), name: \(literal(export.name)),",
                "        parameters: \(literal(PythonText.parameterList(export))),",
                "        documentation: \(block(PythonText.documentation(export, index))),",
                "        function: { _, arguments, count, names in",
                "            call(",
                "                \(position), slots: \(export.parameters.count), arguments, count, names,",
                "                spelled: [\(spelling)], export\(position))",
                "        }),",
            ]
        }
        lines += ["]", "", "let tupleDefinitions: [TupleDefinition] = ["]
        for tuple in tuples {
            lines.append(
                "    TupleDefinition(module: \(literal(tuple.module)), name: \(literal(tuple.name)), fields: "
                    + "\(literal(tuple.fields.map(\.name).joined(separator: ","))), documentation: "
                    + "\(block(PythonText.documentation(tuple)))),")
        }
        lines += ["]", "", "let exceptionDefinitions: [ExceptionDefinition] = ["]
        for type in exceptions {
            lines.append(
                "    ExceptionDefinition(name: \(literal(type.pythonName)), isValueError: "
                    + "\(PythonText.isValueError(type)), documentation: "
                    + "\(block(Documentation(type.documentation).summary.joined(separator: " ")))),")
        }
        lines += [
            "]", "", "/// The number of the Python class for a Swift error.",
            "func exceptionIndex(of error: any Error) -> Int32 {",
        ]
        lines.append("    switch error {")
        for (position, type) in exceptions.enumerated() { lines.append("    case is \(type.name): \(position)") }
        return lines + ["    default: -1", "    }", "}"]
    }

    private func escaped(_ name: String) -> String {
        ["default", "in", "for", "none", "self", "init", "repeat"].contains(name) ? "`\(name)`" : name
    }

    private func literal(_ text: String) -> String { "#\"\(text)\"#" }

    private func block(_ text: String) -> String { "#\"\"\"\n\(text)\n\"\"\"#" }
}
