import Mathematics

/// A distribution network: buses with loads, lines with switches, and one bus that the transmission grid feeds
/// (dnr-methods, arXiv:2511.22957).
public struct DistributionNetwork: Sendable, Hashable {
    /// A bus and what is drawn from it.
    public struct Bus: Sendable, Hashable {
        /// The bus's number in its data set.
        public let number: Int
        /// In kW.
        public let activeLoad: Double
        /// In kvar.
        public let reactiveLoad: Double

        /// A bus with a load.
        public init(number: Int, activeLoad: Double, reactiveLoad: Double) {
            (self.number, self.activeLoad, self.reactiveLoad) = (number, activeLoad, reactiveLoad)
        }
    }

    /// A line between two buses, which can be switched off.
    public struct Line: Sendable, Hashable {
        /// The place of a bus in ``buses``.
        public let from: Int
        /// The place of the other bus.
        public let to: Int
        /// In ohm.
        public let resistance: Double
        /// In ohm.
        public let reactance: Double
        /// Whether the line is open as the network is given.
        public let isTie: Bool

        /// A line between the buses at two places.
        public init(from: Int, to: Int, resistance: Double, reactance: Double, isTie: Bool = false) {
            (self.from, self.to, self.resistance, self.reactance) = (from, to, resistance, reactance)
            self.isTie = isTie
        }
    }

    /// The buses.
    public let buses: [Bus]
    /// The lines: line number k of a data set is at place k − 1.
    public let lines: [Line]
    /// The place of the fed bus, whose voltage is given.
    public let slack: Int
    /// The nominal line-to-line voltage, in kV.
    public let nominalVoltage: Double
    /// The voltage of the fed bus over the nominal one.
    public let slackVoltage: Double

    /// The lines between buses.
    let graph: Graph

    /// A network; every bus must be reached from the fed bus when all lines are closed.
    ///
    /// - Parameters:
    ///   - buses: with distinct numbers.
    ///   - lines: between places in `buses`; impedances not negative, and not both parts zero.
    ///   - slack: the place of the fed bus.
    ///   - nominalVoltage: line to line, in kV.
    ///   - slackVoltage: of the fed bus, over the nominal voltage.
    /// - Throws: ``DistributionNetworkError`` where an argument cannot be used.
    public init(
        buses: [Bus], lines: [Line], slack: Int, nominalVoltage: Double, slackVoltage: Double = 1
    ) throws(DistributionNetworkError) {
        guard buses.indices.contains(slack) else {
            throw .invalidArgument("slack", value: "\(slack)", expected: "a place in a list of \(buses.count) buses")
        }
        guard nominalVoltage > 0, nominalVoltage.isFinite else {
            throw .invalidArgument(
                "nominalVoltage", value: "\(nominalVoltage)", expected: "a positive finite voltage in kV")
        }
        guard slackVoltage > 0.5, slackVoltage <= 2 else {
            throw .invalidArgument(
                "slackVoltage", value: "\(slackVoltage)", expected: "more than 0.5 and at most 2 nominal voltages")
        }
        var numbers: Set<Int> = []
        for (index, bus) in buses.enumerated() {
            guard numbers.insert(bus.number).inserted else {
                throw .invalidArgument(
                    "buses[\(index)].number", value: "\(bus.number)", expected: "a number of its own")
            }
            guard bus.activeLoad.isFinite, bus.reactiveLoad.isFinite else {
                throw .invalidArgument(
                    "buses[\(index)]", value: "\(bus.activeLoad) kW and \(bus.reactiveLoad) kvar",
                    expected: "finite loads")
            }
        }
        var edges: [(Int, Int)] = []
        for (index, line) in lines.enumerated() {
            guard buses.indices.contains(line.from), buses.indices.contains(line.to), line.from != line.to else {
                throw .invalidArgument(
                    "lines[\(index)]", value: "\(line.from) to \(line.to)",
                    expected: "two different places in a list of \(buses.count) buses")
            }
            guard line.resistance >= 0, line.reactance >= 0, line.resistance + line.reactance > 0,
                line.resistance.isFinite, line.reactance.isFinite
            else {
                throw .invalidArgument(
                    "lines[\(index)]", value: "\(line.resistance) + j\(line.reactance) ohm",
                    expected: "a finite impedance with parts of at least 0, not both 0")
            }
            edges.append((line.from, line.to))
        }
        do {
            graph = try Graph(vertexCount: buses.count, edges: edges)
        } catch {
            throw .invalidArgument("lines", value: "\(error)", expected: "lines between buses")
        }
        guard graph.isConnected else {
            throw .invalidArgument(
                "lines", value: "\(graph.components.count) separate parts",
                expected: "a network that is connected when all lines are closed")
        }
        (self.buses, self.lines, self.slack) = (buses, lines, slack)
        (self.nominalVoltage, self.slackVoltage) = (nominalVoltage, slackVoltage)
    }

    public static func == (one: DistributionNetwork, other: DistributionNetwork) -> Bool {
        one.buses == other.buses && one.lines == other.lines && one.slack == other.slack
            && one.nominalVoltage == other.nominalVoltage && one.slackVoltage == other.slackVoltage
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(buses)
        hasher.combine(lines)
    }

    /// The places of the lines that are open as the network is given.
    public var ties: [Int] { lines.indices.filter { lines[$0].isTie } }

    /// How many lines are open in a radial configuration.
    public var loopCount: Int { lines.count - buses.count + 1 }

    /// The sum of the active loads, in kW.
    public var activeLoad: Double { buses.reduce(0) { $0 + $1.activeLoad } }

    /// Whether the closed lines connect all buses without a loop, by union-find. O(lines).
    ///
    /// - Parameter open: places of open lines; others than those in ``lines`` make no radial network.
    public func isRadial(open: [Int]) -> Bool {
        let opened = Set(open)
        return opened.allSatisfy(lines.indices.contains) && lines.count - opened.count == buses.count - 1
            && partCount(open: opened) == 1
    }

    /// How many separate parts the closed lines leave, by union-find. O(lines).
    func partCount(open: Set<Int>) -> Int {
        var sets = DisjointSets(count: buses.count)
        for (index, line) in lines.enumerated() where !open.contains(index) { sets.unite(line.from, line.to) }
        return sets.setCount
    }

    /// Checks that the lines but some form a spanning tree.
    func requireRadial(_ open: [Int], argument: String = "open") throws(DistributionNetworkError) {
        for index in open where !lines.indices.contains(index) {
            throw .invalidArgument(argument, value: "\(index)", expected: "places in a list of \(lines.count) lines")
        }
        if !isRadial(open: open) {
            throw .invalidArgument(
                argument, value: "\(open)",
                expected: "the \(loopCount) lines without which the others connect all buses without a loop")
        }
    }

    /// For each line whether it is open.
    func switches(open: some Sequence<Int>) -> [Bool] {
        var isOpen = [Bool](repeating: false, count: lines.count)
        for index in open { isOpen[index] = true }
        return isOpen
    }
}

/// Why a distribution network cannot be used.
public enum DistributionNetworkError: Error, Hashable, CustomStringConvertible {
    /// An argument cannot be used.
    case invalidArgument(String, value: String, expected: String)
    /// The power flow has no solution with usable voltages while these lines are open.
    case infeasible(open: [Int])

    public var description: String {
        switch self {
        case .invalidArgument(let argument, let value, let expected): "\(argument) is \(value): expected \(expected)"
        case .infeasible(let open):
            "the power flow with the lines at \(open) open has no solution with all voltages at 0.5 or more"
        }
    }
}
