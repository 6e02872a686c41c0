import DeepLearning
import Mathematics

/// The bytes that reverse mode holds for the backward pass of a function: what its evaluation leaves on the heap as long as
/// the pullback lives. Nil where the C library does not tell.
///
/// Other threads should not allocate meanwhile; of tensors below 16 KiB it is exact to a few KiB.
public func reverseModeMemory<Model: Parameterized>(
    at model: Model, of function: (Model) -> Tensor<Model.Scalar>
) -> Int? {
    // What is made once, on the first call, does not count.
    _ = valueWithPullback(at: model, function).value
    guard let before = heapBytesInUse() else { return nil }
    let (value, pullback) = valueWithPullback(at: model, function)
    let after = heapBytesInUse()
    withExtendedLifetime((value, pullback)) {}
    return after.map { $0 - before }
}
