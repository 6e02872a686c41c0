internal import CPythonBridge

// Python's operators. Each throws what Python raises. A comparison gives what Python gives (an array of bools for
// NumPy arrays), so a condition is written `if try Bool(a == b)`.
//
// Each takes at least one Python object, which no literal can become, so that expressions without one keep the meaning
// that they have without PyBridge. The mixed forms yield to the plain ones.

precedencegroup PythonPowerPrecedence {
    higherThan: MultiplicationPrecedence
    associativity: right
}

/// Python's power operator.
infix operator ** : PythonPowerPrecedence

extension PythonObject {
    private static func binary(
        _ operation: cpb_operation, _ left: PythonObject, _ right: PythonObject, inPlace: Bool = false
    ) throws -> PythonObject {
        let (left, right) = (try left.reference(), try right.reference())
        return try PythonInterpreter.object { cpb_binary(operation, inPlace, left.pointer, right.pointer, $0) }
    }

    private static func compare(
        _ comparison: cpb_comparison, _ left: PythonObject, _ right: PythonObject
    ) throws -> PythonObject {
        let (left, right) = (try left.reference(), try right.reference())
        return try PythonInterpreter.object { cpb_compare(comparison, left.pointer, right.pointer, $0) }
    }

    private static func unary(_ operation: cpb_unary_operation, _ object: PythonObject) throws -> PythonObject {
        let object = try object.reference()
        return try PythonInterpreter.object { cpb_unary(operation, object.pointer, $0) }
    }

    // MARK: Arithmetic

    /// `left + right`.
    public static func + (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_ADD, left, right)
    }
    /// `left - right`.
    public static func - (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_SUBTRACT, left, right)
    }
    /// `left * right`.
    public static func * (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_MULTIPLY, left, right)
    }
    /// `left / right`, Python's true division.
    public static func / (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_DIVIDE, left, right)
    }
    /// `left % right`, whose sign is that of `right` as in Python.
    public static func % (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_REMAINDER, left, right)
    }
    /// `left ** right`.
    public static func ** (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_POWER, left, right)
    }
    /// `self // other`, which Swift would read as a comment.
    public func floorDivided(by other: Any?) throws -> PythonObject {
        try Self.binary(CPB_FLOOR_DIVIDE, self, PythonObject(other))
    }
    /// `self @ other`, the matrix product.
    public func matrixProduct(with other: Any?) throws -> PythonObject {
        try Self.binary(CPB_MATRIX_MULTIPLY, self, PythonObject(other))
    }
    /// `-object`.
    public static prefix func - (object: PythonObject) throws -> PythonObject { try unary(CPB_NEGATIVE, object) }

    /// `left + right` with a Swift value.
    @_disfavoredOverload
    public static func + (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left + right.pythonObject
    }
    /// `left + right` with a Swift value.
    @_disfavoredOverload
    public static func + (left: some PythonConvertible, right: PythonObject) throws -> PythonObject {
        try left.pythonObject + right
    }
    /// `left - right` with a Swift value.
    @_disfavoredOverload
    public static func - (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left - right.pythonObject
    }
    /// `left - right` with a Swift value.
    @_disfavoredOverload
    public static func - (left: some PythonConvertible, right: PythonObject) throws -> PythonObject {
        try left.pythonObject - right
    }
    /// `left * right` with a Swift value.
    @_disfavoredOverload
    public static func * (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left * right.pythonObject
    }
    /// `left * right` with a Swift value.
    @_disfavoredOverload
    public static func * (left: some PythonConvertible, right: PythonObject) throws -> PythonObject {
        try left.pythonObject * right
    }
    /// `left / right` with a Swift value.
    @_disfavoredOverload
    public static func / (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left / right.pythonObject
    }
    /// `left / right` with a Swift value.
    @_disfavoredOverload
    public static func / (left: some PythonConvertible, right: PythonObject) throws -> PythonObject {
        try left.pythonObject / right
    }
    /// `left % right` with a Swift value.
    @_disfavoredOverload
    public static func % (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left % right.pythonObject
    }
    /// `left ** right` with a Swift value.
    @_disfavoredOverload
    public static func ** (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left ** right.pythonObject
    }
    /// `left ** right` with a Swift value.
    @_disfavoredOverload
    public static func ** (left: some PythonConvertible, right: PythonObject) throws -> PythonObject {
        try left.pythonObject ** right
    }

    /// `left += right`: changes the object itself where Python does (a list, an array), for all who hold it.
    public static func += (left: inout PythonObject, right: PythonObject) throws {
        left = try binary(CPB_ADD, left, right, inPlace: true)
    }
    /// `left -= right`; see `+=`.
    public static func -= (left: inout PythonObject, right: PythonObject) throws {
        left = try binary(CPB_SUBTRACT, left, right, inPlace: true)
    }
    /// `left *= right`; see `+=`.
    public static func *= (left: inout PythonObject, right: PythonObject) throws {
        left = try binary(CPB_MULTIPLY, left, right, inPlace: true)
    }
    /// `left /= right`; see `+=`.
    public static func /= (left: inout PythonObject, right: PythonObject) throws {
        left = try binary(CPB_DIVIDE, left, right, inPlace: true)
    }
    /// `left += right` with a Swift value.
    @_disfavoredOverload
    public static func += (left: inout PythonObject, right: some PythonConvertible) throws {
        try left += right.pythonObject
    }
    /// `left -= right` with a Swift value.
    @_disfavoredOverload
    public static func -= (left: inout PythonObject, right: some PythonConvertible) throws {
        try left -= right.pythonObject
    }
    /// `left *= right` with a Swift value.
    @_disfavoredOverload
    public static func *= (left: inout PythonObject, right: some PythonConvertible) throws {
        try left *= right.pythonObject
    }
    /// `left /= right` with a Swift value.
    @_disfavoredOverload
    public static func /= (left: inout PythonObject, right: some PythonConvertible) throws {
        try left /= right.pythonObject
    }

    // MARK: Bits and sets

    /// `left & right`.
    public static func & (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_AND, left, right)
    }
    /// `left | right`.
    public static func | (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_OR, left, right)
    }
    /// `left ^ right`.
    public static func ^ (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_XOR, left, right)
    }
    /// `left << right`.
    public static func << (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_SHIFT_LEFT, left, right)
    }
    /// `left >> right`.
    public static func >> (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try binary(CPB_SHIFT_RIGHT, left, right)
    }
    /// `~object`.
    public static prefix func ~ (object: PythonObject) throws -> PythonObject { try unary(CPB_INVERT, object) }

    // MARK: Comparisons

    /// `left < right`.
    public static func < (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try compare(CPB_LESS, left, right)
    }
    /// `left <= right`.
    public static func <= (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try compare(CPB_LESS_EQUAL, left, right)
    }
    /// `left > right`.
    public static func > (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try compare(CPB_GREATER, left, right)
    }
    /// `left >= right`.
    public static func >= (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try compare(CPB_GREATER_EQUAL, left, right)
    }
    /// `left == right`.
    public static func == (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try compare(CPB_EQUAL, left, right)
    }
    /// `left != right`.
    public static func != (left: PythonObject, right: PythonObject) throws -> PythonObject {
        try compare(CPB_NOT_EQUAL, left, right)
    }
    /// `left < right` with a Swift value.
    @_disfavoredOverload
    public static func < (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left < right.pythonObject
    }
    /// `left <= right` with a Swift value.
    @_disfavoredOverload
    public static func <= (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left <= right.pythonObject
    }
    /// `left > right` with a Swift value.
    @_disfavoredOverload
    public static func > (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left > right.pythonObject
    }
    /// `left >= right` with a Swift value.
    @_disfavoredOverload
    public static func >= (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left >= right.pythonObject
    }
    /// `left == right` with a Swift value.
    @_disfavoredOverload
    public static func == (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left == right.pythonObject
    }
    /// `left != right` with a Swift value.
    @_disfavoredOverload
    public static func != (left: PythonObject, right: some PythonConvertible) throws -> PythonObject {
        try left != right.pythonObject
    }
}
