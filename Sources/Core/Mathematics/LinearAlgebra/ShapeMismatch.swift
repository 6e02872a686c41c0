/// Stops the program because an operator was given shapes that do not fit.
///
/// Operators cannot throw, and a release build drops the message of a `precondition`; this keeps it.
@inline(never)
@usableFromInline
func shapeMismatch(_ operation: String, _ left: String, _ right: String, _ rule: String) -> Never {
    fatalError("\(operation): shapes \(left) and \(right) do not fit: \(rule)")
}

/// Stops the program because an index lies outside a vector or matrix.
@inline(never)
@usableFromInline
func indexOutOfRange(_ what: String, _ index: Int, _ count: Int) -> Never {
    fatalError("\(what) \(index) is out of range: expected 0 ..< \(count)")
}
