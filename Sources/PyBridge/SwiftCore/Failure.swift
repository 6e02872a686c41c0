internal import CSwiftCore

/// A Python object; whoever receives one from a function owns the reference, an argument is borrowed.
typealias Object = UnsafeMutableRawPointer

/// Why a call from Python does not come to its result.
enum Failure: Error {
    /// A Python exception is pending.
    case raised
    /// An argument has the wrong type, value or range. The path names it: `boxes[3].score`.
    case argument(kind: swiftcore_exception, path: String, message: String)

    /// A value of the wrong type, as "expected …, got list: [1, 'a']".
    static func type(_ expected: String, _ object: Object) -> Failure {
        .argument(kind: SWIFTCORE_TYPE_ERROR, path: "", message: "expected \(expected), got \(described(object))")
    }

    /// A value of the right type that cannot be used.
    static func value(_ message: String) -> Failure {
        .argument(kind: SWIFTCORE_VALUE_ERROR, path: "", message: message)
    }

    /// The same failure in an element or field.
    func inside(_ place: String) -> Failure {
        guard case .argument(let kind, let path, let message) = self else { return self }
        let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
        return .argument(kind: kind, path: place + separator + path, message: message)
    }

    static func described(_ object: Object) -> String {
        if swiftcore_is_none(object) { return "None" }
        let text = swiftcore_text(object)
        defer { text.deallocate() }
        let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            String(cString: swiftcore_type_name(object, buffer.baseAddress.unsafelyUnwrapped, 128))
        }
        return "\(name): \(String(cString: text))"
    }
}

/// Calls `body`, whose failures lie in an element or field.
@inline(__always)
func locating<Value>(_ place: @autoclosure () -> String, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let failure as Failure {
        throw failure.inside(place())
    }
}

/// An object that a C function returned, or the exception that it set.
@inline(__always)
func checked(_ object: Object?) throws -> Object {
    guard let object else { throw Failure.raised }
    return object
}

/// What a thrown Swift error becomes in Python.
struct ExceptionClass {
    /// Its number; -1 for `swiftcore.Error`.
    let index: Int32
    /// Whether an argument is to blame, so that it is a ValueError too.
    let isArgument: Bool

    /// Whether the error says which argument is to blame.
    static func blamesArgument(_ error: any Error) -> Bool {
        let mirror = Mirror(reflecting: error)
        if mirror.displayStyle != .enum { return mirror.children.contains { $0.label == "argument" } }
        guard let payload = mirror.children.first else { return false }
        return Mirror(reflecting: payload.value).children.contains { $0.label == "argument" }
            || payload.label.map { $0.hasPrefix("invalid") || $0.hasPrefix("unequal") || $0.hasPrefix("wrong") } == true
    }
}

/// Raises in Python what a call threw. `names` are the parameters that Swift and Python spell differently.
func raise(_ error: any Error, function: Int32, names: [(swift: String, python: String)]) {
    switch error {
    case Failure.raised: break
    case Failure.argument(let kind, let path, let message):
        let name = String(cString: swiftcore_function_name(function))
        swiftcore_raise(kind, "\(name)(): \(path): \(message)")
    default:
        var message = String(describing: error)
        for (swift, python) in names { message = message.replacingWord(swift, with: python) }
        swiftcore_raise_defined(exceptionIndex(of: error), ExceptionClass.blamesArgument(error), message)
    }
}

extension String {
    /// Each occurrence of a word that is not part of a longer one, replaced.
    func replacingWord(_ word: String, with replacement: String) -> String {
        func isWordPart(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" }
        var result = ""
        var rest = self[...]
        while let range = rest.firstRange(of: word) {
            let before = range.lowerBound == startIndex ? nil : self[index(before: range.lowerBound)]
            let after = range.upperBound == endIndex ? nil : self[range.upperBound]
            let isWhole = before.map { !isWordPart($0) } ?? true && after.map { !isWordPart($0) } ?? true
            result += rest[..<range.lowerBound] + (isWhole ? replacement : word)
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
