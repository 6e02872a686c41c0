extension Python {
    /// The figures that pyplot holds open, oldest first. Does not import matplotlib.
    public static func openFigures() throws -> [PythonObject] {
        try [PythonObject](PythonInterpreter.support("open_figures"))
    }

    /// Closes figures, so that they no longer count as open; all of them without an argument.
    public static func closeFigures(_ figures: [PythonObject]? = nil) throws {
        let list = try figures.map { try PythonObject.list(of: $0) } ?? Python.None
        _ = try PythonInterpreter.support("close_figures", list)
    }

    /// Writes a figure to `<directory>/<name>.png` and `.svg`, creating the folder.
    ///
    /// The same figure gives the same bytes each time: no date, no version, and fixed ids in the SVG, whose text is
    /// drawn as paths. A file is complete or not there at all.
    ///
    /// - Parameters:
    ///   - figure: a matplotlib figure.
    ///   - directory: the folder.
    ///   - name: the files' name without extension.
    ///   - dotsPerInch: the PNG's resolution.
    /// - Returns: the two paths.
    @discardableResult
    public static func save(
        figure: PythonObject, to directory: String, name: String, dotsPerInch: Int = 150
    ) throws -> [String] {
        try [String](
            PythonInterpreter.support(
                "save_figure", figure, PythonObject(directory), PythonObject(name), PythonObject(dotsPerInch)))
    }
}
