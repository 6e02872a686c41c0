import Foundation
import NotebookProtocol

/// A value that says how it is displayed in a notebook.
public protocol Displayable {
    /// The value in one or more representations; front ends take the richest that they can show.
    var displayed: MimeBundle { get }
}

extension MimeBundle: Displayable {
    public var displayed: MimeBundle { self }
}

/// Displays any value: as it says itself when it is `Displayable`, else by its description.
public func display<Value>(_ value: Value) {
    NotebookContext.current.report(.display(representation(of: value), isResult: false))
}

/// Displays plain text.
public func display(text: String) {
    NotebookContext.current.report(.display(MimeBundle([MimeBundle.plainText: text]), isResult: false))
}

/// Displays Markdown.
public func display(markdown: String) {
    let bundle = MimeBundle([MimeBundle.markdown: markdown, MimeBundle.plainText: markdown])
    NotebookContext.current.report(.display(bundle, isResult: false))
}

/// Displays HTML; `text` stands in for it where only text can be shown.
public func display(html: String, text: String = "(HTML)") {
    let bundle = MimeBundle([MimeBundle.html: html, MimeBundle.plainText: text])
    NotebookContext.current.report(.display(bundle, isResult: false))
}

/// Displays LaTeX mathematics, without the dollar signs.
public func display(latex: String) {
    let bundle = MimeBundle([MimeBundle.latex: "$$\(latex)$$", MimeBundle.plainText: latex])
    NotebookContext.current.report(.display(bundle, isResult: false))
}

/// Displays an SVG image.
public func display(svg: String, text: String = "(SVG image)") {
    let bundle = MimeBundle([MimeBundle.svg: svg, MimeBundle.plainText: text])
    NotebookContext.current.report(.display(bundle, isResult: false))
}

/// Displays a PNG image from the bytes of its file.
///
/// - Throws: `DisplayError.notPNG` when the bytes do not begin with a PNG file's signature.
public func display(png bytes: some Sequence<UInt8>, text: String = "(PNG image)") throws {
    let data = Data(bytes)
    guard data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
        throw DisplayError.notPNG(count: data.count)
    }
    let bundle = MimeBundle([MimeBundle.png: data.base64EncodedString(), MimeBundle.plainText: text])
    NotebookContext.current.report(.display(bundle, isResult: false))
}

/// Why something could not be displayed.
public enum DisplayError: Error, CustomStringConvertible, Equatable {
    case notPNG(count: Int)
    case invalidFigureName(String)

    public var description: String {
        switch self {
        case .notPNG(let count):
            "png: \(count) bytes that do not begin with the signature of a PNG file; expected a PNG file's bytes"
        case .invalidFigureName(let name):
            "as: \"\(name)\" cannot name a figure's files; expected letters, digits, '-', '_' and '.', not beginning with '.'"
        }
    }
}

/// A display that can be given a new representation.
public struct DisplayHandle: Sendable {
    /// What front ends know the display by.
    public let identifier: String

    /// Shows another value in the display's place.
    public func update<Value>(_ value: Value) {
        NotebookContext.current.report(
            .identifiedDisplay(representation(of: value), identifier: identifier, isUpdate: true))
    }
}

/// Displays a value so that it can be updated later, in this cell or another.
@discardableResult
public func display<Value>(_ value: Value, identifier: String) -> DisplayHandle {
    NotebookContext.current.report(
        .identifiedDisplay(representation(of: value), identifier: identifier, isUpdate: false))
    return DisplayHandle(identifier: identifier)
}

/// Removes what the cell has shown so far.
///
/// - Parameter waiting: Remove it when the next output comes, so that nothing flickers.
public func clearOutput(waiting: Bool = false) {
    NotebookContext.current.report(.clearOutput(waits: waiting))
}

// MARK: - What the engine writes into cells

/// Shows the value of a cell's last expression. Calls of it are written by the engine.
public func __showResult<Value>(_ value: Value) {
    if value is Void { return }
    if let hidden = value as? any HidesAsResult, hidden.isHiddenAsResult { return }
    NotebookContext.current.report(.display(representation(of: value), isResult: true))
}

/// The last expression of a cell had no value: nothing is shown.
public func __showResult(_ value: Void) {}

/// A value that need not be shown as a cell's result, such as Python's None.
protocol HidesAsResult {
    var isHiddenAsResult: Bool { get }
}
