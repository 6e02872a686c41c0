import BenchmarkMeasuring
import Science

/// Power flows of distribution networks (dnr-methods, arXiv:2511.22957).
let networkReconfigurationCases: [@Sendable () throws -> ComparedCase] = [
    { powerFlow("as given", open: [32, 33, 34, 35, 36]) },
    { powerFlow("optimum", open: [6, 8, 13, 31, 36]) },
]

/// One power flow of a radial configuration of the 33-bus feeder; the peer's network is built once.
private func powerFlow(_ name: String, open: [Int]) -> ComparedCase {
    let network = DistributionNetwork.baranWuFeeder()
    let lines: [Double] = network.lines.enumerated().flatMap { index, line in
        [Double(line.from), Double(line.to), line.resistance, line.reactance, open.contains(index) ? 0 : 1]
    }
    let loads: [Double] = network.buses.flatMap { [$0.activeLoad, $0.reactiveLoad] }
    return ComparedCase(
        "power flow, 33-bus feeder \(name)", peerName: "radial_power_flow",
        settings: ["voltage": network.nominalVoltage, "slack": Double(network.slack)],
        inputs: [
            "lines": NumericArray(lines, shape: [network.lines.count, 5]),
            "loads": NumericArray(loads, shape: [network.buses.count, 2]),
        ], bar: .pythonLoop, note: "peer: pandapower, Newton"
    ) {
        try network.radialPowerFlow(open: open)
    } results: {
        [
            Output("loss in kW", [$0.loss], tolerance: 1e-8),
            Output("voltages", $0.magnitudes, tolerance: 1e-9),
        ]
    }
}
