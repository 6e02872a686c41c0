/// A parameter as Python sees it.
struct PythonParameter {
    let name: String
    let kind: Kind
    let isRequired: Bool
    let isKeywordOnly: Bool
    /// Works element by element.
    let isElementwise: Bool
    /// The default as a Python literal; nil where there is none to show.
    let literal: String?
    /// The default as Swift has it.
    let swiftDefault: String?
    let documentation: String
}

/// One exported function: what Python sees, and the Swift text that calls it.
struct Export {
    let function: Function
    let mark: Mark
    /// The sub-module.
    let module: String
    var parameters: [PythonParameter] = []
    /// Statements that make Swift's arguments.
    var preparation: [String] = []
    var callbacks: [String] = []
    /// The call, without `try`.
    var callText = ""
    var result: Kind
    /// Names that Swift and Python spell differently.
    var spelling: [(swift: String, python: String)] = []

    var name: String { mark.pythonName }
}

extension SourceIndex {
    /// What a mark exports.
    ///
    /// - Throws: `GeneratorError` that names the parameter and the type which cannot be converted.
    func export(_ function: Function, _ mark: Mark) throws -> Export {
        func fail(_ place: Place, _ message: String) -> GeneratorError {
            GeneratorError(place: place, message: "\(mark.pythonName): \(message)")
        }
        func kind(_ text: String) -> Kind? {
            self.kind(
                of: text, in: function.owner, module: function.module, substitutions: mark.substitutions,
                generics: function.generics)
        }
        let result: Kind
        if function.kind == .initialiser {
            guard let owner = function.owner, let kind = kind(owner) else {
                throw fail(function.place, "the type \(function.owner ?? "?") has no rule of conversion")
            }
            result = kind
        } else {
            guard let kind = kind(function.result ?? "Void") else {
                throw fail(
                    function.place,
                    "the result of \(function.name) has the type \(function.result ?? "Void"), "
                        + "for which there is no rule of conversion")
            }
            result = kind
        }
        if let obstacle = obstacleToOutput(result) {
            throw fail(
                function.place,
                "the result of \(function.name) holds the type \(obstacle), "
                    + "for which there is no rule of conversion")
        }
        var export = Export(
            function: function, mark: mark, module: snakeCase(function.module), result: result)
        let documentation = Documentation(function.documentation)
        var arguments: [String] = []
        var operands = 0

        let receiver = try receiver(of: function, mark, &export)
        for name in mark.omitted
        where !function.parameters.contains(where: { $0.name == name && $0.defaultText != nil }) {
            throw fail(mark.place, "without: \(function.name) has no parameter \(name) with a default")
        }
        for parameter in function.parameters where !mark.omitted.contains(parameter.name) {
            guard let kind = kind(parameter.type) else {
                throw fail(
                    parameter.place,
                    "the parameter '\(parameter.name)' has the type \(parameter.type), "
                        + "for which there is no rule of conversion")
            }
            if let obstacle = obstacleToInput(kind) {
                throw fail(
                    parameter.place,
                    "the parameter '\(parameter.name)' of type \(parameter.type) cannot be given by "
                        + "Python: there is no rule of conversion for \(obstacle)")
            }
            if case .closure = kind, parameter.defaultText != nil {
                throw fail(
                    parameter.place,
                    "the parameter '\(parameter.name)' is a closure with a default, which Python cannot "
                        + "have: leave it out with \"without: \(parameter.name)\"")
            }
            if parameter.isInout {
                guard case .generator = kind else {
                    throw fail(
                        parameter.place,
                        "the parameter '\(parameter.name)' is inout \(parameter.type): only random "
                            + "number generators may be")
                }
            }
            let text = documentation.parameters[parameter.name] ?? ""
            if case .scalar("Double") = kind, mark.isElementwise, parameter.defaultText == nil {
                export.parameters.append(
                    PythonParameter(
                        name: snakeCase(parameter.name), kind: kind, isRequired: true, isKeywordOnly: false,
                        isElementwise: true, literal: nil, swiftDefault: nil, documentation: text))
                arguments.append((parameter.label.map { $0 + ": " } ?? "") + "values[\(operands)]")
                operands += 1
                continue
            }
            let variable = "p\(arguments.count)"
            prepare(parameter, kind, variable, documentation: text, &export)
            arguments.append((parameter.label.map { $0 + ": " } ?? "") + (parameter.isInout ? "&" : "") + variable)
        }
        receiver?(&export)
        // Given by position first, as Python demands of a signature.
        let order = export.parameters.indices.sorted {
            (export.parameters[$0].isKeywordOnly ? 1 : 0, $0) < (export.parameters[$1].isKeywordOnly ? 1 : 0, $1)
        }
        export.parameters = order.map { export.parameters[$0] }
        for (slot, original) in order.enumerated() {
            export.preparation = export.preparation.map { $0.replacing("§\(original)§", with: "\(slot)") }
        }
        let place = Dictionary(
            export.parameters.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        if place.count != export.parameters.count {
            let names = export.parameters.map(\.name)
            let twice = names.first { name in names.count { $0 == name } > 1 } ?? ""
            throw fail(function.place, "two parameters would be called '\(twice)' in Python")
        }
        for name in mark.substitutions.keys where function.generics[name] == nil {
            throw fail(mark.place, "where: \(function.name) has no generic parameter \(name)")
        }
        if mark.isElementwise {
            guard case .scalar("Double") = result, operands > 0, !function.isThrowing else {
                throw fail(mark.place, "elementwise: expected a function of Doubles to a Double that throws nothing")
            }
        }
        let list = arguments.joined(separator: ", ")
        switch function.kind {
        case .free: export.callText = "\(function.module).\(function.name)(\(list))"
        case .staticMember: export.callText = "\(function.owner ?? "").\(function.name)(\(list))"
        case .method:
            // `callAsFunction` reads as a call.
            export.callText = "receiver.\(function.name)(\(list))"
        case .initialiser: export.callText = "\(function.owner ?? "")(\(list))"
        }
        return export
    }

    /// Adds what a method's receiver becomes. Returns what is to be added after the method's own parameters: choices
    /// that all have defaults.
    private func receiver(
        of function: Function, _ mark: Mark, _ export: inout Export
    ) throws -> ((inout Export) -> Void)? {
        guard function.kind == .method else { return nil }
        func fail(_ message: String) -> GeneratorError {
            GeneratorError(place: function.place, message: "\(mark.pythonName): \(message)")
        }
        guard let owner = function.owner, let kind = self.kind(of: owner, in: nil, module: function.module) else {
            throw fail("the receiver's type \(function.owner ?? "?") has no rule of conversion")
        }
        if let obstacle = obstacleToInput(kind) {
            throw fail(
                "the receiver of \(function.name) cannot be given by Python: there is no rule of conversion for \(obstacle)"
            )
        }
        let declaration = function.isMutating ? "var" : "let"
        if case .record(let type) = kind, let initialiser = recordInitialiser(type) {
            let isChoice = initialiser.parameters.allSatisfy { $0.defaultText != nil }
            if isChoice || mark.spreadsReceiver {
                let add: (inout Export) -> Void = { export in
                    self.spreadRecord(type, initialiser, base: nil, "receiver", declaration, &export)
                }
                if isChoice { return add }
                add(&export)
                return nil
            }
        }
        let name = mark.receiver ?? snakeCase(owner.split(separator: ".").last.map(String.init) ?? owner)
        export.preparation.append("\(declaration) receiver: \(owner) = try a.value(§\(export.parameters.count)§)")
        export.parameters.append(
            PythonParameter(
                name: name, kind: kind, isRequired: true, isKeywordOnly: false, isElementwise: false, literal: nil,
                swiftDefault: nil, documentation: receiverDocumentation(owner, function.module)))
        return nil
    }

    /// Adds the parameters of a structure's initialiser, and the statement that makes it from them.
    private func spreadRecord(
        _ type: TypeDeclaration, _ initialiser: Function, base: String?, _ variable: String, _ declaration: String,
        _ export: inout Export
    ) {
        let properties = Dictionary(type.properties.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
        let documentation = Documentation(initialiser.documentation)
        var arguments: [String] = []
        for field in initialiser.parameters {
            guard let kind = self.kind(of: field.type, in: type.name, module: type.module) else { continue }
            let slot = export.parameters.count
            let defaultText = base.map { "\($0).\(field.name)" } ?? field.defaultText
            let python = snakeCase(field.name)
            if python != field.name { export.spelling.append((field.name, python)) }
            let own = documentation.parameters[field.name] ?? ""
            let text =
                own.isEmpty
                ? Documentation(properties[field.name]?.documentation ?? []).summary.joined(separator: " ") : own
            export.parameters.append(
                PythonParameter(
                    name: python, kind: kind, isRequired: defaultText == nil, isKeywordOnly: defaultText != nil,
                    isElementwise: false, literal: defaultText.flatMap { pythonLiteral($0, kind) },
                    swiftDefault: defaultText, documentation: text))
            arguments.append(
                "\(field.label.map { $0 + ": " } ?? "")try a.value(§\(slot)§\(defaultText.map { ", or: " + $0 } ?? ""))"
            )
        }
        let attempt = initialiser.isThrowing ? "try " : ""
        export.preparation.append(
            "\(declaration) \(variable) = \(attempt)\(type.name)(\(arguments.joined(separator: ", ")))")
    }

    private func receiverDocumentation(_ owner: String, _ module: String) -> String {
        type(owner, in: module).map { Documentation($0.documentation).summary.joined(separator: " ") } ?? ""
    }

    /// Adds what one Swift parameter becomes: one Python parameter or several, and the statement that reads it.
    private func prepare(
        _ parameter: Parameter, _ kind: Kind, _ variable: String, documentation: String, _ export: inout Export
    ) {
        let index = export.parameters.count
        let name = snakeCase(parameter.name)
        let keepsShape = export.mark.shapeKeepers.contains(parameter.name)
        let isRequired = parameter.defaultText == nil
        func add(
            _ name: String, _ kind: Kind, required: Bool, keywordOnly: Bool, _ defaultText: String?,
            _ documentation: String
        ) {
            export.parameters.append(
                PythonParameter(
                    name: name, kind: kind, isRequired: required, isKeywordOnly: keywordOnly, isElementwise: false,
                    literal: defaultText.flatMap { pythonLiteral($0, kind) }, swiftDefault: defaultText,
                    documentation: documentation))
        }
        if name != parameter.name { export.spelling.append((parameter.name, name)) }
        let text = parameter.defaultText.map { ", or: " + $0 } ?? ""
        switch kind {
        case .generator:
            add(
                "seed", .scalar("UInt64"), required: true, keywordOnly: true, nil,
                "seeds the random number generator: the same seed gives the same result.")
            export.preparation.append(
                "\(parameter.isInout ? "var" : "let") \(variable) = Philox(seed: try a.value(§\(index)§))")
        case .closure(let arguments, let result):
            add(name, kind, required: isRequired, keywordOnly: !isRequired, parameter.defaultText, documentation)
            export.preparation.append("let c\(index) = try a.callback(§\(index)§, keepsShape: \(keepsShape))")
            export.callbacks.append("c\(index)")
            export.preparation.append(
                "let \(variable): @Sendable \(kind.swift) = \(closure("c\(index)", arguments, result))")
        case .optional(.closure(let arguments, let result)):
            add(name, kind, required: isRequired, keywordOnly: !isRequired, parameter.defaultText, documentation)
            export.preparation.append("let c\(index) = try a.optionalCallback(§\(index)§, keepsShape: \(keepsShape))")
            export.callbacks.append("c\(index)")
            let made = closure("callback", arguments, result)
            export.preparation.append(
                "let \(variable) = c\(index).map { (callback: Callback) -> (@Sendable \(Kind.closure(arguments, result).swift)) in \(made) }"
            )
        case .enumeration(let type) where type.cases.contains(where: { !$0.values.isEmpty }):
            add(name, kind, required: isRequired, keywordOnly: !isRequired, parameter.defaultText, documentation)
            // What belongs to the cases can be given beside the name.
            var labels: [(label: String, kind: Kind, slot: Int)] = []
            for value in type.cases.flatMap(\.values) {
                guard let label = value.label, let kind = self.kind(of: value.type, in: type.name, module: type.module),
                    !labels.contains(where: { $0.label == label })
                else { continue }
                let owners = type.cases.filter { $0.values.contains { $0.label == label } }
                let defaults = Set(owners.flatMap(\.values).filter { $0.label == label }.map(\.defaultText))
                labels.append((label, kind, export.parameters.count))
                let python = snakeCase(label)
                if python != label { export.spelling.append((label, python)) }
                add(
                    python, kind, required: false, keywordOnly: true,
                    defaults.count == 1 ? defaults.first ?? nil : nil,
                    "of \(name)=" + owners.map { "'\(snakeCase($0.name))'" }.joined(separator: " or ") + ".")
            }
            let slots = labels.map { "§\($0.slot)§" }.joined(separator: ", ")
            let standard = parameter.defaultText.map { ", or: \($0)" } ?? ""
            export.preparation.append(
                "let \(variable) = try spread\(type.pythonName)(a, §\(index)§, [\(slots)]\(standard))")
        case .record(let type) where isOptions(type, parameter):
            let initialiser = recordInitialiser(type)
            let isPlain =
                parameter.defaultText.map {
                    $0 == "\(type.name)()" || $0 == "\(type.shortName)()" || $0 == ".init()"
                } ?? true
            let isComplete =
                parameter.defaultText == nil
                || initialiser?.parameters.allSatisfy { $0.defaultText != nil } ?? false
            if !isPlain || !isComplete {
                export.preparation.append("let base\(index): \(type.name) = \(parameter.defaultText ?? "")")
            }
            if let initialiser {
                spreadRecord(
                    type, initialiser, base: isPlain && isComplete ? nil : "base\(index)", variable, "let", &export)
            }
        default:
            add(name, kind, required: isRequired, keywordOnly: !isRequired, parameter.defaultText, documentation)
            export.preparation.append("let \(variable): \(kind.swift) = try a.value(§\(index)§\(text))")
        }
    }

    /// A structure of choices rather than data: it has a default, or is called so.
    private func isOptions(_ type: TypeDeclaration, _ parameter: Parameter) -> Bool {
        parameter.defaultText != nil
            || ["Options", "Parameters", "Configuration", "Settings"].contains { type.name.hasSuffix($0) }
    }

    private func closure(_ callback: String, _ arguments: [Kind], _ result: Kind) -> String {
        let names = arguments.indices.map { "$\($0)" }.joined(separator: ", ")
        if case .tuple(let parts) = result {
            return "{ \(callback).pair(\(names), as: \(parts[0].kind.swift).self, \(parts[1].kind.swift).self) }"
        }
        return "{ \(callback).call(\(names), as: \(result.swift).self) }"
    }
}

/// A default that Python can write as well; nil where only Swift can.
func pythonLiteral(_ text: String, _ kind: Kind) -> String? {
    switch text {
    case "nil": return "None"
    case "true": return "True"
    case "false": return "False"
    case "[]": return "()"
    default: break
    }
    if case .enumeration(let type) = kind {
        let name = text.hasPrefix(".") ? String(text.dropFirst()) : ""
        return type.cases.contains { $0.name == name && $0.values.isEmpty } ? "'\(snakeCase(name))'" : nil
    }
    if text.allSatisfy({ $0.isNumber || "+-._eE".contains($0) }), text.contains(where: \.isNumber), text.first != "." {
        return text
    }
    if text.hasPrefix("["), text.hasSuffix("]") {
        let parts = text.dropFirst().dropLast().split(separator: ",").map { String($0).trimmed }
        guard case .array(let element) = kind else { return nil }
        let literals = parts.compactMap { pythonLiteral($0, element) }
        return literals.count == parts.count
            ? "(" + literals.joined(separator: ", ") + (parts.count == 1 ? ",)" : ")") : nil
    }
    return nil
}
