import Foundation
import NotebookProtocol
import PyBridge

/// Runs a Python cell in the embedded interpreter: shows its last expression's value, and saves the figures
/// that it drew and did not display itself.
func runPythonCell(source: String, file: String, firstLine: Int) -> CellEnd {
    do {
        try provideDisplay()
        try provideInput()
        let before = Set(try Python.openFigures().map(identity))
        let value = try Python.run(source: source, file: file, firstLine: firstLine)
        let drawn = try Python.openFigures().filter { !before.contains(identity($0)) }
        for (index, figure) in drawn.enumerated() {
            try display(figure, as: drawn.count == 1 ? "line-\(firstLine)" : "line-\(firstLine)-\(index + 1)")
        }
        if let value { __showResult(value) }
        return .completed
    } catch {
        return thrown(error)
    }
}

private func identity(_ figure: PythonObject) -> Int { (try? Int(Python.id(figure))) ?? 0 }

/// Gives Python cells `display(figure, name, caption=None, is_timing=False)` and `display(value)`. A notebook
/// that defines a `display` of its own keeps it: the function is a builtin.
private func provideDisplay() throws {
    guard !Python.builtins.hasAttribute("display") else { return }
    let function = PythonFunction { arguments, keywords in
        guard let object = arguments.first else {
            throw PythonError(typeName: "TypeError", message: "display: expected a figure and its name, or a value")
        }
        let known: Set = ["name", "caption", "is_timing"]
        if let unknown = keywords.keys.sorted().first(where: { !known.contains($0) }) {
            throw PythonError(typeName: "TypeError", message: "display: got an unexpected keyword argument '\(unknown)'")
        }
        if let name = arguments.count > 1 ? arguments[1] : keywords["name"] {
            try display(
                object, as: String(name), caption: keywords["caption"].map { try String($0) },
                isTiming: keywords["is_timing"].map { try Bool($0) } ?? false)
        } else if object.hasAttribute("savefig") {
            throw PythonError(
                typeName: "TypeError", message: "display: a figure needs a name for its files: display(figure, \"name\")")
        } else {
            display(object)
        }
        return nil
    }
    try Python.builtins.setAttribute("display", to: function)
}
