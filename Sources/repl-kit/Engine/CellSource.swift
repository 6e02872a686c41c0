import Foundation
import SwiftParser
import SwiftSyntax

/// A cell's text as the compiler gets it, and the way back from the compiler's places to the notebook's.
///
/// The cell becomes the main file of a module of its own. Its first line re-exports the module of the cell
/// before, so that a later declaration hides an earlier one of the same name instead of clashing with it.
struct CellSource {
    /// What the compiler reads.
    let text: String
    /// The cell awaits at its top level.
    let isAsync: Bool
    /// The cell has a loop, a closure or a function: worth the optimiser's time.
    let isWorthOptimising: Bool
    /// The cell's last expression is passed to the runtime to be shown.
    let showsResult: Bool
    /// The imports that this cell adds to the chain.
    let imports: [String]

    /// The lines before the cell's own first one.
    private let preambleLineCount: Int
    private let firstLine: Int
    private let lineCount: Int
    private let lastLineLength: Int
    /// What was inserted: line (from 1, in the cell), column (from 1, UTF-8), count of bytes.
    private let insertions: [(line: Int, column: Int, count: Int)]

    /// - Parameters:
    ///   - source: The cell's text.
    ///   - file: The name that diagnostics and `#file` give.
    ///   - firstLine: The line of `source`'s first line in that file.
    ///   - base: The module that this cell re-exports: the cell before, or the runtime.
    ///   - imported: The imports that the chain already has: repeating one would bring back what a cell hides.
    ///   - showingResult: Whether the last expression is to be shown.
    init(
        _ source: String, file: String, firstLine: Int, base: String, imported: Set<String>, showingResult: Bool = true
    ) {
        let tree = Parser.parse(source: source)
        let bytes = Array(source.utf8)
        var edits: [(offset: Int, removed: Int, inserted: String)] = []
        var imports: [String] = []

        let scan = TopLevelScan(viewMode: .sourceAccurate)
        scan.walk(tree)
        // A cell is not a file: what it keeps private is private to the notebook. The compiler would not
        // export it, and crashes when the next cell uses it.
        let modifiers = PrivateModifiers(viewMode: .sourceAccurate)
        modifiers.walk(tree)
        for range in modifiers.ranges { edits.append((range.lowerBound, range.count, String(repeating: " ", count: range.count))) }
        isAsync = scan.awaits
        isWorthOptimising = scan.hasLoopOrFunction

        for item in tree.statements {
            if let declaration = item.item.as(ImportDeclSyntax.self) {
                let name = declaration.trimmedDescription
                let start = declaration.positionAfterSkippingLeadingTrivia.utf8Offset
                if imported.contains(name) || imports.contains(name) {
                    // Spaces keep every other place where it was.
                    let count = declaration.trimmedLength.utf8Length
                    edits.append((start, count, String(repeating: " ", count: count)))
                } else if !name.hasPrefix("@_exported") {
                    imports.append(name)
                    edits.append((start, 0, "@_exported "))
                }
            } else if isAsync, let variable = item.item.as(VariableDeclSyntax.self),
                !variable.modifiers.contains(where: { $0.name.text == "nonisolated" || $0.name.text == "async" })
            {
                // Top-level variables of an asynchronous cell belong to the main actor, where later
                // synchronous cells could not use them.
                edits.append((variable.positionAfterSkippingLeadingTrivia.utf8Offset, 0, "nonisolated(unsafe) "))
            }
        }
        if showingResult, let expression = CellSource.resultExpression(of: tree) {
            edits.append((expression.positionAfterSkippingLeadingTrivia.utf8Offset, 0, "__showResult("))
            edits.append((expression.endPositionBeforeTrailingTrivia.utf8Offset, 0, ")"))
            showsResult = true
        } else {
            showsResult = false
        }
        self.imports = imports

        var output: [UInt8] = []
        var insertions: [(line: Int, column: Int, count: Int)] = []
        var position = 0
        var line = 1
        var lineStart = 0
        for edit in edits.sorted(by: { ($0.offset, $0.removed) < ($1.offset, $1.removed) }) {
            for index in position..<edit.offset where bytes[index] == UInt8(ascii: "\n") {
                line += 1
                lineStart = index + 1
            }
            output += bytes[position..<edit.offset]
            output += Array(edit.inserted.utf8)
            position = edit.offset + edit.removed
            if edit.removed == 0 {
                insertions.append((line, edit.offset - lineStart + 1, edit.inserted.utf8.count))
            }
        }
        output += bytes[position...]
        self.insertions = insertions

        var preamble = "@_exported import \(base)\n"
        if isAsync { preamble += "await __beginCell()\n" }
        preamble += "#sourceLocation(file: \(swiftLiteral(file)), line: \(firstLine))\n"
        preambleLineCount = isAsync ? 3 : 2
        self.firstLine = firstLine
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        lineCount = lines.count
        lastLineLength = lines.last?.utf8.count ?? 0
        text = preamble + String(decoding: output, as: UTF8.self) + (isAsync ? "\n#sourceLocation()\nawait __endCell()\n" : "\n")
    }

    /// The notebook's place for a place that the compiler named.
    ///
    /// - Parameter isRaw: The line counts in the compiler's own file: it names that for errors at the very end.
    func notebookPlace(line: Int, column: Int, isRaw: Bool) -> (line: Int, column: Int) {
        let cellLine = isRaw ? line - preambleLineCount : line - firstLine + 1
        guard cellLine <= lineCount else { return (firstLine + lineCount - 1, lastLineLength + 1) }
        var original = column
        for insertion in insertions.reversed() where insertion.line == max(1, cellLine) {
            let shift = insertions.filter { $0.line == insertion.line && $0.column < insertion.column }.reduce(0) { $0 + $1.count }
            let place = insertion.column + shift
            if column >= place { original -= min(insertion.count, column - place) }
        }
        return (firstLine + max(1, cellLine) - 1, max(1, original))
    }

    /// The expression that ends a cell and has a value to show. A semicolon after it hides the value.
    private static func resultExpression(of tree: SourceFileSyntax) -> ExprSyntax? {
        guard let last = tree.statements.last, last.semicolon == nil, !tree.hasError,
            case .expr(let expression) = last.item
        else { return nil }
        if let sequence = expression.as(SequenceExprSyntax.self),
            sequence.elements.contains(where: { $0.is(AssignmentExprSyntax.self) })
        {
            return nil
        }
        if expression.is(IfExprSyntax.self) || expression.is(SwitchExprSyntax.self) {
            return nil
        }
        return expression
    }
}

/// A string as a Swift literal.
func swiftLiteral(_ text: String) -> String {
    "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
}

/// Finds every `private` and `fileprivate`, with its `(set)` where there is one.
private final class PrivateModifiers: SyntaxVisitor {
    var ranges: [Range<Int>] = []

    override func visit(_ node: DeclModifierSyntax) -> SyntaxVisitorContinueKind {
        if ["private", "fileprivate"].contains(node.name.text) {
            ranges.append(
                node.positionAfterSkippingLeadingTrivia.utf8Offset..<node.endPositionBeforeTrailingTrivia.utf8Offset)
        }
        return .skipChildren
    }
}

/// Looks at a cell's top level only: what stands inside functions and closures runs elsewhere.
private final class TopLevelScan: SyntaxVisitor {
    var awaits = false
    var hasLoopOrFunction = false

    override func visit(_ node: AwaitExprSyntax) -> SyntaxVisitorContinueKind {
        awaits = true
        return .visitChildren
    }

    override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind {
        hasLoopOrFunction = true
        if node.awaitKeyword != nil { awaits = true }
        return .visitChildren
    }

    override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
        if node.modifiers.contains(where: { $0.name.text == "async" }) { awaits = true }
        return .visitChildren
    }

    override func visit(_ node: WhileStmtSyntax) -> SyntaxVisitorContinueKind {
        hasLoopOrFunction = true
        return .visitChildren
    }

    override func visit(_ node: RepeatStmtSyntax) -> SyntaxVisitorContinueKind {
        hasLoopOrFunction = true
        return .visitChildren
    }

    private func enterFunction() -> SyntaxVisitorContinueKind {
        hasLoopOrFunction = true
        return .skipChildren
    }

    override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { enterFunction() }
    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { enterFunction() }
    override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind { enterFunction() }
    override func visit(_ node: DeinitializerDeclSyntax) -> SyntaxVisitorContinueKind { enterFunction() }
    override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind { enterFunction() }
    override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind { enterFunction() }
}
