internal import CPythonBridge

/// A Swift closure that Python can call: a tick formatter, an animation step, a sort key.
///
///     let formatter = PythonFunction { arguments in "\(try Int(arguments[0])) %" }
///     try axis.set_major_formatter(formatter)
///
/// An error that the closure throws is raised in Python: a `PythonError` as the exception it was, any other as a
/// `SwiftError` with its description.
public struct PythonFunction: PythonConvertible, Sendable {
    public let pythonObject: PythonObject

    /// A function of positional arguments only.
    public init(_ body: @escaping @Sendable ([PythonObject]) throws -> Any?) {
        self.init { arguments, keywords in
            guard keywords.isEmpty else {
                throw PythonError(
                    typeName: "TypeError",
                    message: "this Swift function takes no keyword arguments, got \(keywords.keys.sorted())")
            }
            return try body(arguments)
        }
    }

    /// A function of positional and keyword arguments.
    public init(_ body: @escaping @Sendable ([PythonObject], [String: PythonObject]) throws -> Any?) {
        let context = Unmanaged.passRetained(Closure(body: body)).toOpaque()
        pythonObject = PythonObject(catching: {
            try PythonInterpreter.object {
                cpb_function(callClosure, context, { Unmanaged<Closure>.fromOpaque($0).release() }, $0)
            }
        })
    }
}

private final class Closure: Sendable {
    let body: @Sendable ([PythonObject], [String: PythonObject]) throws -> Any?

    init(body: @escaping @Sendable ([PythonObject], [String: PythonObject]) throws -> Any?) { self.body = body }
}

private func callClosure(
    _ context: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer, _ keywords: UnsafeMutableRawPointer?,
    _ error: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> UnsafeMutableRawPointer? {
    let closure = Unmanaged<Closure>.fromOpaque(context).takeUnretainedValue()
    do {
        let arguments = try [PythonObject](PythonObject(PythonReference(retaining: arguments)))
        let keywords = try keywords.map { try [String: PythonObject](PythonObject(PythonReference(retaining: $0))) }
        let result = try PythonObject(closure.body(arguments, keywords ?? [:])).reference()
        cpb_retain(result.pointer)
        return result.pointer
    } catch let thrown {
        let raised = PythonObject(catching: { try exception(for: thrown) })
        if let reference = try? raised.reference() {
            cpb_retain(reference.pointer)
            error.pointee = reference.pointer
        }
        return nil
    }
}

/// The exception that stands for a Swift error in Python.
private func exception(for error: any Error) throws -> PythonObject {
    guard let error = error as? PythonError else {
        return try PythonInterpreter.support("SwiftError", PythonObject("\(error)"))
    }
    if let exception = error.exception { return exception }
    let type = Python.builtins.getAttribute(error.typeName)
    if type.carriedError == nil { return try type(error.message) }
    return try PythonInterpreter.support("SwiftError", PythonObject(error.message))
}
