internal import CPythonBridge

/// Iterates over a Python object: `for line in try PythonSequence(file) { … }`.
///
/// Elements come one at a time, so that it works with generators and files too. If Python raises an exception
/// between two elements, one last element carries it, and the first use of that element throws it.
public struct PythonSequence: Sequence, Sendable {
    private let object: PythonObject

    /// Throws a TypeError if the object cannot be iterated over.
    public init(_ object: PythonObject) throws {
        let reference = try object.reference()
        // A first iterator only to see whether there is one; of a generator it is the generator itself.
        _ = try PythonInterpreter.object { cpb_iterator(reference.pointer, $0) }
        self.object = object
    }

    public func makeIterator() -> Iterator {
        Iterator(iterator: PythonObject(catching: {
            let reference = try object.reference()
            return try PythonInterpreter.object { cpb_iterator(reference.pointer, $0) }
        }))
    }

    public struct Iterator: IteratorProtocol {
        let iterator: PythonObject
        private var finished = false

        init(iterator: PythonObject) { self.iterator = iterator }

        public mutating func next() -> PythonObject? {
            if finished { return nil }
            do {
                let reference = try iterator.reference()
                var exception: UnsafeMutableRawPointer?
                if let element = cpb_next(reference.pointer, &exception) { return PythonObject(owning: element) }
                finished = true
                return exception.map { PythonObject(failure: PythonError(owning: $0)) }
            } catch {
                finished = true
                return PythonObject(failure: error)
            }
        }
    }
}
