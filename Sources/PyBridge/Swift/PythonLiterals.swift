// Literals where a Python object is wanted: `axes["x"] = [1, "a", 2.5]`, `array * 2`.

extension PythonObject: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(integerLiteral value: Int) { self = value.pythonObject }
    public init(floatLiteral value: Double) { self = value.pythonObject }
    public init(booleanLiteral value: Bool) { self = value.pythonObject }
    public init(stringLiteral value: String) { self = value.pythonObject }

    /// A Python list; its elements may be of different types.
    public init(arrayLiteral elements: PythonObject...) {
        self.init(catching: { try Self.list(of: elements) })
    }

    /// A Python dictionary; its values may be of different types.
    public init(dictionaryLiteral elements: (PythonObject, PythonObject)...) {
        self.init(catching: { try Self.dictionary(keys: elements.map(\.0), values: elements.map(\.1)) })
    }
}
