internal import CPythonBridge

/// A Python object: its attributes, calls, items and operators in Swift's syntax.
///
///     let plt = try Python.import("matplotlib.pyplot")
///     let (figure, axes) = try plt.subplots(figsize: (8, 5)).tuple2
///     try axes.plot(x, y, label: "measured")
///
/// What can fail throws a `PythonError`: calls, operators, conversions. Reading an attribute or an item does
/// not throw by itself: a missing one gives an object that carries the exception, and the next throwing use of
/// that object throws it. So one `try` covers a whole chain, and nothing is lost.
///
/// Assigning to an attribute or item stops the program if Python refuses; `setAttribute` and `setItem` throw.
///
/// A Python object is not expressible by literals: otherwise `2 * matrix` could mean a Python number times an array.
/// Where a value of this type is needed, `PythonObject(value)` makes one.
///
/// Members of this type that are not Python's have names of several words (`setItem`, `isNone`): a name of one
/// word, such as `set`, `max` or `reversed`, is always the Python object's own. That is why this is not a
/// `Sequence`, which would hide them: write `for x in PythonSequence(object)`.
@dynamicMemberLookup
@dynamicCallable
public struct PythonObject: Sendable {
    private enum Storage {
        case object(PythonReference)
        case failure(PythonError)
    }

    private let storage: Storage

    init(_ reference: PythonReference) { storage = .object(reference) }
    init(owning pointer: UnsafeMutableRawPointer) { storage = .object(PythonReference(owning: pointer)) }
    init(failure: PythonError) { storage = .failure(failure) }

    /// The result of `body`, or an object that carries the error it threw.
    init(catching body: () throws -> PythonObject) {
        do {
            self = try body()
        } catch let error as PythonError {
            self.init(failure: error)
        } catch {
            self.init(failure: PythonError(typeName: "SwiftError", message: String(describing: error)))
        }
    }

    /// Any value that Python can take: a `PythonConvertible`, an array, dictionary or tuple of such, or `nil`
    /// for None. For any other value the object carries a TypeError.
    public init(_ value: Any?) { self = Self.converting(value, rangesAsSlices: false) }

    /// The object itself, unless it carries an exception: then that is thrown.
    @discardableResult
    public func checkedObject() throws(PythonError) -> PythonObject {
        if case .failure(let error) = storage { throw error }
        return self
    }

    /// The exception that this object carries in place of a value.
    public var carriedError: PythonError? {
        if case .failure(let error) = storage { error } else { nil }
    }

    /// The reference, or the carried exception thrown.
    func reference() throws(PythonError) -> PythonReference {
        switch storage {
        case .object(let reference): return reference
        case .failure(let error): throw error
        }
    }

    // MARK: Attributes

    /// The attribute of this name. See `setAttribute(_:to:)` for an assignment that throws.
    public subscript(dynamicMember name: String) -> PythonObject {
        get { getAttribute(name) }
        nonmutating set { stopping("set the attribute \(name)") { try setAttribute(name, to: newValue) } }
    }

    /// The attribute of this name, also where Swift would read the name as its own (`description`).
    public func getAttribute(_ name: String) -> PythonObject {
        PythonObject(catching: {
            let reference = try reference()
            return try PythonInterpreter.object { cpb_get_attribute(reference.pointer, name, $0) }
        })
    }

    /// `object.name = value`.
    public func setAttribute(_ name: String, to value: Any?) throws {
        let (object, value) = (try reference(), try PythonObject(value).reference())
        try PythonInterpreter.status { cpb_set_attribute(object.pointer, name, value.pointer, $0) }
    }

    /// `del object.name`.
    public func deleteAttribute(_ name: String) throws {
        let object = try reference()
        try PythonInterpreter.status { cpb_set_attribute(object.pointer, name, nil, $0) }
    }

    /// `hasattr(object, name)`.
    public func hasAttribute(_ name: String) -> Bool {
        if case .object(let reference) = storage { cpb_has_attribute(reference.pointer, name) } else { false }
    }

    // MARK: Items

    /// `object[key]`, with several keys `object[key, key]`. Ranges of integers are slices (`array[0..<3, 2...]`),
    /// `PythonSlice` makes any other, and `...` is Python's Ellipsis.
    public subscript(_ keys: Any?...) -> PythonObject {
        get {
            PythonObject(catching: {
                let (object, key) = (try reference(), try Self.key(keys).reference())
                return try PythonInterpreter.object { cpb_get_item(object.pointer, key.pointer, $0) }
            })
        }
        nonmutating set {
            stopping("set an item") { try setItem(at: Self.key(keys), to: newValue) }
        }
    }

    /// `object[key] = value`, with several keys `object[key, key] = value`.
    public func setItem(at keys: Any?..., to value: Any?) throws {
        let (object, key) = (try reference(), try Self.key(keys).reference())
        let value = try PythonObject(value).reference()
        try PythonInterpreter.status { cpb_set_item(object.pointer, key.pointer, value.pointer, $0) }
    }

    /// `del object[key]`.
    public func deleteItem(at keys: Any?...) throws {
        let (object, key) = (try reference(), try Self.key(keys).reference())
        try PythonInterpreter.status { cpb_set_item(object.pointer, key.pointer, nil, $0) }
    }

    private static func key(_ keys: [Any?]) throws -> PythonObject {
        let converted = keys.map { converting($0, rangesAsSlices: true) }
        return converted.count == 1 ? converted[0] : try tuple(of: converted)
    }

    /// A setter cannot throw: it stops the program, and says which exception it was and what to write instead.
    private func stopping(_ action: String, _ body: () throws -> Void) {
        do { try body() } catch {
            fatalError("Python refused to \(action) (setAttribute and setItem throw instead):\n\(error)")
        }
    }

    // MARK: Calls

    /// `object(value, name: value)`. Arguments may be anything that `PythonObject.init(_:)` takes: numbers,
    /// strings, arrays (shared with NumPy, not copied), tuples, dictionaries, `nil`, other Python objects.
    @discardableResult
    public func dynamicallyCall(withKeywordArguments arguments: KeyValuePairs<String, Any?>) throws -> PythonObject {
        var positional: [PythonReference] = []
        var names: [String] = []
        var named: [PythonReference] = []
        let callable = try reference()
        for (name, value) in arguments {
            let value = try PythonObject(value).reference()
            if name.isEmpty {
                positional.append(value)
            } else {
                names.append(name)
                named.append(value)
            }
        }
        return try Self.call(callable, positional, names, named)
    }

    /// `object(*arguments, **keywords)`, for arguments that are only known when the program runs.
    @discardableResult
    public func callFunction(arguments: [Any?] = [], keywords: [String: Any?] = [:]) throws -> PythonObject {
        let callable = try reference()
        let positional = try arguments.map { try PythonObject($0).reference() }
        // Sorted, because a Swift dictionary has another order in each process.
        let sorted = keywords.sorted { $0.key < $1.key }
        let named = try sorted.map { try PythonObject($0.value).reference() }
        return try Self.call(callable, positional, sorted.map(\.key), named)
    }

    private static func call(
        _ callable: PythonReference, _ positional: [PythonReference], _ names: [String], _ named: [PythonReference]
    ) throws -> PythonObject {
        try withExtendedLifetime((positional, named)) {
            let (values, keywords) = (positional.map(\.pointer), named.map(\.pointer))
            return try withCStrings(names) { names in
                try PythonInterpreter.object {
                    cpb_call(callable.pointer, values, values.count, names, keywords, keywords.count, $0)
                }
            }
        }
    }

    // MARK: Questions

    /// Whether this is None. An object that carries an exception is not.
    public var isNone: Bool {
        if case .object(let reference) = storage { cpb_is_none(reference.pointer) } else { false }
    }

    /// The name of the object's type, such as `"numpy.ndarray"` or `"list"`.
    public var typeName: String {
        switch storage {
        case .object(let reference): String(cString: cpb_type_name(reference.pointer))
        case .failure(let error): error.typeName
        }
    }

    /// `len(object)`.
    public var elementCount: Int {
        get throws {
            let object = try reference()
            return try PythonInterpreter.status { cpb_count(object.pointer, $0) }
        }
    }

    /// `element in object`.
    public func containsElement(_ element: Any?) throws -> Bool {
        let (object, element) = (try reference(), try PythonObject(element).reference())
        return try PythonInterpreter.status { cpb_contains(object.pointer, element.pointer, $0) } == 1
    }

    /// `object is other`: the very same object.
    public func isIdentical(to other: PythonObject) throws -> Bool {
        try reference().pointer == other.reference().pointer
    }

    // MARK: Parts of a tuple

    /// The two elements of a tuple, list or other iterable; throws a ValueError if there are not two.
    public var tuple2: (PythonObject, PythonObject) {
        get throws {
            let parts = try elements(exactly: 2)
            return (parts[0], parts[1])
        }
    }

    /// The three elements of a tuple, list or other iterable; throws a ValueError if there are not three.
    public var tuple3: (PythonObject, PythonObject, PythonObject) {
        get throws {
            let parts = try elements(exactly: 3)
            return (parts[0], parts[1], parts[2])
        }
    }

    /// The four elements of a tuple, list or other iterable; throws a ValueError if there are not four.
    public var tuple4: (PythonObject, PythonObject, PythonObject, PythonObject) {
        get throws {
            let parts = try elements(exactly: 4)
            return (parts[0], parts[1], parts[2], parts[3])
        }
    }

    /// The elements as values of the given types: `try pair.convertedTuple(Double.self, String.self)`.
    public func convertedTuple<each Part: ConvertibleFromPython>(
        _ types: repeat (each Part).Type
    ) throws -> (repeat each Part) {
        let parts = try PartsOfTuple(self)
        let result = (repeat try parts.next(as: each types))
        try parts.finish()
        return result
    }

    private func elements(exactly count: Int) throws -> [PythonObject] {
        let parts = try [PythonObject](self)
        guard parts.count == count else {
            throw PythonError(
                typeName: "ValueError", message: "expected \(count) elements, got \(parts.count): \(self)")
        }
        return parts
    }
}

/// Hands out a tuple's elements one after the other.
private final class PartsOfTuple {
    private let whole: PythonObject
    private let parts: [PythonObject]
    private var position = 0

    init(_ object: PythonObject) throws {
        whole = object
        parts = try [PythonObject](object)
    }

    func next<Part: ConvertibleFromPython>(as type: Part.Type) throws -> Part {
        guard position < parts.count else {
            throw PythonError(
                typeName: "ValueError", message: "expected more than \(parts.count) elements: \(whole)")
        }
        defer { position += 1 }
        return try Part(parts[position])
    }

    func finish() throws {
        guard position == parts.count else {
            throw PythonError(
                typeName: "ValueError", message: "expected \(position) elements, got \(parts.count): \(whole)")
        }
    }
}

extension PythonObject: CustomStringConvertible, CustomDebugStringConvertible {
    /// `str(object)`, or what exception the object carries.
    public var description: String { text(cpb_str) }

    /// `repr(object)`, or what exception the object carries.
    public var debugDescription: String { text(cpb_repr) }

    private func text(
        _ function: (UnsafeMutableRawPointer, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> UnsafeMutableRawPointer?
    ) -> String {
        do {
            let object = try reference()
            return try String(PythonInterpreter.object { function(object.pointer, $0) })
        } catch {
            return "<\(error)>"
        }
    }
}

/// Calls `body` with the strings as C strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>>?) throws -> Result
) rethrows -> Result {
    if strings.isEmpty { return try body(nil) }
    var bytes: [CChar] = []
    var offsets: [Int] = []
    for string in strings {
        offsets.append(bytes.count)
        bytes.append(contentsOf: string.utf8CString)
    }
    return try bytes.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return try body(nil) }
        return try body(offsets.map { start + $0 })
    }
}
