import Foundation
import Mathematics
import Science
import Testing

@Suite struct MATPOWERCaseTests {
    let feeder = DistributionNetwork.baranWuFeeder()

    static let conversions = """
        [PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...
            VA, BASE_KV, ZONE, VMAX, VMIN, LAM_P, LAM_Q, MU_VMAX, MU_VMIN] = idx_bus;
        Vbase = mpc.bus(1, BASE_KV) * 1e3;      %% in Volts
        Sbase = mpc.baseMVA * 1e6;              %% in VA
        mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);
        mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;
        """

    /// A network as a case file: in kW and ohm with the statements that convert them, or in MW and per unit.
    private func text(_ network: DistributionNetwork, converted: Bool, slackVoltage: Double = 1) -> String {
        let (power, impedance) = converted ? (1.0, 1.0) : (1000.0, 12.66 * 12.66 / 10)
        let buses = network.buses.enumerated().map { index, bus in
            let load = "\(bus.activeLoad / power) \(bus.reactiveLoad / power)"
            return "\t\(bus.number)\t\(index == network.slack ? 3 : 1)\t\(load)\t0\t0\t1\t1\t0\t12.66\t1\t1.1\t0.9;"
        }
        let lines = network.lines.map { line in
            let ends = [line.from, line.to].map { "\(network.buses[$0].number)" }.joined(separator: ", ")
            let parts = "\(line.resistance / impedance), \(line.reactance / impedance)"
            return "\t\(ends), \(parts), 0, 0, 0, 0, 0, 0, \(line.isTie ? 0 : 1), -360, 360"
        }
        return """
            function mpc = case33
            %CASE33  it's a feeder [with a bracket in a comment
            mpc.version = '2';
            mpc.baseMVA = 10;
            %% bus data
            mpc.bus = [ %% (Pd and Qd are specified in kW & kVAr here)
            \(buses.joined(separator: "\n"))
            ];
            mpc.gen = [
            \t1\t0\t0\t10\t-10\t\(slackVoltage)\t100\t1\t10\t0;
            ];
            mpc.branch = [
            \(lines.joined(separator: "\n"))
            ];
            mpc.gencost = [ 2 0 0 3 0 20 0 ];
            mpc.bus_name = { 'first % bus'; 'second' };
            \(converted ? Self.conversions : "")
            """
    }

    @Test func theFeederInBothUnits() throws {
        let converted = try DistributionNetwork(matpowerCase: text(feeder, converted: true), file: "case.m")
        #expect(converted == feeder)
        let plain = try DistributionNetwork(
            matpowerCase: text(feeder, converted: false, slackVoltage: 1.02), file: "case.m")
        #expect(plain.slackVoltage == 1.02)
        #expect(plain.ties == feeder.ties && plain.buses.map(\.number) == Array(1...33))
        for (line, reference) in zip(plain.lines, feeder.lines) {
            #expect(abs(line.resistance - reference.resistance) < 1e-14)
            #expect(abs(line.reactance - reference.reactance) < 1e-14)
        }
        #expect(abs(plain.activeLoad - 3715) < 1e-9)
    }

    @Test func fromAFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text(feeder, converted: true), to: "case33 é.m")
        #expect(try DistributionNetwork.readingMATPOWERCase(path: file.path) == feeder)
        let error = #expect(throws: DataFileError.self) {
            try DistributionNetwork.readingMATPOWERCase(path: folder.url.path + "/none.m")
        }
        #expect(error?.file == "none.m")
    }

    /// Three feeders: their reference buses become one bus.
    static let feeders = """
        mpc.baseMVA = 10;
        mpc.bus = [1 3 0 0 0 0 1 1 0 11 1 1 1; 20 3 0 0 0 0 1 1 0 11 1 1 1
        4 1 2 1.5 0 0 1 1 0 11 1 1.1 0.9
        5,1,3,0.4,0,0,1,1,0,11,1,1.1,0.9];
        mpc.branch = [1 4 0.1 0.2 0 0 0 0 0 0 1 -360 360;
        20 5 0.3 0.4 0 0 0 0 1 0 1 -360 360; 4 5 0.5 0.6 0 0 0 0 0 0 0 -360 360];
        """

    @Test func severalFeeders() throws {
        let network = try DistributionNetwork(matpowerCase: Self.feeders, file: "feeders.m")
        #expect(network.buses.map(\.number) == [1, 4, 5] && network.slack == 0)
        #expect(network.buses.map(\.activeLoad) == [0, 2000, 3000] && network.slackVoltage == 1)
        #expect(network.lines.map(\.from) == [0, 0, 1] && network.lines.map(\.to) == [1, 2, 2])
        #expect(network.ties == [2])
        // Per unit of 11² / 10 ohm.
        #expect(abs(network.lines[2].reactance - 0.6 * 12.1) < 1e-14)
    }

    static let mistakes: [(part: String, replacement: String, message: String?)] = [
        ("1 4 0.1 0.2 0 ", "1 4 0.1 0.2 0.01 ", "line 5 is b = 0.01, expected 0, a line without charging"),
        (
            "0 0 0 0 1 0 1 -", "0 0 0 0 0.98 0 1 -",
            "line 6 is ratio 0.98 and angle 0.0, expected a line, not a transformer"
        ),
        ("20 5 0.3", "21 5 0.3", "line 6 is fbus 21.0, expected the number of a bus"),
        ("20 5 0.3", "20 1 0.3", "line 6 is a branch from bus 20.0 to 1.0, expected two buses that are not both fed"),
        ("4 1 2 1.5 0 0", "4 2 2 1.5 0 0", "line 3 is type 2.0, expected 1 (a load) or 3 (the reference bus)"),
        ("4 1 2 1.5 0 0", "4 1 2 1.5 0 0.2", "line 3 is Gs 0.0 and Bs 0.2, expected a bus without a shunt"),
        ("4 1 2 1.5 0 0", "4 1 2 x1.5 0 0", "line 3 is mpc.bus with x1.5, expected a number"),
        ("4 1 2 1.5 0 0", "4 1 2 0 0", "line 3 is 12 columns of mpc.bus, expected at least 13"),
        (
            "5,1,3,0.4,0,0,1,1,0,11", "5,1,3,0.4,0,0,1,1,0,22",
            "line 4 is baseKV 22.0, expected one positive voltage for all buses"
        ),
        ("5,1,3", "4,1,3", "line 4 is bus 4 again, expected a number of its own"),
        ("mpc.baseMVA = 10", "mpc.baseMVA = ten", "line 1 is mpc.baseMVA = ten, expected a positive number"),
        ("0 -360 360];", "0 -360 360", "line 5 is a bracket that is not closed, expected the end of the matrix"),
        ("mpc.branch = [", "mpc.other = [", "mpc.branch is missing, expected a matrix"),
        (
            "mpc.branch = [", "mpc.bus(:, 3) = 2 * mpc.bus(:, 3);\nmpc.branch = [",
            "line 5 is mpc.bus(:, 3) = 2 * mpc.bus(:, 3);, expected no change but MATPOWER's own conversions "
                + "of kW and of ohm"
        ),
        (
            "mpc.branch = [", "mpc.gen = [5 1 0 1 0 1 1 1 1 0];\nmpc.branch = [",
            "line 5 is a generator at bus 5.0, expected none but at the reference bus"
        ),
        (
            "1 4 0.1 0.2", "1 4 -0.1 0.2",
            "lines[0] is -1.21 + j2.42 ohm, expected a finite impedance with parts of at least 0, not both 0"
        ),
        ("20 3 0 0", "20 1 0 0", nil),
    ]

    @Test(arguments: mistakes)
    func badFiles(part: String, replacement: String, message: String?) throws {
        let text = Self.feeders.replacingOccurrences(of: part, with: replacement)
        #expect(text != Self.feeders)
        guard let message else {
            // One feeder alone: bus 20 is a load.
            #expect(try DistributionNetwork(matpowerCase: text, file: "feeders.m").buses.count == 4)
            return
        }
        let error = #expect(throws: DataFileError.self) {
            try DistributionNetwork(matpowerCase: text, file: "feeders.m")
        }
        #expect(error?.description == "feeders.m: " + message)
    }
}
