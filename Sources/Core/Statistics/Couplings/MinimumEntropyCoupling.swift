import Mathematics
import RealModule

/// How to couple two distributions with little joint entropy. Finding the least is NP-hard.
public enum CouplingMethod: String, Sendable, Hashable, CaseIterable {
    /// The product of the marginals: the greatest entropy, H(p) + H(q).
    case independent
    /// Pair the largest remaining mass of p with the largest of q and assign the smaller of the two, until nothing is
    /// left (Kocaoglu et al. 2017): within log₂ e bits of H(p ∧ q) (Compton 2022).
    case maxSeeking
    /// Pair the two remaining masses that differ least, so that almost none is left of the larger, and assign the
    /// smaller.
    case zeroSeeking
}

/// The product of two distributions.
public func independentCoupling(_ p: [Double], _ q: [Double]) throws(StatisticsError) -> Matrix {
    let (p, q) = (try distribution(p, "p"), try distribution(q, "q"))
    return Matrix(rows: p.count, columns: q.count) { p[$0] * q[$1] }
}

// swiftcore: minimum_entropy_coupling
/// A joint distribution with two given marginals and little entropy.
///
/// - Parameters:
///   - p: the marginal of the rows: non-negative with the sum 1 (to 1e-9).
///   - q: the marginal of the columns.
///   - method: which greedy rule; ties go to the lower index.
/// - Returns: [rows, columns]; the greedy couplings have at most rows + columns − 1 masses.
/// - Throws: `StatisticsError` if p or q is not a distribution.
/// - Complexity: O((n + m) log(n + m)) max-seeking, O((n + m)²) zero-seeking.
public func minimumEntropyCoupling(
    _ p: [Double], _ q: [Double], method: CouplingMethod = .maxSeeking
) throws(StatisticsError) -> Matrix {
    if method == .independent { return try independentCoupling(p, q) }
    let flows = try greedyCoupling(p, q, method: method)
    var result = Matrix.zeros(p.count, q.count)
    for flow in flows { result[flow.row, flow.column] += flow.mass }
    return result
}

/// The masses of a greedy coupling, in the order in which they were assigned.
func greedyCoupling(
    _ p: [Double], _ q: [Double], method: CouplingMethod
) throws(StatisticsError) -> [(row: Int, column: Int, mass: Double)] {
    let (p, q) = (try distribution(p, "p"), try distribution(q, "q"))
    var flows: [(row: Int, column: Int, mass: Double)] = []
    if method == .maxSeeking {
        var (rows, columns) = (MassHeap(p), MassHeap(q))
        while let row = rows.popLargest(), let column = columns.popLargest() {
            let mass = min(row.mass, column.mass)
            flows.append((row.index, column.index, mass))
            // What rounding leaves over is no mass: it would make a cell, and its partner would be gone.
            rows.insert(row.mass - mass, row.index)
            columns.insert(column.mass - mass, column.index)
        }
    } else {
        // Both in ascending order: the pair that differs least is found in one pass of a merge.
        var rows = ascending(p), columns = ascending(q)
        while !rows.isEmpty, !columns.isEmpty {
            var best = (row: 0, column: 0, difference: Double.infinity)
            var (i, j) = (0, 0)
            while i < rows.count, j < columns.count {
                let difference = rows[i].mass - columns[j].mass
                if difference.magnitude < best.difference { best = (i, j, difference.magnitude) }
                if difference < 0 { i += 1 } else { j += 1 }
            }
            let (row, column) = (rows[best.row], columns[best.column])
            let mass = min(row.mass, column.mass)
            flows.append((row.index, column.index, mass))
            rows.remove(at: best.row)
            columns.remove(at: best.column)
            reinsert(&rows, row.mass - mass, row.index)
            reinsert(&columns, column.mass - mass, column.index)
        }
    }
    return flows
}

/// The positive masses with their indices, in ascending order.
private func ascending(_ masses: [Double]) -> [(mass: Double, index: Int)] {
    masses.indices.filter { masses[$0] > 0 }.map { (mass: masses[$0], index: $0) }
        .sorted { ($0.mass, $0.index) < ($1.mass, $1.index) }
}

/// Masses below this are what rounding leaves of a mass that was assigned.
private let leastMass = 1e-15

private func reinsert(_ masses: inout [(mass: Double, index: Int)], _ mass: Double, _ index: Int) {
    guard mass > leastMass else { return }
    let place = masses.firstIndex { ($0.mass, $0.index) > (mass, index) } ?? masses.count
    masses.insert((mass, index), at: place)
}

/// A binary heap of masses with the largest on top; equal ones in the order of their indices.
private struct MassHeap {
    private var items: [(mass: Double, index: Int)] = []

    init(_ masses: [Double]) { for (index, mass) in masses.enumerated() { insert(mass, index) } }

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        (items[b].mass, items[a].index) < (items[a].mass, items[b].index)
    }

    mutating func insert(_ mass: Double, _ index: Int) {
        guard mass > leastMass else { return }
        items.append((mass, index))
        var place = items.count - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func popLargest() -> (mass: Double, index: Int)? {
        guard let top = items.first else { return nil }
        let last = items.removeLast()
        if !items.isEmpty {
            items[0] = last
            var place = 0
            while true {
                var largest = place
                for child in [2 * place + 1, 2 * place + 2] where child < items.count && isBefore(child, largest) {
                    largest = child
                }
                if largest == place { break }
                items.swapAt(place, largest)
                place = largest
            }
        }
        return top
    }
}

// swiftcore: successive_linearization_coupling
/// A coupling by successive linearisation of the entropy: from a random interior coupling, the vertex at which the
/// linearised entropy is least, again and again until the entropy no longer falls. Each step is a transport problem
/// with the costs −log P.
///
/// - Parameters:
///   - p: the marginal of the rows: positive with the sum 1 (to 1e-9).
///   - q: the marginal of the columns.
///   - maximumSteps: at most so many transport problems.
///   - generator: draws the start.
/// - Throws: `StatisticsError` if p or q is not a distribution.
public func successiveLinearizationCoupling<G: RandomNumberGenerator>(
    _ p: [Double], _ q: [Double], maximumSteps: Int = 50, using generator: inout G
) throws(StatisticsError) -> Matrix {
    let (p, q) = (try distribution(p, "p"), try distribution(q, "q"))
    // A random positive matrix, scaled to nearly the marginals; the transport problems meet them exactly.
    var coupling = Matrix(rows: p.count, columns: q.count) { _, _ in generator.exponential() }
    for _ in 0..<50 {
        coupling.scaleRows(by: Vector(zip(p, coupling.rowSums).map { $0 / $1 }))
        coupling.scaleColumns(by: Vector(zip(q, coupling.columnSums).map { $0 / $1 }))
    }
    var entropy = Double.infinity
    for _ in 0..<max(1, maximumSteps) {
        let costs = coupling.map { -Double.log(max($0, 1e-12)) }
        let next: Matrix
        do {
            next = try OptimalTransport(costs: costs, sourceMasses: Vector(p), targetMasses: Vector(q)).plan
        } catch {
            throw .undefined(argument: "p or q", reason: "\(error)")
        }
        let value = next.flattened.reduce(0) { $0 + entropyTerm($1) }
        guard value < entropy - 1e-12 else { break }
        (coupling, entropy) = (next, value)
    }
    return coupling
}

// swiftcore: majorization_meet
/// The meet p ∧ q in the order of majorisation: the most concentrated distribution that is at least as even as both.
/// Every coupling of p and q has at least its entropy (Cicalese, Gargano and Vaccaro 2019).
///
/// - Returns: descending, as long as the longer of the two.
/// - Throws: `StatisticsError` if p or q is not a distribution.
public func majorizationMeet(_ p: [Double], _ q: [Double]) throws(StatisticsError) -> [Double] {
    let a = try distribution(p, "p").sorted(by: >), b = try distribution(q, "q").sorted(by: >)
    var (sumA, sumB, before) = (0.0, 0.0, 0.0)
    return (0..<max(a.count, b.count)).map { index in
        sumA += index < a.count ? a[index] : 0
        sumB += index < b.count ? b[index] : 0
        let sum = min(sumA, sumB)
        defer { before = sum }
        return max(0, sum - before)
    }
}

/// Non-negative masses with the sum 1, divided by it.
func distribution(_ masses: [Double], _ argument: String) throws(StatisticsError) -> [Double] {
    guard !masses.isEmpty else { throw .tooFew(argument: argument, count: 0, expected: "at least 1 mass") }
    for (index, mass) in masses.enumerated() where !(mass >= 0 && mass <= 1 + 1e-9) {
        throw .invalidElement(argument: argument, index: index, value: mass, expected: "probabilities in [0, 1]")
    }
    let sum = masses.reduce(0, +)
    guard (sum - 1).magnitude <= 1e-9 else {
        throw .outOfRange(argument: "the sum of \(argument)", value: sum, expected: "1")
    }
    return masses
}

/// −Σ p log₂ p of non-negative masses, which need not have the sum 1.
func bits(_ masses: some Sequence<Double>) -> Double { masses.reduce(0) { $0 + entropyTerm($1) } / 0.6931471805599453 }
