import RealModule

/// The mutual information I(X; Y) = Σ p(x, y) log p(x, y)/(p(x) p(y)) of a joint distribution.
///
/// Of a table of counts it is the plug-in estimate, which is biased upwards by about (rows − 1)(columns − 1)/(2n) nats.
///
/// - Parameters:
///   - joint: non-negative weights with a positive sum, which are divided by it.
///   - base: of the logarithm, by default e; 2 gives bits.
/// - Throws: `StatisticsError` naming what is wrong.
public func mutualInformation(of joint: Matrix, base: Double = .exp(1)) throws(StatisticsError) -> Double {
    let total = try joint.flattened.requireWeights("joint")
    let rows = (0..<joint.rows).map { row in (0..<joint.columns).reduce(0.0) { $0 + joint[row, $1] } / total }
    let columns = (0..<joint.columns).map { column in (0..<joint.rows).reduce(0.0) { $0 + joint[$1, column] } / total }
    let independent = rows.flatMap { row in columns.map { row * $0 } }
    return try kullbackLeiblerDivergence(joint.flattened, independent, base: base)
}

// swiftcore: mutual_information; where: A = Int; where: B = Int
/// The plug-in estimate of the mutual information of two discrete variables from paired observations.
///
/// - Parameters:
///   - x: at least one label.
///   - y: as many.
///   - base: of the logarithm, by default e.
/// - Throws: `StatisticsError` if the counts differ or are 0.
public func mutualInformation<A: Hashable, B: Hashable>(
    _ x: [A], _ y: [B], base: Double = .exp(1)
) throws(StatisticsError) -> Double {
    try mutualInformation(of: contingencyTable(x, y), base: base)
}

/// The conditional mutual information I(X; Y | Z) of discrete variables, by plug-in: the mean over z of I(X; Y | Z = z).
///
/// - Parameters:
///   - x: at least one label.
///   - y: as many.
///   - z: as many.
///   - base: of the logarithm, by default e.
/// - Throws: `StatisticsError` if the counts differ or are 0.
public func conditionalMutualInformation<A: Hashable, B: Hashable, C: Hashable>(
    _ x: [A], _ y: [B], given z: [C], base: Double = .exp(1)
) throws(StatisticsError) -> Double {
    try StatisticsError.requireEqualCounts(y.count, "y", x.count, "x")
    try StatisticsError.requireEqualCounts(z.count, "z", x.count, "x")
    guard !x.isEmpty else { throw .tooFew(argument: "x", count: 0, expected: "at least 1") }
    var sum = 0.0
    var groups: [C: [Int]] = [:]
    var order: [C] = []
    for (index, label) in z.enumerated() {
        if groups[label] == nil { order.append(label) }
        groups[label, default: []].append(index)
    }
    for label in order {
        let group = groups[label] ?? []
        let information = try mutualInformation(group.map { x[$0] }, group.map { y[$0] }, base: base)
        sum += Double(group.count) / Double(x.count) * information
    }
    return sum
}

/// How often each pair of labels occurs: one row a label of x and one column a label of y, in the order of their first
/// occurrence.
///
/// - Throws: `StatisticsError` if the counts differ or are 0.
public func contingencyTable<A: Hashable, B: Hashable>(_ x: [A], _ y: [B]) throws(StatisticsError) -> Matrix {
    try StatisticsError.requireEqualCounts(y.count, "y", x.count, "x")
    guard !x.isEmpty else { throw .tooFew(argument: "x", count: 0, expected: "at least 1") }
    var (rows, columns): ([A: Int], [B: Int]) = ([:], [:])
    for label in x where rows[label] == nil { rows[label] = rows.count }
    for label in y where columns[label] == nil { columns[label] = columns.count }
    var table = Matrix.zeros(rows.count, columns.count)
    for (a, b) in zip(x, y) { table[rows[a] ?? 0, columns[b] ?? 0] += 1 }
    return table
}

/// The mutual information, in nats, of two continuous vectors from paired observations, by nearest neighbours.
///
/// Kraskov, Stögbauer and Grassberger, "Estimating mutual information", 2004 (arXiv cond-mat/0305641), equation 8: with
/// ε the distance in the maximum norm to the k-th neighbour, ψ(k) + ψ(n) − ⟨ψ(nₓ + 1) + ψ(n_y + 1)⟩, where nₓ counts the
/// points strictly nearer than ε in x alone. O(n²).
///
/// - Parameters:
///   - x: one observation a row; more rows than `neighbours`.
///   - y: as many rows.
///   - neighbours: k, at least 1.
/// - Returns: the estimate, which may be slightly negative for independent variables.
/// - Throws: `StatisticsError` naming what is wrong.
public func nearestNeighbourMutualInformation(
    _ x: Matrix, _ y: Matrix, neighbours: Int = 3
) throws(StatisticsError) -> Double {
    try StatisticsError.requireEqualCounts(y.rows, "the rows of y", x.rows, "the rows of x")
    guard neighbours >= 1 else {
        throw .outOfRange(argument: "neighbours", value: Double(neighbours), expected: "at least 1")
    }
    try x.flattened.requireSample("x")
    try y.flattened.requireSample("y")
    guard x.rows > neighbours else {
        throw .tooFew(argument: "x", count: x.rows, expected: "more rows than the \(neighbours) neighbours")
    }
    let n = x.rows
    let sums = parallelMap(n) { point in
        let distancesX = maximumDistances(x, from: point)
        let distancesY = maximumDistances(y, from: point)
        var joint = zip(distancesX, distancesY).map { max($0, $1) }
        joint[point] = .infinity
        let radius = smallest(joint, neighbours)
        var (countX, countY) = (0, 0)
        for index in 0..<n where index != point {
            if distancesX[index] < radius { countX += 1 }
            if distancesY[index] < radius { countY += 1 }
        }
        return digamma(Double(countX + 1)) + digamma(Double(countY + 1))
    }
    return digamma(Double(neighbours)) + digamma(Double(n)) - sums.reduce(0, +) / Double(n)
}

/// The distances in the maximum norm of all rows from one.
private func maximumDistances(_ points: Matrix, from row: Int) -> [Double] {
    let dimension = points.columns
    return points.withUnsafeBufferPointer { numbers in
        (0..<points.rows).map { other in
            var distance = 0.0
            for column in 0..<dimension {
                distance = max(distance, (numbers[other * dimension + column] - numbers[row * dimension + column]).magnitude)
            }
            return distance
        }
    }
}

/// The k-th smallest number, by keeping the k smallest in order.
private func smallest(_ numbers: [Double], _ k: Int) -> Double {
    var kept: [Double] = []
    for number in numbers where kept.count < k || number < kept[kept.count - 1] {
        let place = kept.firstIndex { $0 > number } ?? kept.count
        kept.insert(number, at: place)
        if kept.count > k { kept.removeLast() }
    }
    return kept[kept.count - 1]
}
