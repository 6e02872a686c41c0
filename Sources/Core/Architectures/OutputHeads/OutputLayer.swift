import Mathematics

/// What a step of an output layer gives.
public struct OutputStep: Sendable {
    /// The mean loss of the batch, before the update.
    public let loss: Double
    /// Its gradient by the inputs, one row an example, with the weights before the update.
    public let inputGradient: Matrix
}

/// The last layer of a classifier together with its loss, trained by plain gradient descent.
public protocol OutputLayer {
    /// D.
    var classCount: Int { get }
    /// d.
    var inputCount: Int { get }

    /// One step of gradient descent on the mean loss of a batch.
    ///
    /// - Parameters:
    ///   - inputs: one row of d numbers an example.
    ///   - targets: the class of each.
    ///   - rate: the step size η, positive.
    /// - Throws: `ArchitectureError` naming the argument.
    mutating func step(inputs: Matrix, targets: [Int], rate: Double) throws(ArchitectureError) -> OutputStep
}

extension OutputLayer {
    func checkBatch(_ inputs: Matrix, _ targets: [Int], _ rate: Double) throws(ArchitectureError) {
        try requireArgument(inputs.rows > 0, "inputs", "\(inputs.rows) × \(inputs.columns)", "at least one example")
        if inputs.columns != inputCount {
            throw .shapeMismatch(
                argument: "inputs", shape: "(\(inputs.rows), \(inputs.columns))", other: "weights",
                otherShape: "(\(classCount), \(inputCount))", expected: "as many columns in both")
        }
        if targets.count != inputs.rows {
            throw .shapeMismatch(
                argument: "targets", shape: "(\(targets.count))", other: "inputs",
                otherShape: "(\(inputs.rows), \(inputs.columns))", expected: "one target a row of the inputs")
        }
        for (index, target) in targets.enumerated() where !(0..<classCount ~= target) {
            throw .invalid(argument: "targets[\(index)]", value: "\(target)", expected: "a class, 0 ..< \(classCount)")
        }
        try requirePositive(rate, "rate")
    }
}
