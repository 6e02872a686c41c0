import RealModule

/// The part of lines of the last axis whose largest element is at the label.
///
/// - Parameters:
///   - logits: shape [..., classes]; the first of equally large ones counts as the answer.
///   - labels: shape [...].
///   - mask: which labels count; all by default. 0 if none does.
public func accuracy<S: TensorScalar>(_ logits: Tensor<S>, _ labels: Tensor<Int>, mask: Tensor<Bool>? = nil) -> Double {
    requireLabels("accuracy", logits, labels, mask)
    return fraction(zip(logits.argmax().scalars, labels.scalars).map { $0 == $1 }, mask)
}

/// The part of lines of the last axis in which fewer than `count` elements are larger than the label's.
public func topKAccuracy<S: TensorScalar>(
    _ logits: Tensor<S>, _ labels: Tensor<Int>, count: Int, mask: Tensor<Bool>? = nil
) -> Double {
    requireLabels("topKAccuracy", logits, labels, mask)
    let classes = logits.shape[logits.rank - 1]
    let labels = labels.scalars
    let hits = logits.withUnsafeScalars { scores in
        labels.indices.map { row in
            let line = scores[row * classes..<(row + 1) * classes]
            let own = line[line.startIndex + labels[row]]
            return line.count { $0 > own } < count
        }
    }
    return fraction(hits, mask)
}

/// e to the mean negative log-likelihood of a token.
///
/// - Parameters:
///   - logProbabilities: of the tokens, any shape.
///   - mask: which tokens count; all by default.
public func perplexity<S: TensorScalar>(logProbabilities: Tensor<S>, mask: Tensor<Bool>? = nil) -> Double {
    let flags = mask?.scalars
    var total = 0.0, count = 0
    for (index, value) in logProbabilities.scalars.enumerated() where flags?[index] ?? true {
        total += Double(value)
        count += 1
    }
    return Double.exp(-total / Double(count))
}

/// How often each class (row) was given each answer (column).
///
/// - Returns: shape [classes, classes].
public func confusionMatrix(answers: Tensor<Int>, labels: Tensor<Int>, classes: Int) -> Tensor<Int> {
    guard answers.shape == labels.shape else {
        shapesDoNotFit("confusionMatrix", answers.shape, labels.shape, "there is one answer a label")
    }
    var counts = [Int](repeating: 0, count: classes * classes)
    for (answer, label) in zip(answers.scalars, labels.scalars) {
        guard 0..<classes ~= answer, 0..<classes ~= label else {
            fatalError("confusionMatrix: answer \(answer) or label \(label) is not in 0 ..< \(classes)")
        }
        counts[label * classes + answer] += 1
    }
    return Tensor(shape: [classes, classes], scalars: counts)
}

private func requireLabels<S>(_ operation: String, _ logits: Tensor<S>, _ labels: Tensor<Int>, _ mask: Tensor<Bool>?) {
    guard logits.rank == labels.rank + 1, logits.shape.removing(logits.rank - 1) == labels.shape else {
        shapesDoNotFit(operation, logits.shape, labels.shape, "the second is the first without its last axis")
    }
    if let mask, mask.shape != labels.shape {
        shapesDoNotFit(operation, labels.shape, mask.shape, "the mask has the shape of the labels")
    }
}

private func fraction(_ hits: [Bool], _ mask: Tensor<Bool>?) -> Double {
    let flags = mask?.scalars
    var right = 0, count = 0
    for (index, hit) in hits.enumerated() where flags?[index] ?? true {
        count += 1
        if hit { right += 1 }
    }
    return count == 0 ? 0 : Double(right) / Double(count)
}
