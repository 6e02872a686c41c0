import SwiftParser
import SwiftSyntax

/// A Swift type as it crosses the border. What is not here cannot be converted.
indirect enum Kind {
    /// Double, Float, Int, UInt64, Bool, String or Complex<Double>.
    case scalar(String)
    case vector(String)
    case matrix(String)
    case tensor(String)
    case array(Kind)
    case optional(Kind)
    case range(Kind)
    case dictionary(Kind, Kind)
    case tuple([(label: String?, kind: Kind)])
    case record(TypeDeclaration)
    case enumeration(TypeDeclaration)
    case closure([Kind], Kind)
    /// A random number generator, which a seed stands for.
    case generator
    case void

    /// The type in Swift.
    var swift: String {
        switch self {
        case .scalar(let name): name
        case .vector(let scalar): "DenseVector<\(scalar)>"
        case .matrix(let scalar): "DenseMatrix<\(scalar)>"
        case .tensor(let scalar): "Tensor<\(scalar)>"
        case .array(let element): "[\(element.swift)]"
        case .optional(let wrapped): "\(wrapped.swift)?"
        case .range(let bound): "ClosedRange<\(bound.swift)>"
        case .dictionary(let key, let value): "[\(key.swift): \(value.swift)]"
        case .tuple(let elements):
            "(" + elements.map { ($0.label.map { $0 + ": " } ?? "") + $0.kind.swift }.joined(separator: ", ") + ")"
        case .record(let type), .enumeration(let type): type.name
        case .closure(let arguments, let result):
            "(" + arguments.map(\.swift).joined(separator: ", ") + ") -> " + result.swift
        case .generator: "Philox"
        case .void: "Void"
        }
    }
}

extension SourceIndex {
    /// What a written type means. Nil for what has no rule of conversion.
    ///
    /// - Parameters:
    ///   - text: the type as written.
    ///   - owner: the type in whose scope it is written.
    ///   - module: the module in which it is written.
    ///   - substitutions: what generic parameters stand for.
    ///   - generics: constraints of generic parameters.
    func kind(
        of text: String, in owner: String?, module: String, substitutions: [String: String] = [:],
        generics: [String: String] = [:]
    ) -> Kind? {
        var parser = Parser(text)
        return kind(TypeSyntax.parse(from: &parser), owner, module, substitutions, generics)
    }

    private func kind(
        _ type: TypeSyntax, _ owner: String?, _ module: String, _ substitutions: [String: String],
        _ generics: [String: String]
    ) -> Kind? {
        func inner(_ type: TypeSyntax) -> Kind? { kind(type, owner, module, substitutions, generics) }
        if let type = type.as(AttributedTypeSyntax.self) { return inner(type.baseType) }
        if let type = type.as(ArrayTypeSyntax.self) { return inner(type.element).map { .array($0) } }
        if let type = type.as(OptionalTypeSyntax.self) { return inner(type.wrappedType).map { .optional($0) } }
        if let type = type.as(DictionaryTypeSyntax.self) {
            guard let key = inner(type.key), let value = inner(type.value) else { return nil }
            return .dictionary(key, value)
        }
        if let type = type.as(TupleTypeSyntax.self) {
            if type.elements.count == 1, let only = type.elements.first { return inner(only.type) }
            if type.elements.isEmpty { return .void }
            var elements: [(String?, Kind)] = []
            for element in type.elements {
                guard let kind = inner(element.type) else { return nil }
                elements.append((element.firstName?.text, kind))
            }
            return .tuple(elements)
        }
        if let type = type.as(FunctionTypeSyntax.self) {
            var arguments: [Kind] = []
            for parameter in type.parameters {
                guard let kind = inner(parameter.type) else { return nil }
                arguments.append(kind)
            }
            return inner(type.returnClause.type).map { .closure(arguments, $0) }
        }
        if let type = type.as(SomeOrAnyTypeSyntax.self) { return constrained(type.constraint.trimmedDescription) }
        if let type = type.as(IdentifierTypeSyntax.self) {
            let name = type.name.text
            let arguments = type.genericArgumentClause?.arguments.map { $0.argument.trimmedDescription } ?? []
            if let substitute = substitutions[name] { return kind(of: substitute, in: nil, module: module) }
            if let constraint = generics[name] { return constrained(constraint) }
            return named(name, arguments.map { substitutions[$0] ?? $0 }, owner, module)
        }
        if let type = type.as(MemberTypeSyntax.self) { return declared(type.trimmedDescription, module) }
        return nil
    }

    /// What stands for a type that is only known by a protocol.
    private func constrained(_ constraint: String) -> Kind? {
        switch constraint.replacing(" ", with: "") {
        case "RandomNumberGenerator": .generator
        case "Collection<Double>", "RandomAccessCollection<Double>", "Sequence<Double>": .vector("Double")
        case "Collection<Complex<Double>>": .vector("Complex<Double>")
        case "Collection<Int>", "Sequence<Int>": .array(.scalar("Int"))
        case "Collection<Bool>", "Sequence<Bool>": .array(.scalar("Bool"))
        default: nil
        }
    }

    private func named(_ name: String, _ arguments: [String], _ owner: String?, _ module: String) -> Kind? {
        switch (name, arguments.first?.replacing(" ", with: "")) {
        case ("Double", nil), ("Float", nil), ("Int", nil), ("UInt64", nil), ("Bool", nil), ("String", nil):
            return .scalar(name)
        case ("Complex", "Double"): return .scalar("Complex<Double>")
        case ("Void", nil): return .void
        case ("Vector", nil): return .vector("Double")
        case ("Matrix", nil): return .matrix("Double")
        case ("DenseVector", "Double"), ("DenseVector", "Float"): return .vector(arguments[0])
        case ("DenseMatrix", "Double"), ("DenseMatrix", "Float"): return .matrix(arguments[0])
        case ("DenseVector", "Complex<Double>"): return .vector("Complex<Double>")
        case ("DenseMatrix", "Complex<Double>"): return .matrix("Complex<Double>")
        case ("Tensor", "Double"), ("Tensor", "Float"), ("Tensor", "Int"), ("Tensor", "Bool"):
            return .tensor(arguments[0])
        case ("ClosedRange", let bound?): return kind(of: bound, in: owner, module: module).map { .range($0) }
        case ("Philox", nil): return .generator
        case ("Self", nil): return owner.flatMap { declared($0, module) }
        default: break
        }
        guard arguments.isEmpty else { return nil }
        // The innermost scope first.
        var scope = owner
        while let current = scope {
            if let found = declared(current + "." + name, module) { return found }
            scope = current.lastIndex(of: ".").map { String(current[..<$0]) }
        }
        if let alias = aliases[name] { return kind(of: alias, in: nil, module: module) }
        return declared(name, module)
    }

    private func declared(_ name: String, _ module: String) -> Kind? {
        guard let type = type(name, in: module) else { return nil }
        switch type.kind {
        case .structure: return .record(type)
        case .enumeration: return .enumeration(type)
        case .other: return nil
        }
    }
}

// MARK: What can cross, and in which direction

extension SourceIndex {
    /// The part of a kind that cannot be given by Python; nil if all can.
    func obstacleToInput(_ kind: Kind, visiting: Set<String> = []) -> String? {
        switch kind {
        case .scalar, .vector, .matrix, .tensor, .generator: nil
        case .array(let element), .optional(let element): obstacleToInput(element, visiting: visiting)
        case .range(.scalar("Double")), .range(.scalar("Int")): nil
        case .record(let type):
            visiting.contains(type.name)
                ? nil
                : recordInitialiser(type) == nil
                    ? "\(type.name), which has no public initialiser from its stored properties alone"
                    : fields(ofInput: type).lazy.compactMap {
                        $0.kind.flatMap { self.obstacleToInput($0, visiting: visiting.union([type.name])) }
                            ?? ($0.kind == nil ? $0.type : nil)
                    }.first
        case .enumeration(let type):
            type.cases.lazy.flatMap(\.values).compactMap { value in
                guard let kind = self.kind(of: value.type, in: type.name, module: type.module) else {
                    return value.type
                }
                return self.obstacleToInput(kind)
            }.first
        case .closure(let arguments, let result):
            arguments.lazy.compactMap { self.obstacleToOutput($0) }.first ?? closureResultObstacle(result)
        case .range, .dictionary, .tuple, .void: kind.swift
        }
    }

    private func closureResultObstacle(_ kind: Kind) -> String? {
        switch kind {
        case .scalar("Double"), .scalar("Bool"), .vector("Double"), .matrix("Double"), .tensor("Double"),
            .tensor("Float"):
            nil
        case .tuple(let elements) where elements.count == 2:
            closureResultObstacle(elements[0].kind) ?? closureResultObstacle(elements[1].kind)
        default: "a closure's result \(kind.swift)"
        }
    }

    /// The part of a kind that cannot be given to Python; nil if all can.
    func obstacleToOutput(_ kind: Kind, visiting: Set<String> = []) -> String? {
        switch kind {
        case .scalar, .vector, .matrix, .tensor, .range, .void: nil
        case .array(.tuple), .optional(.tuple): "\(kind.swift), a tuple inside another type,"
        case .array(let element), .optional(let element): obstacleToOutput(element, visiting: visiting)
        case .dictionary(let key, let value):
            if case .scalar = key { obstacleToOutput(value, visiting: visiting) } else { key.swift }
        case .tuple(let elements): elements.lazy.compactMap { self.obstacleToOutput($0.kind, visiting: visiting) }.first
        case .record(let type):
            visiting.contains(type.name)
                ? nil
                : fields(ofOutput: type).lazy.compactMap { field in
                    guard let kind = self.kind(of: field.type, in: type.name, module: type.module) else {
                        return "\(field.type) of \(type.name).\(field.name)"
                    }
                    return self.obstacleToOutput(kind, visiting: visiting.union([type.name]))
                }.first
        case .enumeration(let type):
            type.cases.lazy.flatMap(\.values).compactMap { value in
                guard let kind = self.kind(of: value.type, in: type.name, module: type.module) else {
                    return value.type
                }
                return self.obstacleToOutput(kind)
            }.first
        case .closure, .generator: kind.swift
        }
    }

    /// The initialiser that makes a structure from its stored properties: the names must agree.
    func recordInitialiser(_ type: TypeDeclaration) -> Function? {
        let stored = Set(type.properties.filter(\.isStored).map(\.name))
        if let marked = type.initialisers.first(where: \.isInput) { return marked }
        return type.initialisers.first { initialiser in
            !initialiser.parameters.isEmpty && initialiser.generics.isEmpty
                && initialiser.parameters.allSatisfy { stored.contains($0.name) && $0.label == $0.name }
        }
    }

    /// The fields that Python gives to make a structure.
    func fields(ofInput type: TypeDeclaration) -> [(name: String, type: String, kind: Kind?, defaultText: String?)] {
        recordInitialiser(type)?.parameters.map {
            ($0.name, $0.type, kind(of: $0.type, in: type.name, module: type.module), $0.defaultText)
        } ?? []
    }

    /// The fields that Python gets of a structure: what is stored, then what is marked.
    func fields(ofOutput type: TypeDeclaration) -> [Property] {
        type.properties.filter { $0.isStored && !$0.isHidden } + type.properties.filter(\.isMarked)
    }

    /// Whether a structure is nothing but Doubles, in the order of its initialiser.
    func isNumberRecord(_ type: TypeDeclaration) -> Bool {
        let stored = type.properties.filter(\.isStored)
        return !stored.isEmpty && stored.allSatisfy { $0.type == "Double" }
            && recordInitialiser(type)?.parameters.map(\.name) == stored.map(\.name)
    }
}
