import Foundation
import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

extension Completeness {
    /// Decides with Swift's parser: text is incomplete when all that the parser misses is missing at its end.
    init(of source: String) {
        let lines = DirectiveLines(source)
        if lines.language == .python {
            self = Completeness.ofPython(lines.code)
            return
        }
        let tree = Parser.parse(source: lines.code)
        guard tree.hasError else {
            self = .complete
            return
        }
        let end = lines.code.utf8.count - lines.code.utf8.reversed().prefix { [9, 10, 13, 32].contains($0) }.count
        let scan = EndOfTextScan(end: end)
        scan.walk(tree)
        let diagnostics = ParseDiagnosticsGenerator.diagnostics(for: tree)
        let isOpen = diagnostics.contains { diagnostic in
            diagnostic.position.utf8Offset >= end || diagnostic.message.contains("unterminated '/*'")
                || diagnostic.message.contains("unterminated #if") || diagnostic.message.contains("'\"\"\"' to end string")
        }
        // A string on one line cannot go on in the next.
        let isBroken = scan.hasUnterminatedLine || diagnostics.contains { diagnostic in
            diagnostic.diagMessage.severity == .error && diagnostic.position.utf8Offset < end
                && !diagnostic.message.contains("unterminated") && !diagnostic.message.contains("\"\"\"")
                && !scan.isOpened(before: diagnostic.position.utf8Offset)
        }
        self = isOpen && !isBroken ? .incomplete(indent: Completeness.indent(after: lines.code)) : .invalid
    }

    private static func ofPython(_ code: String) -> Completeness {
        // Python's own parser lives in the worker; an open block is what a prompt has to notice.
        let last = code.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        let spaces = String(last.prefix { $0 == " " || $0 == "\t" })
        let text = last.trimmingCharacters(in: .whitespaces)
        if text.hasSuffix(":") { return .incomplete(indent: spaces + "    ") }
        if text.hasSuffix("\\") || text.hasSuffix(",") || text.hasSuffix("(") || text.hasSuffix("[") || text.hasSuffix("{") {
            return .incomplete(indent: spaces)
        }
        return spaces.isEmpty ? .complete : .incomplete(indent: spaces)
    }

    /// The last line's indentation, one step deeper after an opening bracket.
    private static func indent(after source: String) -> String {
        let last = source.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) } ?? ""
        let spaces = String(last.prefix { $0 == " " || $0 == "\t" })
        let text = last.trimmingCharacters(in: .whitespaces)
        let opens = text.hasSuffix("{") || text.hasSuffix("(") || text.hasSuffix("[") || text.hasSuffix(" in")
            || text.hasSuffix("=") || text.hasSuffix(":")
        return spaces + (opens ? "    " : "")
    }
}

/// Looks for what the end of the text leaves open.
private final class EndOfTextScan: SyntaxVisitor {
    private let end: Int
    private(set) var hasUnterminatedLine = false
    private var openings: [Int] = []

    init(end: Int) {
        self.end = end
        super.init(viewMode: .all)
    }

    /// Whether a block that the text does not close began before a place: what is odd inside it may become right.
    func isOpened(before offset: Int) -> Bool { openings.contains { $0 < offset } }

    override func visit(_ node: StringLiteralExprSyntax) -> SyntaxVisitorContinueKind {
        if node.openingQuote.tokenKind == .stringQuote, node.closingQuote.presence == .missing { hasUnterminatedLine = true }
        return .visitChildren
    }

    override func visit(_ token: TokenSyntax) -> SyntaxVisitorContinueKind {
        if token.presence == .missing, [.rightBrace, .rightParen, .rightSquare, .multilineStringQuote].contains(token.tokenKind),
            token.position.utf8Offset >= end
        {
            openings.append(token.parent?.positionAfterSkippingLeadingTrivia.utf8Offset ?? 0)
        }
        return .visitChildren
    }
}
