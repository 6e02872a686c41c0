import Foundation
import NotebookProtocol
import SwiftParser
import SwiftSyntax

/// The parameters that a notebook declares in its cell tagged "parameters", and new values for them.
///
/// A parameter is a top-level `let` or `var` with one name and an initial value; a new value takes the
/// place of the initial one, on the same lines, in the form that the declaration asks for.
public struct NotebookParameters {
    private struct Parameter {
        var name: String
        var type: String?
        var initializer: ExprSyntax
    }

    private let source: String
    private let parameters: [Parameter]

    /// - Parameter source: The text of the parameters cell.
    public init(source: String) {
        self.source = source
        parameters = Parser.parse(source: source).statements.flatMap { item -> [Parameter] in
            guard let variable = item.item.as(VariableDeclSyntax.self) else { return [] }
            return variable.bindings.compactMap { binding in
                guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text,
                    let initializer = binding.initializer?.value
                else { return nil }
                return Parameter(
                    name: name, type: binding.typeAnnotation?.type.trimmedDescription, initializer: initializer)
            }
        }
    }

    public var names: [String] { parameters.map(\.name) }

    /// The scale that the notebook declares, where it has a parameter `scale`.
    public var declaredScale: Scale? {
        parameters.first { $0.name == "scale" }?.initializer.as(MemberAccessExprSyntax.self)
            .flatMap { Scale(rawValue: $0.declName.baseName.text) }
    }

    /// The cell's text with new values.
    ///
    /// - Throws: `ParameterError` for a name that is not declared or a value that does not fit.
    public func source(setting values: [String: String]) throws(ParameterError) -> String {
        var bytes = Array(source.utf8)
        var edits: [(range: Range<Int>, text: String)] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                throw .unknown(name: name, known: names)
            }
            let start = parameter.initializer.positionAfterSkippingLeadingTrivia.utf8Offset
            let end = parameter.initializer.endPositionBeforeTrailingTrivia.utf8Offset
            let old = bytes[start..<end]
            // A value of several lines keeps them, so that the lines after it keep their numbers.
            let lines = String(repeating: "\n", count: old.count { $0 == UInt8(ascii: "\n") })
            edits.append((start..<end, try literal(value, for: parameter) + lines))
        }
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            bytes.replaceSubrange(edit.range, with: Array(edit.text.utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func literal(_ value: String, for parameter: Parameter) throws(ParameterError) -> String {
        let initializer = parameter.initializer
        var type = parameter.type
        if let optional = type, optional.hasSuffix("?") {
            if value == "nil" { return "nil" }
            type = String(optional.dropLast())
        }
        func refuse(_ expected: String) -> ParameterError { .invalid(name: parameter.name, value: value, expected: expected) }

        if type == "String" || initializer.is(StringLiteralExprSyntax.self) {
            return String(reflecting: value)
        }
        if type == "Bool" || initializer.is(BooleanLiteralExprSyntax.self) {
            guard ["true", "false"].contains(value) else { throw refuse("true or false") }
            return value
        }
        if let type, type.hasPrefix("Int") || type.hasPrefix("UInt") || (type == "Double" || type == "Float") {
            return try number(value, isInteger: type.contains("Int"), isUnsigned: type.hasPrefix("U"), refuse)
        }
        if type == nil {
            let bare = initializer.as(PrefixOperatorExprSyntax.self)?.expression ?? initializer
            if bare.is(IntegerLiteralExprSyntax.self) { return try number(value, isInteger: true, isUnsigned: false, refuse) }
            if bare.is(FloatLiteralExprSyntax.self) { return try number(value, isInteger: false, isUnsigned: false, refuse) }
        }
        if let member = initializer.as(MemberAccessExprSyntax.self) {
            let base = member.base?.trimmedDescription ?? ""
            var name = value
            if name.hasPrefix(base + ".") { name.removeFirst(base.count + 1) }
            guard name.range(of: #"^[A-Za-z_][A-Za-z0-9_]*$"#, options: .regularExpression) != nil else {
                throw refuse("the name of a case, such as \(member.declName.baseName.text)")
            }
            if base == "Scale" || type == "Scale", Scale(rawValue: name) == nil {
                throw refuse(Scale.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return base + "." + name
        }
        let tree = Parser.parse(source: value)
        guard !tree.hasError, tree.statements.count == 1, tree.statements.first?.item.is(ExprSyntax.self) == true else {
            throw refuse("a Swift expression such as \(initializer.trimmedDescription)")
        }
        return value
    }

    private func number(
        _ value: String, isInteger: Bool, isUnsigned: Bool, _ refuse: (String) -> ParameterError
    ) throws(ParameterError) -> String {
        let plain = value.replacingOccurrences(of: "_", with: "")
        if isInteger {
            let isValid = isUnsigned ? UInt64(plain) != nil : Int(plain) != nil
            guard isValid else { throw refuse(isUnsigned ? "an integer of at least 0" : "an integer") }
        } else {
            guard let number = Double(plain), number.isFinite else { throw refuse("a finite number") }
        }
        return plain.hasPrefix("+") ? String(plain.dropFirst()) : plain
    }
}

/// Why a parameter cannot be set.
public enum ParameterError: Error, CustomStringConvertible, Equatable {
    case noParametersCell(name: String, notebook: String)
    case unknown(name: String, known: [String])
    case invalid(name: String, value: String, expected: String)
    case contradictoryScales(String, String)

    public var description: String {
        switch self {
        case .noParametersCell(let name, let notebook):
            "parameter \(name): \(notebook) has no cell tagged \"parameters\""
        case .unknown(let name, let known):
            "parameter \(name): the notebook declares no such parameter; it has \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .invalid(let name, let value, let expected):
            "parameter \(name): \"\(value)\" does not fit; expected \(expected)"
        case .contradictoryScales(let first, let second):
            "--scale \(first) contradicts -p scale=\(second)"
        }
    }
}
