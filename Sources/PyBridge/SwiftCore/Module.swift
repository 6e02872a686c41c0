internal import CSwiftCore

/// The Python module `swiftcore`.
public enum PythonModule {
    /// Lets `import swiftcore` work in the interpreter of this process. Call it once, when the interpreter runs.
    ///
    /// - Returns: what went wrong, if anything did.
    public static func register() -> String? {
        guard let message = swiftcore_register() else { return nil }
        defer { message.deallocate() }
        return String(cString: message)
    }
}

/// What the C half calls when Python loads the module.
@_cdecl("swiftcore_define_exports")
func defineExports() {
    for each in exceptionDefinitions {
        swiftcore_define_exception(text(each.name), text(each.documentation), each.isValueError ? 1 : 0)
    }
    for each in tupleDefinitions {
        swiftcore_define_tuple(text(each.module), text(each.name), text(each.documentation), text(each.fields))
    }
    for each in functionDefinitions {
        swiftcore_define_function(
            text(each.module), text(each.name), text(each.documentation), text(each.parameters), each.function)
    }
}

/// A literal's own bytes, which live as long as the process.
private func text(_ literal: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// A function of the module.
struct FunctionDefinition {
    let module: StaticString
    let name: StaticString
    let parameters: StaticString
    let documentation: StaticString
    let function: swiftcore_function
}

/// A type of results.
struct TupleDefinition {
    let module: StaticString
    let name: StaticString
    let fields: StaticString
    let documentation: StaticString
}

/// The Python class of a Swift error type.
struct ExceptionDefinition {
    let name: StaticString
    let isValueError: Bool
    let documentation: StaticString
}
