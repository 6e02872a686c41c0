internal import CSwiftCore
import DeepLearning
import Mathematics

/// The arguments of one call, in the order of the function's parameters.
struct Arguments {
    let function: Int32
    fileprivate let slots: UnsafeMutablePointer<Object?>

    /// Whether an argument was given.
    @inline(__always)
    func has(_ index: Int) -> Bool { slots[index] != nil }

    /// An argument that must be given.
    @inline(__always)
    func value<Value: PythonInput>(_ index: Int) throws -> Value {
        let object = slots[index].unsafelyUnwrapped
        do { return try Value(python: object) } catch { throw located(error, index) }
    }

    /// An argument, or its default.
    @inline(__always)
    func value<Value: PythonInput>(_ index: Int, or standard: @autoclosure () -> Value) throws -> Value {
        guard let object = slots[index] else { return standard() }
        do { return try Value(python: object) } catch { throw located(error, index) }
    }

    /// The argument as it came.
    func object(_ index: Int) -> Object? { slots[index] }

    /// The argument's name.
    func name(_ index: Int) -> String { String(cString: swiftcore_parameter_name(function, Int32(index))) }

    @inline(never)
    func located(_ error: any Error, _ index: Int) -> any Error {
        guard let failure = error as? Failure else { return error }
        return failure.inside(name(index))
    }

    /// A callback.
    func callback(_ index: Int, keepsShape: Bool) throws -> Callback {
        let object = slots[index].unsafelyUnwrapped
        guard swiftcore_is_callable(object) else { throw located(Failure.type("a callable", object), index) }
        return Callback(object, name: name(index), keepsShape: keepsShape)
    }

    /// A callback, or nothing.
    func optionalCallback(_ index: Int, keepsShape: Bool) throws -> Callback? {
        guard let object = slots[index], !swiftcore_is_none(object) else { return nil }
        return try callback(index, keepsShape: keepsShape)
    }

    /// Fails for an argument that has no meaning beside another one: the sigma of a rule without sigma.
    func refuse(_ indices: [Int], beside index: Int, _ name: String) throws {
        for other in indices where has(other) {
            throw Failure.argument(
                kind: SWIFTCORE_TYPE_ERROR, path: self.name(other),
                message: "has no meaning with \(self.name(index))='\(name)'")
        }
    }

    /// A value that a case of an enumeration needs and that came as an argument of its own.
    func needed<Value: PythonInput>(_ index: Int, for name: String) throws -> Value {
        guard has(index) else {
            throw Failure.argument(
                kind: SWIFTCORE_TYPE_ERROR, path: self.name(index), message: "is missing: '\(name)' needs it")
        }
        return try value(index)
    }

    /// Runs the computation without the interpreter lock; then raises what a callback raised, if one did.
    @inline(__always)
    func compute<Result>(_ callbacks: Callback?..., body: () throws -> Result) throws -> Result {
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try compute(body: body)) } catch { outcome = .failure(error) }
        // Before the function's own error, which may only say that it met NaN.
        for callback in callbacks { try callback?.check() }
        return try outcome.get()
    }

    /// The same without callbacks.
    @inline(__always)
    func compute<Result>(body: () throws -> Result) throws -> Result {
        let state = swiftcore_unlock()
        defer { swiftcore_lock(state) }
        return try body()
    }

    /// Fails unless a relation between arguments holds that Core takes for granted.
    func require(
        _ holds: Bool, _ relation: StaticString, _ arguments: @autoclosure () -> [(name: String, value: any Shaped)]
    ) throws {
        if holds { return }
        let arguments = arguments()
        let texts = arguments.map { name, value in
            value.shapeSizes.isEmpty ? "\(name) is \(value)" : "\(name) has shape \(shapeText(value.shapeSizes))"
        }
        throw Failure.argument(
            kind: SWIFTCORE_VALUE_ERROR, path: arguments.first?.name ?? "",
            message: texts.joined(separator: " and ") + ": expected \(relation)")
    }
}

/// What has a shape to show in an error; that of a number is empty.
protocol Shaped { var shapeSizes: [Int] { get } }
extension DenseVector: Shaped { var shapeSizes: [Int] { [count] } }
extension DenseMatrix: Shaped { var shapeSizes: [Int] { [rows, columns] } }
extension Array: Shaped { var shapeSizes: [Int] { [count] } }
extension Int: Shaped { var shapeSizes: [Int] { [] } }
extension Double: Shaped { var shapeSizes: [Int] { [] } }
extension Tensor: Shaped { var shapeSizes: [Int] { (0..<rank).map { shape[$0] } } }

/// One call from Python: binds the arguments, runs `body`, and raises what it throws.
@inline(__always)
func call(
    _ function: Int32, slots count: Int, _ arguments: UnsafePointer<Object>?, _ argumentCount: Int, _ names: Object?,
    spelled: @autoclosure () -> [(swift: String, python: String)], _ body: (Arguments) throws -> Object
) -> Object? {
    withUnsafeTemporaryAllocation(of: Object?.self, capacity: max(count, 1)) { slots in
        let slots = slots.baseAddress.unsafelyUnwrapped
        guard swiftcore_bind(function, arguments, argumentCount, names, slots) == 0 else { return nil }
        do {
            return try body(Arguments(function: function, slots: slots))
        } catch {
            raise(error, function: function, names: spelled())
            return nil
        }
    }
}

/// A Python callable as a Swift closure's body.
///
/// May be called from any thread; takes the interpreter lock for the call. What the callable raises is kept, and
/// raised when the Swift function is done: until then the closure gives NaN without calling Python again.
final class Callback: @unchecked Sendable {
    private let callable: Object
    private let name: String
    /// Whether a result must have the shape of the array among the arguments.
    private let keepsShape: Bool
    // Both guarded by the interpreter lock.
    private var exception: Object?
    private var resultShape: [Int]?

    init(_ callable: Object, name: String, keepsShape: Bool) {
        swiftcore_retain(callable)
        self.callable = callable
        self.name = name
        self.keepsShape = keepsShape
    }

    deinit {
        let state = swiftcore_enter()
        swiftcore_release(callable)
        if let exception { swiftcore_release(exception) }
        swiftcore_leave(state)
    }

    /// Calls Python.
    func call<each Argument: PythonOutput, Result: CallbackResult>(
        _ arguments: repeat each Argument, as type: Result.Type
    ) -> Result {
        let state = swiftcore_enter()
        defer { swiftcore_leave(state) }
        let like = shape(ofFirst: repeat each arguments)
        let result: Result? = run(repeat each arguments) { object in
            let result = try Result(python: object)
            try self.check(result, like)
            return result
        }
        return result ?? .missing(shape: resultShape ?? like ?? [0])
    }

    /// Calls Python for two results.
    func pair<each Argument: PythonOutput, First: CallbackResult, Second: CallbackResult>(
        _ arguments: repeat each Argument, as first: First.Type, _ second: Second.Type
    ) -> (First, Second) {
        let state = swiftcore_enter()
        defer { swiftcore_leave(state) }
        let like = shape(ofFirst: repeat each arguments)
        let result: (First, Second)? = run(repeat each arguments) { object in
            guard swiftcore_count(object) == 2 else { throw Failure.type("a pair of results", object) }
            let items = try (checked(swiftcore_item(object, 0)), checked(swiftcore_item(object, 1)))
            defer {
                swiftcore_release(items.0)
                swiftcore_release(items.1)
            }
            let pair = try (First(python: items.0), Second(python: items.1))
            try self.check(pair.1, like)
            return pair
        }
        return result ?? (.missing(shape: resultShape ?? like ?? [0]), .missing(shape: resultShape ?? like ?? [0]))
    }

    /// The shape of the first array among the arguments.
    private func shape<each Argument>(ofFirst arguments: repeat each Argument) -> [Int]? {
        for argument in repeat each arguments {
            if let shape = (argument as? any Shaped)?.shapeSizes, !shape.isEmpty { return shape }
        }
        return nil
    }

    /// Calls Python with the lock held. Nil after an exception, now or before.
    private func run<each Argument: PythonOutput, Result>(
        _ arguments: repeat each Argument, convert: (Object) throws -> Result
    ) -> Result? {
        if exception != nil { return nil }
        do {
            var items: [Object?] = []
            for argument in repeat each arguments {
                do { items.append(try argument.python()) } catch {
                    for case let item? in items { swiftcore_release(item) }
                    throw error
                }
            }
            let object = try checked(swiftcore_call(callable, items, items.count))
            defer { swiftcore_release(object) }
            return try locating("\(name)(…)") { try convert(object) }
        } catch {
            if case Failure.argument(let kind, let path, let message) = error {
                swiftcore_raise(kind, "\(path): \(message)")
            }
            exception = swiftcore_take_exception()
            return nil
        }
    }

    /// A callable must return the same shape each time, and that of its argument where Core relies on it.
    private func check(_ result: some CallbackResult, _ like: [Int]?) throws {
        guard let shape = (result as? any Shaped)?.shapeSizes, !shape.isEmpty else { return }
        if let expected = keepsShape ? like : resultShape, expected != shape {
            throw Failure.value(
                "expected shape \(shapeText(expected)) as \(keepsShape ? "its argument has" : "before"), "
                    + "got shape \(shapeText(shape))")
        }
        resultShape = shape
    }

    /// Raises what the callable raised.
    func check() throws {
        guard let raised = exception else { return }
        exception = nil
        swiftcore_raise_taken(raised)
        throw Failure.raised
    }
}

/// What a callback may return.
protocol CallbackResult: PythonInput {
    /// What stands for a result after the callable has raised.
    static func missing(shape: [Int]) -> Self
}

extension Double: CallbackResult { static func missing(shape: [Int]) -> Double { .nan } }
extension Bool: CallbackResult { static func missing(shape: [Int]) -> Bool { false } }
extension DenseVector: CallbackResult where Scalar == Double {
    static func missing(shape: [Int]) -> DenseVector { DenseVector(repeating: .nan, count: shape[0]) }
}
extension DenseMatrix: CallbackResult where Scalar == Double {
    static func missing(shape: [Int]) -> DenseMatrix {
        DenseMatrix(repeating: .nan, rows: shape[0], columns: shape.count > 1 ? shape[1] : shape[0])
    }
}
extension Tensor: CallbackResult where Scalar: BufferElement & BinaryFloatingPoint {
    static func missing(shape: [Int]) -> Tensor {
        Tensor(storage: Storage(repeating: .nan, count: shape.reduce(1, *)), shape: TensorShape(shape))
    }
}
