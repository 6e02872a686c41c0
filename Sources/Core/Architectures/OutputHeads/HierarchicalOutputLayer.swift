import Mathematics

/// The two-level hierarchical softmax (Goodman 2001, arXiv:cs/0108006): classes lie in about √D groups of about √D;
/// P(class) = P(group) · P(class | group), each a softmax. O(√D d) an example.
public struct HierarchicalOutputLayer: OutputLayer, Sendable {
    public let classCount: Int
    /// How many classes a group has, the last one perhaps fewer: ⌈√D⌉. Class k is in the group k / groupSize.
    public let groupSize: Int
    /// One row a group.
    public private(set) var groupWeights: Matrix
    /// For each group the weights of its classes, one row a class.
    public private(set) var classWeights: [Matrix]

    public var inputCount: Int { groupWeights.columns }
    /// ⌈D / groupSize⌉.
    public var groupCount: Int { groupWeights.rows }

    /// A layer of given weights of the classes, the groups at zero.
    ///
    /// - Throws: `ArchitectureError.invalid` for weights without classes or inputs.
    public init(weights: Matrix) throws(ArchitectureError) {
        try requireWeights(weights)
        classCount = weights.rows
        let size = Self.groupSize(classCount: weights.rows)
        groupSize = size
        let starts = Array(stride(from: 0, to: weights.rows, by: size))
        groupWeights = .zeros(starts.count, weights.columns)
        classWeights = starts.map { weights[$0..<min($0 + size, weights.rows), 0..<weights.columns] }
    }

    /// ⌈√D⌉.
    public static func groupSize(classCount: Int) -> Int {
        var size = Int(Double(classCount).squareRoot())
        while size * size < classCount { size += 1 }
        return size
    }

    /// ln P(class | x) of every class, by going through all groups: O(Dd).
    ///
    /// - Throws: `ArchitectureError.shapeMismatch` for another number of inputs.
    public func logProbabilities(of input: Vector) throws(ArchitectureError) -> Vector {
        if input.count != inputCount {
            throw .shapeMismatch(
                argument: "input", shape: "(\(input.count))", other: "weights",
                otherShape: "(\(classCount), \(inputCount))", expected: "as many inputs in both")
        }
        let groups = (groupWeights * input).logSoftmax()
        return Vector(
            zip(classWeights, groups).flatMap { weights, group in (weights * input).logSoftmax().map { $0 + group } })
    }

    /// One step of gradient descent; of the classes' weights only those of the targets' groups change.
    public mutating func step(
        inputs: Matrix, targets: [Int], rate: Double
    ) throws(ArchitectureError) -> OutputStep {
        try checkBatch(inputs, targets, rate)
        let share = 1 / Double(inputs.rows)
        let groups = targets.map { $0 / groupSize }
        var gradient = inputs.multiplied(byTransposeOf: groupWeights)
        var total = 0.0
        for (row, group) in groups.enumerated() {
            let outputs = gradient.row(row)
            let logProbabilities = outputs.logSoftmax()
            total -= logProbabilities[group]
            var line = logProbabilities.map { .exp($0) * share }
            line[group] -= share
            gradient.setRow(row, to: line)
        }
        var inputGradient = gradient * groupWeights
        groupWeights.accumulateProduct(gradient.view.transposed, inputs.view, factor: -rate)

        // Examples of one group together, all with the weights before the update.
        let byGroup = Dictionary(grouping: targets.indices) { groups[$0] }
        for (group, members) in byGroup.sorted(by: { $0.key < $1.key }) {
            let inputs = inputs.selectingRows(members)
            var gradient = inputs.multiplied(byTransposeOf: classWeights[group])
            for (row, member) in members.enumerated() {
                let own = targets[member] - group * groupSize
                let logProbabilities = gradient.row(row).logSoftmax()
                total -= logProbabilities[own]
                var line = logProbabilities.map { .exp($0) * share }
                line[own] -= share
                gradient.setRow(row, to: line)
            }
            let through = gradient * classWeights[group]
            for (row, member) in members.enumerated() {
                inputGradient.setRow(member, to: inputGradient.row(member) + through.row(row))
            }
            classWeights[group].accumulateProduct(gradient.view.transposed, inputs.view, factor: -rate)
        }
        return OutputStep(loss: total * share, inputGradient: inputGradient)
    }
}
