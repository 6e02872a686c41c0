import CMarkGFM
import Synchronization

/// The tree that cmark-gfm makes of a Markdown text, with TeX formulas found by an extension of
/// its inline parser.
struct MarkdownDocument: ~Copyable {
    private let root: OpaquePointer?

    init(_ text: some Sequence<UInt8>) {
        let text = Array(text)
        root = Self.extensions.withLock { extensions in
            let parser = cmark_parser_new(CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE)
            defer { cmark_parser_free(parser) }
            for pointer in extensions.pointers { cmark_parser_attach_syntax_extension(parser, pointer) }
            text.withUnsafeBytes { bytes in
                cmark_parser_feed(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
            }
            return cmark_parser_finish(parser)
        }
    }

    deinit { cmark_node_free(root) }

    /// Calls a function for each node in the order of the text: on entering it and, where it can have children, on
    /// leaving it. Does not recurse, so that deep nesting cannot exhaust the stack.
    func visit(_ body: (_ isEntering: Bool, MarkdownNode) -> Void) {
        let iterator = cmark_iter_new(root)
        defer { cmark_iter_free(iterator) }
        while true {
            let event = cmark_iter_next(iterator)
            guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(iterator) else { return }
            body(event == CMARK_EVENT_ENTER, MarkdownNode(pointer: node))
        }
    }

    /// While it parses, cmark-gfm keeps the signs of a parser's extensions in tables that all parsers share: one text
    /// at a time.
    private static let extensions = Mutex(Extensions())

    private struct Extensions: @unchecked Sendable {
        let pointers: [OpaquePointer]

        init() {
            cmark_gfm_core_extensions_ensure_registered()
            let names = ["table", "strikethrough", "autolink"]
            pointers = names.compactMap { name in cmark_find_syntax_extension(name) } + [Self.formulas()]
        }

        /// Inline formulas: tried at each dollar sign outside of code.
        private static func formulas() -> OpaquePointer {
            guard let pointer = cmark_syntax_extension_new("formula") else { fatalError("out of memory") }
            let dollar = UnsafeMutableRawPointer(bitPattern: UInt(UInt8(ascii: "$")))
            cmark_syntax_extension_set_special_inline_chars(
                pointer, cmark_llist_append(cmark_get_default_mem_allocator(), nil, dollar))
            cmark_syntax_extension_set_match_inline_func(pointer) { _, _, _, character, parser in
                guard character == UInt8(ascii: "$") else { return nil }
                let start = Int(cmark_inline_parser_get_offset(parser))
                // The text ends with a zero.
                let byte = { (index: Int) in cmark_inline_parser_peek_at(parser, Int32(index)) }
                guard let span = FormulaSpan(at: start, byte: byte) else {
                    let count = FormulaSpan.dollars(at: start, byte: byte)
                    let text = cmark_node_new(CMARK_NODE_TEXT)
                    cmark_node_set_literal(text, String(repeating: "$", count: count))
                    cmark_inline_parser_set_offset(parser, Int32(start + count))
                    return text
                }
                let mark = span.isDisplayed ? FormulaProtection.displayedFormula : FormulaProtection.formula
                let tex = String(decoding: span.content.map(byte), as: UTF8.self)
                // A code node, since a table's cell takes no nodes of other kinds.
                let node = cmark_node_new(CMARK_NODE_CODE)
                cmark_node_set_literal(node, String(mark) + tex)
                cmark_inline_parser_set_offset(parser, Int32(span.end))
                return node
            }
            return pointer
        }
    }
}

/// A node of a document, valid as long as the document.
struct MarkdownNode {
    fileprivate let pointer: OpaquePointer

    /// cmark-gfm's name of its kind, such as "block_quote".
    var kind: String { String(cString: cmark_node_get_type_string(pointer)) }
    var parent: MarkdownNode? { cmark_node_parent(pointer).map(MarkdownNode.init) }
    var previous: MarkdownNode? { cmark_node_previous(pointer).map(MarkdownNode.init) }
    var lastChild: MarkdownNode? { cmark_node_last_child(pointer).map(MarkdownNode.init) }

    var literal: String { text(cmark_node_get_literal(pointer)) }
    var address: String { text(cmark_node_get_url(pointer)) }
    var title: String { text(cmark_node_get_title(pointer)) }
    /// What stands after a code block's fence.
    var fenceInfo: String { text(cmark_node_get_fence_info(pointer)) }
    var headingLevel: Int { Int(cmark_node_get_heading_level(pointer)) }
    /// The first number of an ordered list; `nil` for a list with bullets.
    var listStart: Int? {
        cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST ? Int(cmark_node_get_list_start(pointer)) : nil
    }
    /// Whether the paragraphs in a list's items are shown without space between them.
    var isTightList: Bool { cmark_node_get_list_tight(pointer) == 1 }
    /// The lines on which a block stands, counted from 0.
    var lines: ClosedRange<Int> {
        let first = max(Int(cmark_node_get_start_line(pointer)) - 1, 0)
        return first...max(first, Int(cmark_node_get_end_line(pointer)) - 1)
    }

    /// The alignment of a table's column in the words of CSS; `nil` where the table does not say.
    func alignment(ofColumn column: Int) -> String? {
        guard column < cmark_gfm_extensions_get_table_columns(pointer),
            let alignments = cmark_gfm_extensions_get_table_alignments(pointer)
        else { return nil }
        return [UInt8(ascii: "l"): "left", UInt8(ascii: "c"): "center", UInt8(ascii: "r"): "right"][alignments[column]]
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String {
        pointer.map { FormulaProtection.restored(String(cString: $0)) } ?? ""
    }
}
