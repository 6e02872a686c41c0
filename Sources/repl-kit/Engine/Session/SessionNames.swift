import SwiftParser
import SwiftSyntax

/// The variables that cells declare at their top level, each name once, in the order of its last declaration.
struct SessionNames {
    private(set) var variables: [String] = []

    /// Adds what a cell declares.
    mutating func add(_ source: String) {
        for item in Parser.parse(source: source).statements {
            if let variable = item.item.as(VariableDeclSyntax.self) {
                for binding in variable.bindings { add(binding.pattern) }
            } else if let function = item.item.as(FunctionDeclSyntax.self) {
                // A function or type of the name hides the variable.
                remove(function.name.text)
            } else if let type = item.item.asProtocol(NamedDeclSyntax.self) {
                remove(type.name.text)
            }
        }
    }

    private mutating func add(_ pattern: PatternSyntax) {
        if let identifier = pattern.as(IdentifierPatternSyntax.self) {
            remove(identifier.identifier.text)
            variables.append(identifier.identifier.text)
        } else if let tuple = pattern.as(TuplePatternSyntax.self) {
            for element in tuple.elements { add(element.pattern) }
        }
    }

    private mutating func remove(_ name: String) { variables.removeAll { $0 == name } }
}
