internal import CPythonBridge

/// The Python interpreter inside this process: modules, builtins, and the namespace of Python cells.
///
///     let np = try Python.import("numpy")
///     let total = try Double(np.linspace(0, 1, 11).sum())
///
/// Any other member is a builtin: `try Python.len(object)`, `try Python.dict(alpha: 0.5, color: "black")`.
/// The interpreter starts when it is first used. Every function may be called from any thread.
@dynamicMemberLookup
public enum Python {
    /// A builtin function or type of Python.
    public static subscript(dynamicMember name: String) -> PythonObject { builtins.getAttribute(name) }

    /// The module `builtins`, for a builtin whose name is also a Swift member of this type.
    public static var builtins: PythonObject {
        PythonObject(catching: { try PythonInterpreter.object { cpb_import("builtins", $0) } })
    }

    /// Python's None.
    public static var None: PythonObject {
        PythonObject(catching: { try PythonInterpreter.object { _ in cpb_none() } })
    }

    /// Imports a module, such as `"matplotlib.pyplot"`. The error for a missing package says how to install it.
    public static func `import`(_ name: String) throws -> PythonObject {
        try PythonInterpreter.object { cpb_import(name, $0) }
    }

    /// The interpreter's version, such as `"3.11.2"`.
    public static var version: String {
        get throws {
            let parts = try [PythonObject](Python.import("sys").version_info)
            return parts.prefix(3).map(\.description).joined(separator: ".")
        }
    }

    /// The Python program that installs packages for this interpreter, such as `"/usr/bin/python3.11"`.
    public static var executable: String {
        get throws { try String(Python.import("sys").executable) }
    }

    /// Whether a package can be imported. Does not import it.
    public static func isInstalled(_ package: String) throws -> Bool {
        try Bool(PythonInterpreter.support("is_installed", PythonObject(package)))
    }

    /// The version of an installed package; `nil` if it is not installed. Does not import it.
    public static func packageVersion(_ package: String) throws -> String? {
        try String?(PythonInterpreter.support("package_version", PythonObject(package)))
    }

    /// Python's `with`: enters the context manager, passes `body` what it gave, and leaves it however `body` ends.
    ///
    /// An error of `body` is passed to the context manager as the exception, and thrown on after it.
    public static func with<Result>(
        _ manager: PythonObject, _ body: (PythonObject) throws -> Result
    ) throws -> Result {
        let leave = try manager.getAttribute("__exit__").checkedObject()
        let entered = try manager.getAttribute("__enter__")()
        let result: Result
        do {
            result = try body(entered)
        } catch {
            let exception: PythonObject
            if let known = (error as? PythonError)?.exception {
                exception = known
            } else {
                exception = try PythonInterpreter.support("SwiftError", PythonObject("\(error)"))
            }
            try leave(Python.type(exception), exception, exception.__traceback__)
            throw error
        }
        try leave(nil, nil, nil)
        return result
    }
}
