internal import CPythonBridge

/// Owns one strong reference to a Python object, and gives it back under the interpreter lock.
///
/// Sendable because every use of the pointer takes the lock.
final class PythonReference: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Takes over a reference that the caller owns.
    init(owning pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

    /// Adds a reference to one that the caller keeps.
    init(retaining pointer: UnsafeMutableRawPointer) {
        cpb_retain(pointer)
        self.pointer = pointer
    }

    deinit { cpb_release(pointer) }
}
