internal import CPythonBridge

/// A Python exception, as a Swift error.
///
/// Its description is what Python would print: the traceback (file, line and text of each Python frame),
/// the exception's type and message, and a hint if there is one.
public struct PythonError: Error, CustomStringConvertible, Sendable {
    /// The exception's type: `"ValueError"`, or with its module `"numpy.linalg.LinAlgError"`.
    public let typeName: String
    /// What `str(exception)` gives.
    public let message: String
    /// The traceback as Python formats it, including the last line with type and message.
    public let traceback: String
    /// What may help: a near spelling, or how to install a missing package.
    public let hint: String?
    private let reference: PythonReference?

    /// The exception object itself; `nil` if the error arose in Swift.
    public var exception: PythonObject? { reference.map { PythonObject($0) } }

    public var description: String {
        guard let hint else { return traceback }
        return "\(traceback)\n(\(hint))"
    }

    /// An error of PyBridge's own, shown as a Python exception of the given type.
    public init(typeName: String, message: String) {
        self.init(typeName: typeName, message: message, traceback: "\(typeName): \(message)", hint: nil, reference: nil)
    }

    /// Takes over a reference to an exception.
    init(owning exception: UnsafeMutableRawPointer?) {
        guard let exception else {
            self.init(typeName: "SystemError", message: "a Python operation failed without an exception")
            return
        }
        let reference = PythonReference(owning: exception)
        if let parts = Self.describe(reference), parts.count == 4 {
            self.init(
                typeName: parts[0], message: parts[1], traceback: parts[2], hint: parts[3].isEmpty ? nil : parts[3],
                reference: reference)
        } else {
            let typeName = String(cString: cpb_type_name(exception))
            let message = Self.text(of: reference) ?? "(its message cannot be shown)"
            self.init(
                typeName: typeName, message: message, traceback: "\(typeName): \(message)", hint: nil,
                reference: reference)
        }
    }

    private init(typeName: String, message: String, traceback: String, hint: String?, reference: PythonReference?) {
        self.typeName = typeName
        self.message = message
        self.traceback = traceback
        self.hint = hint
        self.reference = reference
    }

    // These two report an error, so they use the C functions alone: an error of theirs must not lead back here.

    private static func describe(_ exception: PythonReference) -> [String]? {
        guard let module = cpb_support() else { return nil }
        guard let function = take({ cpb_get_attribute(module, "describe", $0) }) else { return nil }
        let result = withUnsafePointer(to: exception.pointer) { argument in
            take { cpb_call(function.pointer, argument, 1, nil, nil, 0, $0) }
        }
        guard let result, let iterator = take({ cpb_iterator(result.pointer, $0) }) else { return nil }
        var parts: [String] = []
        while let part = take({ cpb_next(iterator.pointer, $0) }) {
            guard let text = swiftString(part) else { return nil }
            parts.append(text)
        }
        return parts
    }

    private static func text(of exception: PythonReference) -> String? {
        take { cpb_str(exception.pointer, $0) }.flatMap(swiftString)
    }

    private static func take(
        _ body: (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> UnsafeMutableRawPointer?
    ) -> PythonReference? {
        var exception: UnsafeMutableRawPointer?
        let result = body(&exception)
        if let exception { cpb_release(exception) }
        return result.map { PythonReference(owning: $0) }
    }

    private static func swiftString(_ object: PythonReference) -> String? {
        var exception: UnsafeMutableRawPointer?
        var count = 0
        guard let utf8 = cpb_utf8(object.pointer, &count, &exception) else {
            if let exception { cpb_release(exception) }
            return nil
        }
        return String(decoding: UnsafeRawBufferPointer(start: utf8, count: count), as: UTF8.self)
    }
}
