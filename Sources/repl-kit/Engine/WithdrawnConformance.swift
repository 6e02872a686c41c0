import Foundation
import SwiftParser
import SwiftSyntax

/// A conformance that an earlier cell declared in an extension and a later cell declares again.
///
/// Swift allows one conformance of a type to a protocol in all that a file can see. So that the later one
/// counts, later cells see the earlier cell through a module in which that extension does not state the
/// conformance; its code stays as it was loaded.
struct WithdrawnConformance: Hashable, Sendable {
    let type: String
    let protocolName: String

    /// The conformances that the compiler's messages call redundant.
    static func named(in diagnostics: [Diagnostic]) -> [WithdrawnConformance] {
        diagnostics.compactMap { diagnostic in
            guard diagnostic.severity == .error,
                let match = diagnostic.message.wholeMatch(of: #/redundant conformance of '(.+)' to protocol '(.+)'/#)
            else { return nil }
            return WithdrawnConformance(type: String(match.1), protocolName: String(match.2))
        }
    }

    /// A cell's text without this conformance; nil when no extension in it states it.
    func removed(from source: String) -> String? {
        for item in Parser.parse(source: source).statements {
            guard let declaration = item.item.as(ExtensionDeclSyntax.self), let clause = declaration.inheritanceClause,
                matches(declaration.extendedType, type),
                let stated = clause.inheritedTypes.first(where: { matches($0.type, protocolName) })
            else { continue }
            let isOnly = clause.inheritedTypes.count == 1
            let start = isOnly ? clause.positionAfterSkippingLeadingTrivia : stated.positionAfterSkippingLeadingTrivia
            let end = isOnly ? clause.endPositionBeforeTrailingTrivia : stated.endPositionBeforeTrailingTrivia
            var bytes = Array(source.utf8)
            for index in start.utf8Offset..<end.utf8Offset where bytes[index] != UInt8(ascii: "\n") {
                bytes[index] = UInt8(ascii: " ")
            }
            // The last of several leaves the comma before it.
            if !isOnly, stated.id == clause.inheritedTypes.last?.id,
                let comma = bytes[..<start.utf8Offset].lastIndex(of: UInt8(ascii: ","))
            {
                bytes[comma] = UInt8(ascii: " ")
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        return nil
    }

    private func matches(_ syntax: TypeSyntax, _ name: String) -> Bool {
        let written = syntax.trimmedDescription.split(separator: " ").last.map(String.init) ?? ""
        return written == name || written.hasSuffix("." + name) || name.hasSuffix("." + written)
            || written.prefix(while: { $0 != "<" }) == name.prefix(while: { $0 != "<" })
    }
}
