import NotebookProtocol

/// Whether a piece of text is a whole cell, as a prompt needs to know it.
public enum Completeness: Sendable, Equatable {
    case complete
    /// More must follow; the next line wants this indentation.
    case incomplete(indent: String)
    /// No continuation can make it right.
    case invalid
}

/// What may stand at a place of a cell.
public struct CompletionList: Sendable {
    public struct Item: Sendable, Equatable {
        /// The text to insert.
        public var text: String
        /// The item as a person reads it: a function with its labels and types.
        public var label: String
        /// "function", "variable", "struct", "keyword", "module" and so on.
        public var kind: String
        /// The type of the value, or what the function returns.
        public var type: String
        /// The first sentence of the documentation comment, where there is one.
        public var documentation: String?
        /// The module that declares it; empty for what the session's cells declare.
        public var module: String
    }

    public var items: [Item]
    /// The bytes (UTF-8) of the source that an item's text takes the place of.
    public var replacedRange: Range<Int>

    public init(items: [Item], replacedRange: Range<Int>) {
        self.items = items
        self.replacedRange = replacedRange
    }
}

/// What is known of the name at a place of a cell.
public struct Inspection: Sendable {
    /// The declaration: `func dot(_ other: DenseVector<Scalar>) -> Scalar`.
    public var declaration: String
    public var type: String
    /// The documentation comment as Markdown; empty where there is none.
    public var documentation: String
    /// Where it is declared: a module, or a cell and line.
    public var origin: String
    /// All of it, as Markdown and plain text.
    public var bundle: MimeBundle
}

/// A variable of the session.
public struct SessionVariable: Sendable, Codable, Equatable {
    public enum Language: String, Sendable, Codable { case swift, python }

    public var name: String
    public var type: String
    /// Bytes that the value takes, with what it refers to as far as that is known; nil where nothing is known.
    public var size: Int?
    /// The value in one short line.
    public var summary: String
    public var language: Language

    public init(name: String, type: String, size: Int?, summary: String, language: Language) {
        self.name = name
        self.type = type
        self.size = size
        self.summary = summary
        self.language = language
    }
}

/// A cell that was executed and is kept in the session's history.
public struct HistoryEntry: Sendable {
    public var executionCount: Int
    public var source: String
    public var succeeded: Bool
}
