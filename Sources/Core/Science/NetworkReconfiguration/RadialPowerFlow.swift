import ComplexModule
import Mathematics

extension DistributionNetwork {
    // swiftcore: radial_power_flow; self: network
    /// The AC power flow of a radial configuration by backward and forward sweeps: currents of constant-power loads are
    /// summed from the ends to the fed bus, then voltages follow from the fed bus to the ends.
    ///
    /// O(buses) for each of about ten sweeps.
    ///
    /// - Parameter open: the places of the open lines; those that are open as the network is given if nil.
    /// - Throws: ``DistributionNetworkError`` where the closed lines are no spanning tree, where after 100 sweeps a voltage
    ///   still changes by more than 10⁻¹² or lies below half of the nominal one, or where one falls below a quarter on the
    ///   way.
    public func radialPowerFlow(open: [Int]? = nil) throws(DistributionNetworkError) -> PowerFlow {
        let open = open ?? ties
        try requireRadial(open)
        var sweep = RadialSweep(self)
        guard sweep.solve(isOpen: switches(open: open)) == .solved else { throw .infeasible(open: open.sorted()) }
        var flows = [Complex<Double>](repeating: .zero, count: lines.count)
        for bus in sweep.order.dropFirst() { flows[sweep.parentLine[bus]] = sweep.current(into: bus) }
        return powerFlow(
            voltages: buses.indices.map { sweep.voltage(at: $0) }, currents: flows, iterations: sweep.sweepCount)
    }
}

/// The sweeps, with their memory: for many configurations of one network.
///
/// In units in which the nominal voltage and 1 ohm are 1.
struct RadialSweep: Sendable {
    /// What came of a power flow.
    enum Outcome: Sendable { case solved, notRadial, notConverged }

    static let tolerance = 1e-12
    static let largestSweepCount = 100
    /// Voltages fall from sweep to sweep where there is no solution: below this share of the nominal one no further sweep
    /// is made.
    static let givenUp = 0.25

    private let slack: Int
    private let slackVoltage: Double
    private let powerUnit: Double
    /// The neighbours of each bus in compressed rows.
    private let starts: [Int]
    private let neighbours: [Int]
    private let neighbourLines: [Int]
    private let active: [Double]
    private let reactive: [Double]
    private let resistance: [Double]
    private let reactance: [Double]

    /// The buses, each after its parent.
    private(set) var order: [Int]
    /// Of each bus the one from which it is fed; −1 for the fed bus itself.
    private(set) var parent: [Int]
    /// Of each bus the line from its parent; −1 for the fed bus.
    private(set) var parentLine: [Int]
    private var voltageReal: [Double]
    private var voltageImaginary: [Double]
    private var currentReal: [Double]
    private var currentImaginary: [Double]
    /// How many sweeps the last power flow took.
    private(set) var sweepCount = 0

    init(_ network: DistributionNetwork) {
        let count = network.buses.count
        slack = network.slack
        slackVoltage = network.slackVoltage
        powerUnit = network.powerUnit
        var starts = [0]
        var neighbours: [Int] = [], neighbourLines: [Int] = []
        for bus in 0..<count {
            for neighbour in network.graph.neighbors(of: bus) {
                neighbours.append(neighbour.vertex)
                neighbourLines.append(neighbour.edge)
            }
            starts.append(neighbours.count)
        }
        (self.starts, self.neighbours, self.neighbourLines) = (starts, neighbours, neighbourLines)
        let unit = network.powerUnit
        active = network.buses.map { $0.activeLoad / unit }
        reactive = network.buses.map { $0.reactiveLoad / unit }
        resistance = network.lines.map(\.resistance)
        reactance = network.lines.map(\.reactance)
        order = Array(repeating: 0, count: count)
        parent = Array(repeating: -1, count: count)
        parentLine = Array(repeating: -1, count: count)
        voltageReal = Array(repeating: 0, count: count)
        voltageImaginary = voltageReal
        currentReal = voltageReal
        currentImaginary = voltageReal
    }

    func voltage(at bus: Int) -> Complex<Double> { Complex(voltageReal[bus], voltageImaginary[bus]) }

    /// The current that a bus and all behind it draw.
    func current(into bus: Int) -> Complex<Double> { Complex(currentReal[bus], currentImaginary[bus]) }

    /// For each bus the sum over it and all behind it.
    func carried(_ draws: [Double]) -> [Double] {
        var sums = draws
        for bus in order.dropFirst().reversed() { sums[parent[bus]] += sums[bus] }
        return sums
    }

    /// The active power lost in the lines, in kW.
    var loss: Double {
        var sum = 0.0
        for bus in order.dropFirst() {
            sum += resistance[parentLine[bus]]
                * (currentReal[bus] * currentReal[bus] + currentImaginary[bus] * currentImaginary[bus])
        }
        return sum * powerUnit
    }

    /// The lowest and the highest |V|.
    var voltageRange: (lowest: Double, highest: Double) {
        var low = Double.infinity, high = 0.0
        for bus in voltageReal.indices {
            let square = voltageReal[bus] * voltageReal[bus] + voltageImaginary[bus] * voltageImaginary[bus]
            low = min(low, square)
            high = max(high, square)
        }
        return (low.squareRoot(), high.squareRoot())
    }

    /// The tree of the closed lines as seen from the fed bus; false unless they are a spanning tree.
    mutating func orient(isOpen: [Bool]) -> Bool {
        for bus in parent.indices { parent[bus] = -2 }
        order[0] = slack
        parent[slack] = -1
        var found = 1, next = 0
        while next < found {
            let bus = order[next]
            next += 1
            for place in starts[bus]..<starts[bus + 1] where !isOpen[neighbourLines[place]] {
                let line = neighbourLines[place], other = neighbours[place]
                if line == parentLine[bus] { continue }
                // A bus that was reached before closes a loop.
                if parent[other] != -2 { return false }
                parent[other] = bus
                parentLine[other] = line
                order[found] = other
                found += 1
            }
        }
        return found == order.count
    }

    /// The power flow of the tree of the closed lines.
    mutating func solve(isOpen: [Bool]) -> Outcome {
        sweepCount = 0
        guard orient(isOpen: isOpen) else { return .notRadial }
        for bus in voltageReal.indices {
            voltageReal[bus] = slackVoltage
            voltageImaginary[bus] = 0
        }
        let count = order.count
        let limit = Self.tolerance * Self.tolerance
        for sweep in 1...Self.largestSweepCount {
            sweepCount = sweep
            for bus in 0..<count {
                // I = conj(S / V).
                let (vr, vi) = (voltageReal[bus], voltageImaginary[bus])
                let scale = 1 / (vr * vr + vi * vi)
                currentReal[bus] = (active[bus] * vr + reactive[bus] * vi) * scale
                currentImaginary[bus] = (active[bus] * vi - reactive[bus] * vr) * scale
            }
            for place in stride(from: count - 1, to: 0, by: -1) {
                let bus = order[place], above = parent[bus]
                currentReal[above] += currentReal[bus]
                currentImaginary[above] += currentImaginary[bus]
            }
            var change = 0.0, lowest = Double.infinity
            for place in 1..<max(count, 1) {
                let bus = order[place], above = parent[bus], line = parentLine[bus]
                let (r, x) = (resistance[line], reactance[line])
                let (ir, ii) = (currentReal[bus], currentImaginary[bus])
                let nextReal = voltageReal[above] - (r * ir - x * ii)
                let nextImaginary = voltageImaginary[above] - (r * ii + x * ir)
                let (dr, di) = (nextReal - voltageReal[bus], nextImaginary - voltageImaginary[bus])
                // Not max(…), which would pass over NaN.
                let square = dr * dr + di * di
                if !(square <= change) { change = square }
                voltageReal[bus] = nextReal
                voltageImaginary[bus] = nextImaginary
                lowest = min(lowest, nextReal * nextReal + nextImaginary * nextImaginary)
            }
            if !change.isFinite || lowest < Self.givenUp * Self.givenUp { return .notConverged }
            if change <= limit { return voltageRange.lowest >= 0.5 ? .solved : .notConverged }
        }
        return .notConverged
    }
}
