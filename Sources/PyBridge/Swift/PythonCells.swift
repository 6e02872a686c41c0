extension Python {
    /// The module `__main__`, in which Python cells run: `Python.main.name` is what a cell left there.
    public static var main: PythonObject { PythonObject(catching: { try Python.import("__main__") }) }

    /// Runs Python source as a notebook's cell.
    ///
    /// Names persist from cell to cell. Tracebacks and syntax errors name `file` and its real lines, and show them.
    ///
    /// - Parameters:
    ///   - source: the cell's text.
    ///   - file: the name that errors give, usually the notebook's path.
    ///   - firstLine: the line of `file` on which `source` begins, from 1.
    /// - Returns: the value of the last expression; `nil` if that is None, if a semicolon follows it, or if the
    ///   cell ends in something else.
    @discardableResult
    public static func run(source: String, file: String = "<cell>", firstLine: Int = 1) throws -> PythonObject? {
        guard firstLine >= 1 else {
            throw PythonError(typeName: "ValueError", message: "firstLine: expected at least 1, got \(firstLine)")
        }
        let value = try PythonInterpreter.support(
            "run", PythonObject(source), PythonObject(file), PythonObject(firstLine))
        return value.isNone ? nil : value
    }

    /// Gives Python cells a Swift value under a name. Arrays of numbers are shared, not copied.
    public static func publish(_ value: Any?, as name: String) throws {
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart,
            name.unicodeScalars.allSatisfy({ $0 == "_" || $0.properties.isXIDContinue })
        else {
            throw PythonError(typeName: "ValueError", message: "name: expected a Python identifier, got \"\(name)\"")
        }
        try main.setAttribute(name, to: value)
    }

    /// What a Python cell left under a name. Throws an AttributeError if there is nothing.
    public static func published(_ name: String) throws -> PythonObject {
        try main.getAttribute(name).checkedObject()
    }
}
