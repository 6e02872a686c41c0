internal import CPythonBridge
internal import SwiftCoreModule

/// The one interpreter of this process. It starts when it is first needed.
enum PythonInterpreter {
    private static let failure: PythonError? = {
        if let message = cpb_start() {
            defer { message.deallocate() }
            return PythonError(typeName: "RuntimeError", message: String(cString: message))
        }
        // `import swiftcore` in a Python cell is this process's own Core.
        return PythonModule.register().map { PythonError(typeName: "RuntimeError", message: $0) }
    }()

    /// Every way into Python passes here first.
    static func start() throws(PythonError) {
        if let failure { throw failure }
    }

    /// Calls one of the C functions that return a new reference.
    static func object(
        _ body: (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> UnsafeMutableRawPointer?
    ) throws(PythonError) -> PythonObject {
        try start()
        var exception: UnsafeMutableRawPointer?
        guard let result = body(&exception) else { throw PythonError(owning: exception) }
        return PythonObject(owning: result)
    }

    /// Calls one of the C functions that return -1 on failure.
    @discardableResult
    static func status<Status: SignedInteger>(
        _ body: (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Status
    ) throws(PythonError) -> Status {
        try start()
        var exception: UnsafeMutableRawPointer?
        let result = body(&exception)
        // -1 may also be an honest value: only an exception makes it a failure.
        if result == -1, let exception { throw PythonError(owning: exception) }
        return result
    }

    /// A function of support.py.
    static func support(_ function: String, _ arguments: PythonObject...) throws -> PythonObject {
        try start()
        guard let module = cpb_support() else {
            throw PythonError(typeName: "RuntimeError", message: "PyBridge's support module is not loaded")
        }
        let callable = try object { cpb_get_attribute(module, function, $0) }
        return try callable.callFunction(arguments: arguments)
    }
}
