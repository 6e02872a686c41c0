import DeepLearning

/// What stands between a network's last linear layer and its loss.
public enum OutputHead: Equatable, Sendable {
    /// One output a class, and a loss on them.
    case flat(OutputLoss)
    /// The two-level softmax of `HierarchicalOutputLayer`: first an output for each group, then one for each class,
    /// group after group; P(class) = P(group) · P(class | group).
    case hierarchical

    /// How many outputs the last linear layer must have.
    public func outputCount(classCount: Int) -> Int {
        switch self {
        case .flat: classCount
        case .hierarchical: ClassGroups(classCount).count + classCount
        }
    }

    /// The losses of a batch, differentiable.
    ///
    /// - Parameters:
    ///   - outputs: shape [batch, outputCount].
    ///   - labels: shape [batch].
    ///   - classCount: D.
    /// - Returns: shape [batch].
    public func losses<S: TensorScalar>(_ outputs: Tensor<S>, _ labels: Tensor<Int>, classCount: Int) -> Tensor<S> {
        switch self {
        case .flat(let loss): return loss.losses(outputs, labels)
        case .hierarchical:
            let groups = ClassGroups(classCount), places = labels.scalars
            // One line a group of each example; of those the target's.
            let lines = groups.lines(of: outputs)
            let chosen = lines.gathering(
                Tensor(places.enumerated().map { $0.offset * groups.count + $0.element / groups.size }))
            return groups.outputs(outputs).crossEntropies(Tensor(places.map { $0 / groups.size }))
                + chosen.crossEntropies(Tensor(places.map { $0 % groups.size }))
        }
    }

    /// Numbers in the order in which the classes are preferred, shape [batch, classCount].
    public func scores<S: TensorScalar>(_ outputs: Tensor<S>, classCount: Int) -> Tensor<S> {
        switch self {
        case .flat(let loss): return loss.scores(outputs)
        case .hierarchical:
            let groups = ClassGroups(classCount), batch = outputs.shape[0]
            let inner = groups.lines(of: outputs).logSoftmax().reshaped(to: [batch, groups.count, groups.size])
            let all = inner + groups.outputs(outputs).logSoftmax().expandingShape(at: -1)
            return all.reshaped(to: [batch, groups.count * groups.size]).sliced(0..<classCount, along: -1)
        }
    }
}

/// Classes in groups of ⌈√D⌉, the last one perhaps smaller.
private struct ClassGroups {
    let size: Int
    let count: Int
    let classCount: Int

    init(_ classCount: Int) {
        self.classCount = classCount
        size = HierarchicalOutputLayer.groupSize(classCount: classCount)
        count = (classCount + size - 1) / size
    }

    /// The outputs of the groups.
    func outputs<S: TensorScalar>(_ outputs: Tensor<S>) -> Tensor<S> { outputs.sliced(0..<count, along: -1) }

    /// The outputs of the classes, [batch · groups, size]; what a last group lacks is as good as −∞.
    func lines<S: TensorScalar>(of outputs: Tensor<S>) -> Tensor<S> {
        let batch = outputs.shape[0]
        var classes = outputs.sliced(count..<count + classCount, along: -1)
        let missing = count * size - classCount
        if missing > 0 {
            classes = .concatenating([classes, Tensor(repeating: -1e30, shape: [batch, missing])], along: -1)
        }
        return classes.reshaped(to: [batch * count, size])
    }
}
