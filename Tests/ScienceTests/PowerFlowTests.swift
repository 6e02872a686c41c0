import ComplexModule
import Foundation
import Mathematics
import Science
import Testing

/// A connected network with random impedances and loads: a tree and some lines more, which are its ties.
func randomNetwork(
    buses: Int, ties: Int, loads: Range<Double> = 20..<200, using generator: inout Philox
) throws -> DistributionNetwork {
    var ends: [(Int, Int)] = (1..<buses).map { ($0, generator.integer(below: $0)) }
    while ends.count < buses - 1 + ties {
        let pair = generator.sample(2, withoutReplacementBelow: buses)
        ends.append((pair[0], pair[1]))
    }
    let lines = ends.indices.map { index in
        DistributionNetwork.Line(
            from: ends[index].0, to: ends[index].1, resistance: generator.uniform(in: 0.1..<1.5),
            reactance: generator.uniform(in: 0.1..<1.5), isTie: index >= buses - 1)
    }
    return try DistributionNetwork(
        buses: (0..<buses).map {
            DistributionNetwork.Bus(
                number: $0 + 1, activeLoad: generator.uniform(in: loads),
                reactiveLoad: generator.uniform(in: loads) / 2)
        }, lines: lines, slack: generator.integer(below: buses), nominalVoltage: 12.66)
}

/// The places of lines by their numbers in the case file.
func places(_ numbers: [Int]) -> [Int] { numbers.map { $0 - 1 } }

/// Reference values from pandapower 3.5.6, Newton's method:
/// net = pandapower.networks.case33bw(); net.line["in_service"] = [i + 1 not in open for i in range(37)];
/// pandapower.runpp(net, tolerance_mva=1e-12, init="flat"); net.res_line.pl_mw.sum() * 1e3; net.res_bus.vm_pu.
@Suite struct PowerFlowTests {
    let feeder = DistributionNetwork.baranWuFeeder()

    @Test func theFeederIsTheSpecifiedOne() {
        #expect(feeder.buses.count == 33 && feeder.lines.count == 37 && feeder.loopCount == 5)
        #expect(feeder.ties == places([33, 34, 35, 36, 37]))
        #expect(feeder.activeLoad == 3715 && feeder.buses.reduce(0) { $0 + $1.reactiveLoad } == 2300)
    }

    struct Reference: Sendable {
        let open: [Int], loss: Double, lowest: Double, bus: Int?
    }

    static let references = [
        Reference(open: [33, 34, 35, 36, 37], loss: 202.6771264559586, lowest: 0.913090479361055, bus: 18),
        Reference(open: [7, 9, 14, 32, 37], loss: 139.55134722104503, lowest: 0.9378191162889347, bus: 32),
        Reference(open: [8, 14, 28, 32, 33], loss: 145.96588797117505, lowest: 0.9392703807653827, bus: 33),
        Reference(open: [6, 11, 31, 34, 37], loss: 154.39284807344933, lowest: 0.9110301896453413, bus: 32),
        Reference(open: [2, 8, 12, 15, 37], loss: 819.644732407084, lowest: 0.7438868867190802, bus: 16),
        Reference(open: [4, 6, 11, 16, 34], loss: 182.6631082430393, lowest: 0.9221003021057257, bus: nil),
        Reference(open: [5, 10, 26, 29, 33], loss: 510.4498014865386, lowest: 0.7492218907048238, bus: nil),
    ]

    @Test(arguments: references)
    func lossAndLowestVoltageOfRadialConfigurations(reference: Reference) throws {
        let open = places(reference.open)
        for flow in [try feeder.radialPowerFlow(open: open), try feeder.meshedPowerFlow(open: open)] {
            #expect(abs(flow.loss - reference.loss) < 1e-7)
            #expect(abs(flow.lowestVoltage - reference.lowest) < 1e-10)
            if let bus = reference.bus { #expect(flow.magnitudes[bus - 1] == flow.lowestVoltage) }
            #expect(abs(flow.lineLosses.reduce(0, +) - flow.loss) < 1e-9)
            #expect(open.allSatisfy { flow.currents[$0] == 0 })
        }
    }

    @Test func voltageProfiles() throws {
        let given = [
            1, 0.99703226, 0.982937983, 0.975456413, 0.968059232, 0.949658177, 0.946172614, 0.941328437, 0.935059372,
            0.929244423, 0.928384417, 0.926884837, 0.920771748, 0.918504993, 0.91709268, 0.91572476, 0.913697546,
            0.913090479, 0.996503896, 0.9929263, 0.992221796, 0.991584377, 0.979352257, 0.972681101, 0.969356112,
            0.94772891, 0.945165164, 0.933725581, 0.925507478, 0.921950058, 0.917788887, 0.916873466, 0.916589822,
        ]
        let best = [
            1, 0.997078202, 0.986991479, 0.982472579, 0.97815755, 0.96731684, 0.966675557, 0.962615151, 0.95924722,
            0.962699828, 0.962784703, 0.96307959, 0.960498802, 0.959705458, 0.953192709, 0.951436405, 0.948519642,
            0.947494053, 0.995076764, 0.978245788, 0.973615648, 0.970156379, 0.983420827, 0.976777761, 0.973466815,
            0.965537219, 0.96318037, 0.952658168, 0.945125199, 0.941916605, 0.938493739, 0.937819116, 0.947164686,
        ]
        // numpy.deg2rad(net.res_bus.va_degree)
        let angles = [
            0, 0.000252358, 0.001696696, 0.002849066, 0.004013011, 0.004341214, 0.003640343, -0.011952488, -0.01285296,
            -0.010894135, -0.010894351, -0.010932847, -0.011196036, -0.011481806, -0.015582333, -0.015976994,
            -0.01758526, -0.017776434, -0.000392493, -0.00534217, -0.007421033, -0.008994984, 0.001160743, -0.000375079,
            -0.001131392, 0.004990138, 0.005913469, 0.007399929, 0.008774109, 0.010500472, 0.009222872, 0.008904231,
            -0.017845958,
        ]
        let flow = try feeder.radialPowerFlow()
        for (value, reference) in zip(flow.magnitudes, given) { #expect(abs(value - reference) < 1e-9) }
        // net.res_line.i_from_ka * 1e3
        for (line, current) in [210.36435209, 187.13026979, 134.62650369].enumerated() {
            #expect(abs(flow.currents[line] - current) < 1e-7)
        }
        let optimum = try feeder.radialPowerFlow(open: places([7, 9, 14, 32, 37]))
        for (value, reference) in zip(optimum.magnitudes, best) { #expect(abs(value - reference) < 1e-9) }
        for (value, reference) in zip(optimum.voltages, angles) { #expect(abs(value.phase - reference) < 1e-9) }
    }

    /// All lines closed; resistive with net.line["x_ohm_per_km"] = 1e-9.
    @Test func closedNetwork() throws {
        let flow = try feeder.meshedPowerFlow()
        #expect(abs(flow.loss - 123.2908297475477) < 1e-7)
        #expect(abs(flow.lowestVoltage - 0.9532799207303759) < 1e-10)
        let currents = [
            206.152834, 143.659426, 65.631725, 58.97101, 55.847089, 21.390715, 11.358244, 19.187948, 3.354425, 1.486334,
            3.262419, 13.302384, 10.053688, 3.381445, 14.560106, 12.005041, 9.705834, 57.323424, 52.910888, 48.450007,
            24.060757, 73.617482, 68.841503, 47.254672, 32.571114, 29.624663, 26.699262, 23.953886, 43.56799, 20.451487,
            13.025928, 5.754752, 19.951577, 13.706025, 19.600874, 6.839105, 25.98605,
        ]
        for (value, reference) in zip(flow.currents, currents) { #expect(abs(value - reference) < 1e-5) }
        let resistive = try feeder.meshedPowerFlow(ignoringReactance: true)
        #expect(abs(resistive.loss - 119.24560792267967) < 1e-5)
        #expect(abs(resistive.lowestVoltage - 0.9694321394836812) < 1e-8)
        #expect(abs(resistive.currents[8] - 1.276653) < 1e-5 && abs(resistive.currents[9] - 1.682812) < 1e-5)
    }

    /// One line: |V|² solves a quadratic equation, with v = 1 − 2 (rP + xQ) and z²s² = (r² + x²)(P² + Q²).
    @Test func oneLineInClosedForm() throws {
        func network(_ load: Double, _ slackVoltage: Double = 1, parallel: Bool = false) throws -> DistributionNetwork {
            let lines = (0..<(parallel ? 2 : 1)).map { _ in
                DistributionNetwork.Line(
                    from: 1, to: 0, resistance: parallel ? 1.4 : 0.7, reactance: parallel ? 2.2 : 1.1)
            }
            return try DistributionNetwork(
                buses: [
                    DistributionNetwork.Bus(number: 7, activeLoad: 0, reactiveLoad: 0),
                    DistributionNetwork.Bus(number: 3, activeLoad: load, reactiveLoad: 0.6 * load),
                ], lines: lines, slack: 0, nominalVoltage: 10, slackVoltage: slackVoltage)
        }
        for (load, slackVoltage) in [(1000.0, 1.0), (8000, 1.05), (-3000, 0.97), (12000, 1)] {
            let (p, q) = (load / 1e5, 0.6 * load / 1e5)
            let v = slackVoltage * slackVoltage - 2 * (0.7 * p + 1.1 * q)
            let square = (v + (v * v - 4 * (0.49 + 1.21) * (p * p + q * q)).squareRoot()) / 2
            let loss = 0.7 * (p * p + q * q) / square * 1e5
            for flow in [
                try network(load, slackVoltage).radialPowerFlow(), try network(load, slackVoltage).meshedPowerFlow(),
                try network(load, slackVoltage, parallel: true).meshedPowerFlow(),
            ] {
                #expect(abs(flow.magnitudes[1] - square.squareRoot()) < 1e-11)
                #expect(abs(flow.loss - loss) < 1e-8 * abs(loss))
                // √3 U I is the power drawn.
                let drawn = 3.0.squareRoot() * 10 * square.squareRoot() * flow.currents.reduce(0, +)
                #expect(abs(drawn - abs(load) * 1.36.squareRoot()) < 1e-6)
            }
        }
        // Beyond the largest power that the line can bring, or at less than half of the voltage.
        #expect(throws: DistributionNetworkError.infeasible(open: [])) { try network(40_000).radialPowerFlow() }
        #expect(throws: DistributionNetworkError.infeasible(open: [])) { try network(40_000).meshedPowerFlow() }
    }

    /// What the lines bring to each bus is its load.
    @Test func powerBalance() throws {
        var generator = Philox(seed: 12)
        for trial in 0..<20 {
            let network = try randomNetwork(buses: 12, ties: 4, using: &generator)
            let open = trial % 2 == 0 ? network.randomConfiguration(using: &generator) : []
            let flow = try trial % 2 == 0 ? network.radialPowerFlow(open: open) : network.meshedPowerFlow(open: open)
            let base = 1000 * 12.66 * 12.66
            var drawn = [Complex<Double>](repeating: .zero, count: 12)
            for (index, line) in network.lines.enumerated() where !open.contains(index) {
                let impedance = Complex(line.resistance, line.reactance)
                let current = (flow.voltages[line.from] - flow.voltages[line.to]) / impedance
                #expect(abs(current.length * 1000 * 12.66 / 3.0.squareRoot() - flow.currents[index]) < 1e-6)
                drawn[line.to] += flow.voltages[line.to] * current.conjugate * Complex(base, 0)
                drawn[line.from] -= flow.voltages[line.from] * current.conjugate * Complex(base, 0)
            }
            for (index, bus) in network.buses.enumerated() where index != network.slack {
                #expect((drawn[index] - Complex(bus.activeLoad, bus.reactiveLoad)).length < 1e-5)
            }
            let others = network.activeLoad - network.buses[network.slack].activeLoad
            #expect(abs(-drawn[network.slack].real - others - flow.loss) < 1e-5)
        }
    }

    @Test func badArguments() throws {
        func message(_ body: () throws -> Void) -> String {
            do {
                try body()
                return ""
            } catch { return "\(error)" }
        }
        let bus = DistributionNetwork.Bus(number: 1, activeLoad: 1, reactiveLoad: 0)
        let other = DistributionNetwork.Bus(number: 2, activeLoad: 1, reactiveLoad: .nan)
        func make(
            _ buses: [DistributionNetwork.Bus], _ lines: [DistributionNetwork.Line], slack: Int = 0,
            voltage: Double = 10, slackVoltage: Double = 1
        ) -> String {
            message {
                _ = try DistributionNetwork(
                    buses: buses, lines: lines, slack: slack, nominalVoltage: voltage, slackVoltage: slackVoltage)
            }
        }
        #expect(make([bus], [], slack: 1) == "slack is 1: expected a place in a list of 1 buses")
        #expect(make([bus], [], voltage: 0).hasPrefix("nominalVoltage is 0.0:"))
        #expect(make([bus], [], slackVoltage: 0.4).hasPrefix("slackVoltage is 0.4:"))
        #expect(make([bus, bus], []) == "buses[1].number is 1: expected a number of its own")
        #expect(make([bus, other], []).hasPrefix("buses[1] is 1.0 kW and nan kvar:"))
        let line = DistributionNetwork.Line(from: 0, to: 0, resistance: 1, reactance: 1)
        #expect(make([bus], [line]).hasPrefix("lines[0] is 0 to 0:"))
        let second = DistributionNetwork.Bus(number: 2, activeLoad: 1, reactiveLoad: 0)
        #expect(make([bus, second], []).hasPrefix("lines is 2 separate parts: expected a network that is connected"))
        let short = DistributionNetwork.Line(from: 0, to: 1, resistance: 0, reactance: 0)
        #expect(make([bus, second], [short]).hasPrefix("lines[0] is 0.0 + j0.0 ohm:"))
        #expect(make([bus], []) == "")

        let notRadial = message { _ = try feeder.radialPowerFlow(open: [0, 1, 2, 3, 4]) }
        #expect(notRadial.hasPrefix("open is [0, 1, 2, 3, 4]: expected the 5 lines"))
        let noLine = message { _ = try feeder.radialPowerFlow(open: [37]) }
        #expect(noLine == "open is 37: expected places in a list of 37 lines")
        let cutOff = message { _ = try feeder.meshedPowerFlow(open: [0]) }
        #expect(cutOff.hasPrefix("open is [0]: expected lines without which"))
        #expect(feeder.isRadial(open: [32, 33, 34, 35, 36]))
        #expect(!feeder.isRadial(open: [32, 33, 34, 35, 35]) && !feeder.isRadial(open: [-1, 33, 34, 35, 36]))
        // Five lines, but a loop is left and a part cut off.
        #expect(!feeder.isRadial(open: [1, 32, 33, 34, 17]))
    }
}
