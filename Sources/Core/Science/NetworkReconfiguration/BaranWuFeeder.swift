extension DistributionNetwork {
    // swiftcore: baran_wu_feeder
    /// The 33-bus feeder with 37 lines, of which five are ties (Baran and Wu, "Network reconfiguration in distribution
    /// systems for loss reduction and load balancing", 1989; MATPOWER's case33bw): 3715 kW and 2300 kvar at 12.66 kV.
    ///
    /// Bus number k is at place k − 1, line number k at place k − 1; the ties have the numbers 33 to 37.
    public static func baranWuFeeder() -> DistributionNetwork {
        let buses = [Bus(number: 1, activeLoad: 0, reactiveLoad: 0)]
            + baranWuLoads.enumerated().map { index, load in
                Bus(number: index + 2, activeLoad: load.0, reactiveLoad: load.1)
            }
        let lines = baranWuLines.enumerated().map { index, line in
            Line(from: line.0 - 1, to: line.1 - 1, resistance: line.2, reactance: line.3, isTie: index >= 32)
        }
        do {
            return try DistributionNetwork(buses: buses, lines: lines, slack: 0, nominalVoltage: 12.66)
        } catch {
            preconditionFailure("the feeder's own data: \(error)")
        }
    }
}

/// kW and kvar of the buses 2 to 33.
private let baranWuLoads: [(Double, Double)] = [
    (100, 60), (90, 40), (120, 80), (60, 30), (60, 20), (200, 100), (200, 100), (60, 20), (60, 20), (45, 30), (60, 35),
    (60, 35), (120, 80), (60, 10), (60, 20), (60, 20), (90, 40), (90, 40), (90, 40), (90, 40), (90, 40), (90, 50),
    (420, 200), (420, 200), (60, 25), (60, 25), (60, 20), (120, 70), (200, 600), (150, 70), (210, 100), (60, 40),
]

/// Bus numbers, and resistance and reactance in ohm.
private let baranWuLines: [(Int, Int, Double, Double)] = [
    (1, 2, 0.0922, 0.0470), (2, 3, 0.4930, 0.2511), (3, 4, 0.3660, 0.1864), (4, 5, 0.3811, 0.1941),
    (5, 6, 0.8190, 0.7070), (6, 7, 0.1872, 0.6188), (7, 8, 0.7114, 0.2351), (8, 9, 1.0300, 0.7400),
    (9, 10, 1.0440, 0.7400), (10, 11, 0.1966, 0.0650), (11, 12, 0.3744, 0.1238), (12, 13, 1.4680, 1.1550),
    (13, 14, 0.5416, 0.7129), (14, 15, 0.5910, 0.5260), (15, 16, 0.7463, 0.5450), (16, 17, 1.2890, 1.7210),
    (17, 18, 0.7320, 0.5740), (2, 19, 0.1640, 0.1565), (19, 20, 1.5042, 1.3554), (20, 21, 0.4095, 0.4784),
    (21, 22, 0.7089, 0.9373), (3, 23, 0.4512, 0.3083), (23, 24, 0.8980, 0.7091), (24, 25, 0.8960, 0.7011),
    (6, 26, 0.2030, 0.1034), (26, 27, 0.2842, 0.1447), (27, 28, 1.0590, 0.9337), (28, 29, 0.8042, 0.7006),
    (29, 30, 0.5075, 0.2585), (30, 31, 0.9744, 0.9630), (31, 32, 0.3105, 0.3619), (32, 33, 0.3410, 0.5302),
    (21, 8, 2.0000, 2.0000), (9, 15, 2.0000, 2.0000), (12, 22, 2.0000, 2.0000), (18, 33, 0.5000, 0.5000),
    (25, 29, 0.5000, 0.5000),
]
