import Foundation

/// What Python programmers read: signatures, docstrings and stubs.
enum PythonText {
    /// The parameters in the form that the C half reads.
    static func parameterList(_ export: Export) -> String {
        var text = ""
        var isKeywordOnly = false
        for (position, parameter) in export.parameters.enumerated() {
            if parameter.isKeywordOnly, !isKeywordOnly {
                isKeywordOnly = true
                text += "|"
            } else if position > 0 {
                text += ","
            }
            text += parameter.name + (parameter.isRequired ? "" : "?")
        }
        return text
    }

    static func isValueError(_ type: TypeDeclaration) -> Bool {
        type.kind == .structure && type.properties.contains { $0.name == "argument" }
    }

    // MARK: Docstrings

    /// The signature line that `inspect` reads, and the docstring in NumPy's style.
    static func documentation(_ export: Export, _ index: SourceIndex) -> String {
        signature(export) + "\n--\n\n" + docstring(export, index).joined(separator: "\n")
    }

    private static func signature(_ export: Export) -> String {
        var parts: [String] = []
        var isKeywordOnly = false
        for parameter in export.parameters {
            if parameter.isKeywordOnly, !isKeywordOnly {
                isKeywordOnly = true
                parts.append("*")
            }
            parts.append(parameter.name + (parameter.isRequired ? "" : "=" + (parameter.literal ?? "...")))
        }
        return "\(export.name)(\(parts.joined(separator: ", ")))"
    }

    static func docstring(_ export: Export, _ index: SourceIndex) -> [String] {
        let documentation = Documentation(export.function.documentation)
        var names = Dictionary(export.spelling.map { ($0.swift, $0.python) }, uniquingKeysWith: { first, _ in first })
        // The other functions under their Python names, where a Swift name means one of them alone.
        let free = Dictionary(grouping: index.exports.filter { $0.function.kind == .free }) { $0.function.name }
        for (name, same) in free where same.count == 1 { names[name] = same[0].mark.pythonName }
        names["nil"] = "None"
        func text(_ text: String) -> String { Documentation.pythonText(text, names: names) }
        var summary = documentation.summary
        var discussion = documentation.discussion
        // An initialiser says what it does; what the method is, its type says.
        if export.function.kind == .initialiser,
            let type = export.function.owner.flatMap({ index.type($0, in: export.function.module) })
        {
            let own = Documentation(type.documentation)
            discussion =
                (own.summary + (own.discussion.isEmpty ? [] : [""] + own.discussion))
                + (discussion.isEmpty ? [] : [""] + discussion)
        }
        if summary.isEmpty { summary = [export.name] }
        var lines = wrapped(text(summary.joined(separator: " ")))
        if !discussion.isEmpty { lines += [""] + discussion.map { text($0) } }
        if !export.parameters.isEmpty {
            lines += ["", "Parameters", "----------"]
            for parameter in export.parameters {
                var type = describe(parameter.kind, elementwise: parameter.isElementwise, index)
                if !parameter.isRequired {
                    type += parameter.literal.map { ", default " + $0 } ?? ", optional"
                }
                lines.append("\(parameter.name) : \(type)")
                lines += wrapped(text(parameter.documentation), indent: "    ")
            }
        }
        lines += [
            "", "Returns", "-------",
            describe(export.result, elementwise: export.mark.isElementwise, index, result: export),
        ]
        lines += wrapped(text(documentation.returns), indent: "    ")
        if case .record(let type) = export.result {
            for field in index.fields(ofOutput: type) {
                guard let kind = index.kind(of: field.type, in: type.name, module: type.module) else { continue }
                lines.append("    ``\(fieldName(field.name))`` : \(describe(kind, elementwise: false, index))")
                lines += wrapped(
                    text(Documentation(field.documentation).summary.joined(separator: " ")), indent: "        ")
            }
        }
        if export.function.isThrowing {
            let name = export.function.thrownType.map { $0.replacing(".", with: "") } ?? "Error"
            lines += ["", "Raises", "------", "swiftcore.\(name)"]
            lines += wrapped(text(documentation.raises), indent: "    ")
        }
        var notes: [String] = []
        if !documentation.complexity.isEmpty { notes.append("Complexity: " + text(documentation.complexity)) }
        if !notes.isEmpty { lines += ["", "Notes", "-----"] + notes.flatMap { wrapped($0) } }
        return lines.map { $0.replacing("\"\"\"", with: "'''") }
    }

    static func documentation(_ tuple: Emitter.NamedTuple) -> String {
        var lines = wrapped(tuple.documentation)
        let described = tuple.fields.filter { !$0.documentation.isEmpty }
        if !described.isEmpty {
            lines += ["", "Attributes", "----------"]
            for field in described {
                lines.append(field.name)
                lines += wrapped(Documentation.pythonText(field.documentation, names: [:]), indent: "    ")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func element(_ swift: String) -> String {
        switch swift {
        case "Double": "float64"
        case "Float": "float32"
        case "Int": "int64"
        case "UInt64": "uint64"
        case "Bool": "bool"
        case "Complex<Double>": "complex128"
        default: swift
        }
    }

    /// A kind in words.
    static func describe(_ kind: Kind, elementwise: Bool, _ index: SourceIndex, result: Export? = nil) -> String {
        switch kind {
        case .scalar("Double") where elementwise: return "float or array of float64"
        case .scalar(let name): return scalar(name)
        case .vector(let name): return "array of \(element(name)), shape (n,)"
        case .matrix(let name): return "array of \(element(name)), shape (n, m)"
        case .tensor(let name): return "array of \(element(name))"
        case .array(.scalar("String")): return "list of str"
        case .array(.scalar(let name)): return "array of \(element(name)), shape (n,)"
        case .array(.array(.scalar(let name))) where name != "String": return "sequence of arrays of \(element(name))"
        case .array(.record(let type)) where index.isNumberRecord(type) && result == nil:
            let fields = index.fields(ofInput: type)
            return
                "array of float64, shape (n, \(fields.count)): \(fields.map { snakeCase($0.name) }.joined(separator: ", "))"
        case .array(let inner): return "list of \(describe(inner, elementwise: false, index, result: result))"
        case .optional(let inner): return "\(describe(inner, elementwise: false, index, result: result)) or None"
        case .range(let bound):
            return "(\(describe(bound, elementwise: false, index)), \(describe(bound, elementwise: false, index)))"
        case .dictionary(let key, let value):
            return
                "dict from \(describe(key, elementwise: false, index)) to \(describe(value, elementwise: false, index))"
        case .tuple(let elements):
            if let result, elements.allSatisfy({ $0.label != nil }) {
                return camelCase(result.name) + "Result: "
                    + elements.map {
                        "``\(fieldName($0.label ?? ""))`` (\(describe($0.kind, elementwise: false, index)))"
                    }
                    .joined(separator: ", ")
            }
            return "(" + elements.map { describe($0.kind, elementwise: false, index) }.joined(separator: ", ") + ")"
        case .record(let type):
            let name = type.pythonName
            return index.fields(ofInput: type).isEmpty || result != nil
                ? name : "\(name): (\(index.fields(ofInput: type).map { snakeCase($0.name) }.joined(separator: ", ")))"
        case .enumeration(let type):
            let names = type.cases.map { "'\(snakeCase($0.name))'" }
            return (names.count == 1 ? names[0] : "{" + names.joined(separator: ", ") + "}")
                + (type.cases.contains { !$0.values.isEmpty } ? " or a tuple of the name and its values" : "")
        case .closure(let arguments, let result):
            let list = arguments.map { describe($0, elementwise: false, index) }.joined(separator: ", ")
            return "callable (\(list)) -> \(describe(result, elementwise: false, index))"
        case .generator: return "int"
        case .void: return "None"
        }
    }

    private static func scalar(_ name: String) -> String {
        switch name {
        case "Double", "Float": "float"
        case "Int", "UInt64": "int"
        case "Bool": "bool"
        case "Complex<Double>": "complex"
        default: "str"
        }
    }

    // MARK: Stubs

    private static func numpy(_ name: String) -> String {
        switch name {
        case "Bool": "np.bool_"
        default: "np." + element(name)
        }
    }

    private static func inputAlias(_ name: String, _ dimensions: Int) -> String {
        let kind =
            switch name {
            case "Complex<Double>": "Complex"
            case "Int", "UInt64": "Int"
            case "Bool": "Bool"
            default: "Float"
            }
        return "_\(kind)Array\(dimensions)"
    }

    /// A kind as a type annotation.
    static func annotation(_ kind: Kind, input: Bool, module: String, _ index: SourceIndex, result: Export? = nil)
        -> String
    {
        func inner(_ kind: Kind) -> String { annotation(kind, input: input, module: module, index, result: nil) }
        switch kind {
        case .scalar(let name): return scalar(name)
        case .vector(let name), .array(.scalar(let name)):
            if name == "String" { return input ? "Sequence[str]" : "list[str]" }
            return input ? inputAlias(name, 1) : "NDArray[\(numpy(name))]"
        case .matrix(let name): return input ? inputAlias(name, 2) : "NDArray[\(numpy(name))]"
        case .tensor(let name): return input ? inputAlias(name, 0) : "NDArray[\(numpy(name))]"
        case .array(.array(.scalar(let name))) where input && name != "String": return inputAlias(name, 2)
        case .array(.record(let type)) where input && index.isNumberRecord(type):
            return "_FloatArray2 | Sequence[\(inner(.record(type)))]"
        case .array(let element): return "\(input ? "Sequence" : "list")[\(inner(element))]"
        case .optional(let wrapped): return inner(wrapped) + " | None"
        case .range(let bound): return "tuple[\(inner(bound)), \(inner(bound))]"
        case .dictionary(let key, let value): return "dict[\(inner(key)), \(inner(value))]"
        case .tuple(let elements):
            if let result, elements.allSatisfy({ $0.label != nil }) { return camelCase(result.name) + "Result" }
            return "tuple[\(elements.map { inner($0.kind) }.joined(separator: ", "))]"
        case .record(let type):
            let home = snakeCase(type.module)
            let name = (home == module ? "" : "\(home).") + type.pythonName
            let isTuple = index.fields(ofInput: type).map(\.name) == index.fields(ofOutput: type).map(\.name)
            if !input { return name }
            return isTuple ? "\(name) | Mapping[str, Any] | tuple[Any, ...]" : "Mapping[str, Any] | tuple[Any, ...]"
        case .enumeration(let type):
            let names = type.cases.map { "\"\(snakeCase($0.name))\"" }.joined(separator: ", ")
            let hasValues = type.cases.contains { !$0.values.isEmpty }
            return "Literal[\(names)]" + (hasValues ? " | tuple[Any, ...]" : "")
        case .closure(let arguments, let result):
            let list = arguments.map { annotation($0, input: false, module: module, index) }.joined(separator: ", ")
            return "Callable[[\(list)], \(annotation(result, input: true, module: module, index))]"
        case .generator: return "int"
        case .void: return "None"
        }
    }

    /// The stub of a sub-module.
    static func stub(
        module: String, exports: [Export], tuples: [Emitter.NamedTuple], modules: [String], _ index: SourceIndex
    ) -> String {
        var lines = [
            "from collections.abc import Callable, Mapping, Sequence",
            "from typing import Any, Literal, NamedTuple, TypeAlias, overload",
            "", "import numpy as np", "from _typeshed import ReadableBuffer", "from numpy.typing import NDArray", "",
        ]
        for other in modules where other != module { lines.append("from . import \(other)") }
        for (name, scalar) in [("Float", "float"), ("Int", "int"), ("Bool", "bool"), ("Complex", "complex")] {
            lines += [
                "_\(name)Array1: TypeAlias = NDArray[Any] | Sequence[\(scalar)] | ReadableBuffer",
                "_\(name)Array2: TypeAlias = NDArray[Any] | Sequence[Sequence[\(scalar)]] | Sequence[NDArray[Any]] | ReadableBuffer",
                "_\(name)Array0: TypeAlias = NDArray[Any] | Sequence[Any] | ReadableBuffer",
            ]
        }
        lines.append("")
        for tuple in tuples where tuple.module == module {
            lines.append("class \(tuple.name)(NamedTuple):")
            lines += indented(docText(documentation(tuple)))
            for field in tuple.fields {
                lines.append("    \(field.name): \(annotation(field.kind, input: false, module: module, index))")
            }
            lines.append("")
        }
        for export in exports where export.module == module {
            let doc = docText(docstring(export, index).joined(separator: "\n"))
            if export.mark.isElementwise {
                lines +=
                    ["@overload"] + definition(export, module, index, elementwise: "float") + [
                        "    ...", "", "@overload",
                    ]
                lines += definition(export, module, index, elementwise: "_FloatArray0")
            } else {
                lines += definition(export, module, index, elementwise: "float")
            }
            lines += indented(doc) + ["    ...", ""]
        }
        return lines.joined(separator: "\n")
    }

    private static func definition(_ export: Export, _ module: String, _ index: SourceIndex, elementwise: String)
        -> [String]
    {
        var parts: [String] = []
        var isKeywordOnly = false
        for parameter in export.parameters {
            if parameter.isKeywordOnly, !isKeywordOnly {
                isKeywordOnly = true
                parts.append("*")
            }
            let isArray = parameter.isElementwise && elementwise != "float"
            let type =
                parameter.isElementwise
                ? (isArray ? "float | _FloatArray0" : "float")
                : annotation(parameter.kind, input: true, module: module, index)
            parts.append(
                "\(parameter.name): \(type)" + (parameter.isRequired ? "" : " = " + (parameter.literal ?? "...")))
        }
        let result =
            export.mark.isElementwise && elementwise != "float"
            ? "Any" : annotation(export.result, input: false, module: module, index, result: export)
        return ["def \(export.name)("] + parts.map { "    \($0)," } + [") -> \(result):"]
    }

    private static func docText(_ text: String) -> [String] {
        let safe = text.replacing("\\", with: "\\\\").replacing("\"\"\"", with: "'''")
        return ["\"\"\"" + safe].joined().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [
            "\"\"\""
        ]
    }

    private static func indented(_ lines: [String]) -> [String] { lines.map { $0.isEmpty ? "" : "    " + $0 } }

    /// The stub of the package.
    static func packageStub(modules: [String], exceptions: [TypeDeclaration]) -> String {
        var lines = modules.map { "from . import \($0) as \($0)" } + ["", "class Error(Exception): ...", ""]
        for type in exceptions {
            let bases = isValueError(type) ? "Error, ValueError" : "Error"
            lines.append("class \(type.pythonName)(\(bases)): ...")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
