import Foundation
import NotebookProtocol
import PyBridge

/// Saves a matplotlib figure as `<name>.png` and `<name>.svg` in the run's folder, and shows it.
///
/// The files of the same figure are the same to the byte in every run. A figure that shows measured time
/// never is: give it a name of its own and say `isTiming`.
///
/// - Parameters:
///   - figure: A matplotlib figure. It is closed in pyplot, and may be changed and displayed again.
///   - name: The files' name: letters, digits, "-", "_" and ".", not beginning with ".".
///   - caption: What the figure shows, for the gallery.
///   - isTiming: The figure shows measured times.
/// - Throws: `DisplayError.invalidFigureName`; `PythonError` when matplotlib cannot draw or write the figure.
public func display(
    _ figure: PythonObject, as name: String, caption: String? = nil, isTiming: Bool = false
) throws {
    let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_."))
    guard !name.isEmpty, !name.hasPrefix("."), name.unicodeScalars.allSatisfy(allowed.contains) else {
        throw DisplayError.invalidFigureName(name)
    }
    let configuration = NotebookContext.current.configuration
    // A cell that is repeated to restore a session made its figure the first time.
    guard !configuration.isReplay else { return }
    let files = try Python.save(figure: figure, to: configuration.outputFolder, name: name)
    try Python.closeFigures([figure])
    let names = files.map { ($0 as NSString).lastPathComponent }
    NotebookContext.current.report(
        .figure(FigureRecord(name: name, caption: caption, files: names, isTiming: isTiming)))
}

extension PythonObject: Displayable, HidesAsResult {
    /// The object's own rich representations where it has any (as IPython takes them), and its `repr`.
    public var displayed: MimeBundle {
        var bundle = MimeBundle([:])
        for (method, type) in [
            ("_repr_html_", MimeBundle.html), ("_repr_markdown_", MimeBundle.markdown), ("_repr_svg_", MimeBundle.svg),
            ("_repr_latex_", MimeBundle.latex),
        ] {
            // A representation that fails or is None is one that the object does not have.
            if let text = try? String(getAttribute(method)()) { bundle[type] = text }
        }
        bundle[MimeBundle.plainText] = (try? String(Python.repr(self))) ?? description
        return bundle
    }

    /// None, and what plotting calls return: nobody asked to see a list of drawn lines.
    var isHiddenAsResult: Bool {
        if isNone { return true }
        guard let text = try? String(Python.repr(self)) else { return false }
        return ["<matplotlib.", "[<matplotlib.", "Text(", "<Figure"].contains { text.hasPrefix($0) }
    }
}
