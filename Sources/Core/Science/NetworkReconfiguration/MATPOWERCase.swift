import Foundation
import Mathematics

extension DistributionNetwork {
    // swiftcore: read_matpower_case
    /// Reads a MATPOWER case file of version 2 (`.m`), such as case33bw.m, case16ci.m, case69.m or case118zh.m.
    ///
    /// Of `mpc.bus` bus_i, type, Pd, Qd and baseKV are read, of `mpc.branch` fbus, tbus, r, x and status (0 is a tie),
    /// of `mpc.gen` Vg at the reference bus. Powers are in MW and impedances per unit, unless the file ends in the
    /// statements with which MATPOWER's distribution cases convert kW and ohm. Several reference buses, the feeders of
    /// one substation, become one bus. Other statements than assignments of numbers are passed over where they change
    /// neither buses nor branches.
    ///
    /// - Parameter path: of the file.
    /// - Throws: `DataFileError` that names file and place: also for what a network of lines and constant loads cannot
    ///   have: shunts, charging, transformers, generators away from the reference bus.
    public static func readingMATPOWERCase(path: String) throws(DataFileError) -> DistributionNetwork {
        let file = URL(fileURLWithPath: path).lastPathComponent
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DataFileError(
                file: file, place: "the file", value: "not readable at \(path)", expected: "a case file")
        }
        return try DistributionNetwork(matpowerCase: String(decoding: data, as: UTF8.self), file: file)
    }

    /// Reads a MATPOWER case from its text; see ``readingMATPOWERCase(path:)``.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: its name in errors.
    /// - Throws: `DataFileError` that names the place.
    public init(matpowerCase text: String, file: String) throws(DataFileError) {
        self = try MATPOWERCase(text, file: file).network()
    }
}

/// The numbers of a case file.
private struct MATPOWERCase {
    /// A row of a matrix and the line of the file that it stands on.
    struct Row {
        let line: Int
        let values: [Double]
    }

    let file: String
    private(set) var baseMVA = Double.nan
    private(set) var matrices: [String: [Row]] = [:]
    /// Whether loads are in kW and kvar.
    private(set) var hasKilowatts = false
    /// Whether impedances are in ohm.
    private(set) var hasOhms = false

    init(_ text: String, file: String) throws(DataFileError) {
        self.file = file
        // The statement that goes on, with the line that it begins on.
        var statement = "", first = 1, depth = 0
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = Self.withoutComment(raw)
            let goesOn = line.hasSuffix("...")
            if goesOn { line.removeLast(3) }
            if statement.isEmpty { first = index + 1 }
            // Each row keeps the number of its line.
            statement += statement.isEmpty ? line : goesOn || depth == 0 ? " " + line : "\n" + line
            depth += line.count { "[{".contains($0) } - line.count { "]}".contains($0) }
            if depth > 0 || goesOn { continue }
            if depth < 0 { throw error(index + 1, line, "as many opening brackets as closing ones") }
            try read(statement.trimmingCharacters(in: .whitespaces), line: first)
            statement = ""
        }
        if depth > 0 { throw error(first, "a bracket that is not closed", "the end of the matrix") }
    }

    private func error(_ line: Int, _ value: String, _ expected: String) -> DataFileError {
        DataFileError(file: file, place: "line \(line)", value: value, expected: expected)
    }

    private static func withoutComment(_ line: Substring) -> String {
        var isQuoted = false
        var kept = ""
        for character in line {
            if character == "'" { isQuoted.toggle() }
            if character == "%" && !isQuoted { break }
            kept.append(character)
        }
        return kept.trimmingCharacters(in: .whitespaces)
    }

    private mutating func read(_ statement: String, line: Int) throws(DataFileError) {
        var dense = statement.filter { !$0.isWhitespace && $0 != "," }
        while dense.hasSuffix(";") { dense.removeLast() }
        switch dense {
        case "mpc.bus(:[PDQD])=mpc.bus(:[PDQD])/1e3": hasKilowatts = true
        case "mpc.branch(:[BR_RBR_X])=mpc.branch(:[BR_RBR_X])/(Vbase^2/Sbase)": hasOhms = true
        case "Vbase=mpc.bus(1BASE_KV)*1e3", "Sbase=mpc.baseMVA*1e6": break
        default:
            let parts = statement.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { return }
            if ["Vbase", "Sbase"].contains(parts[0]) {
                throw error(line, statement, "Vbase = mpc.bus(1, BASE_KV) * 1e3 and Sbase = mpc.baseMVA * 1e6")
            }
            guard parts[0].hasPrefix("mpc.") else { return }
            let name = String(parts[0].dropFirst(4))
            if name == "baseMVA" {
                let text = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "; "))
                guard let value = Double(text), value > 0, value.isFinite else {
                    throw error(line, "mpc.baseMVA = \(text)", "a positive number")
                }
                baseMVA = value
            } else if ["bus", "branch", "gen"].contains(name) {
                matrices[name] = try rows(of: parts[1], name: name, line: line)
            } else if ["bus(", "branch(", "gen("].contains(where: name.hasPrefix) {
                throw error(line, statement, "no change but MATPOWER's own conversions of kW and of ohm")
            }
        }
    }

    private func rows(of text: String, name: String, line: Int) throws(DataFileError) -> [Row] {
        guard let begin = text.firstIndex(of: "["), let end = text.lastIndex(of: "]"), begin < end else {
            throw error(line, "mpc.\(name) = \(text.prefix(40))", "a matrix in brackets")
        }
        var rows: [Row] = []
        for (offset, row) in text[text.index(after: begin)..<end].split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            for part in row.split(separator: ";") {
                var values: [Double] = []
                for field in part.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
                    guard let value = Double(field) else {
                        throw error(line + offset, "mpc.\(name) with \(field)", "a number")
                    }
                    values.append(value)
                }
                if !values.isEmpty { rows.append(Row(line: line + offset, values: values)) }
            }
        }
        return rows
    }

    private func matrix(_ name: String, columns: Int) throws(DataFileError) -> [Row] {
        guard let rows = matrices[name], !rows.isEmpty else {
            throw DataFileError(file: file, place: "mpc.\(name)", value: "missing", expected: "a matrix")
        }
        for row in rows where row.values.count < columns {
            throw error(row.line, "\(row.values.count) columns of mpc.\(name)", "at least \(columns)")
        }
        return rows
    }

    private func integer(_ value: Double, of row: Row, _ name: String) throws(DataFileError) -> Int {
        guard let number = Int(exactly: value) else { throw error(row.line, "\(name) \(value)", "a whole number") }
        return number
    }

    func network() throws(DataFileError) -> DistributionNetwork {
        guard baseMVA > 0 else {
            throw DataFileError(file: file, place: "mpc.baseMVA", value: "missing", expected: "a positive number")
        }
        let (buses, places, slack, voltage) = try readBuses()
        let slackVoltage = try slackVoltage(places: places, slack: slack)
        let ohms = hasOhms ? 1 : voltage * voltage / baseMVA
        var lines: [DistributionNetwork.Line] = []
        for row in try matrix("branch", columns: 11) {
            let values = row.values
            var ends: [Int] = []
            for (name, value) in [("fbus", values[0]), ("tbus", values[1])] {
                guard let place = places[try integer(value, of: row, name)] else {
                    throw error(row.line, "\(name) \(value)", "the number of a bus")
                }
                ends.append(place)
            }
            guard ends[0] != ends[1] else {
                throw error(
                    row.line, "a branch from bus \(values[0]) to \(values[1])", "two buses that are not both fed")
            }
            guard values[4] == 0 else { throw error(row.line, "b = \(values[4])", "0, a line without charging") }
            guard values[8] == 0 || values[8] == 1, values[9] == 0 else {
                throw error(row.line, "ratio \(values[8]) and angle \(values[9])", "a line, not a transformer")
            }
            guard values[10] == 0 || values[10] == 1 else { throw error(row.line, "status \(values[10])", "0 or 1") }
            lines.append(
                DistributionNetwork.Line(
                    from: ends[0], to: ends[1], resistance: values[2] * ohms, reactance: values[3] * ohms,
                    isTie: values[10] == 0))
        }
        do {
            return try DistributionNetwork(
                buses: buses, lines: lines, slack: slack, nominalVoltage: voltage, slackVoltage: slackVoltage)
        } catch {
            guard case .invalidArgument(let argument, let value, let expected) = error else {
                throw DataFileError(
                    file: file, place: "the network", value: "\(error)", expected: "one that can be used")
            }
            throw DataFileError(file: file, place: argument, value: value, expected: expected)
        }
    }

    /// The buses, the place of each bus number, the place of the fed bus and the nominal voltage in kV.
    private func readBuses() throws(DataFileError) -> (
        [DistributionNetwork.Bus], places: [Int: Int], slack: Int, voltage: Double
    ) {
        let kilowatts = hasKilowatts ? 1.0 : 1000
        var buses: [DistributionNetwork.Bus] = []
        var places: [Int: Int] = [:]
        var slack: Int?
        var voltage = Double.nan
        for row in try matrix("bus", columns: 13) {
            let values = row.values
            let number = try integer(values[0], of: row, "bus_i")
            guard values[4] == 0, values[5] == 0 else {
                throw error(row.line, "Gs \(values[4]) and Bs \(values[5])", "a bus without a shunt")
            }
            guard values[9] > 0, voltage.isNaN || values[9] == voltage else {
                throw error(row.line, "baseKV \(values[9])", "one positive voltage for all buses")
            }
            voltage = values[9]
            guard values[1] == 1 || values[1] == 3 else {
                throw error(row.line, "type \(values[1])", "1 (a load) or 3 (the reference bus)")
            }
            guard places[number] == nil else { throw error(row.line, "bus \(number) again", "a number of its own") }
            let active = values[2] * kilowatts, reactive = values[3] * kilowatts
            if values[1] == 3, let slack {
                // A further feeder of the same substation.
                places[number] = slack
                let first = buses[slack]
                buses[slack] = DistributionNetwork.Bus(
                    number: first.number, activeLoad: first.activeLoad + active,
                    reactiveLoad: first.reactiveLoad + reactive)
                continue
            }
            if values[1] == 3 { slack = buses.count }
            places[number] = buses.count
            buses.append(DistributionNetwork.Bus(number: number, activeLoad: active, reactiveLoad: reactive))
        }
        guard let slack else {
            throw DataFileError(file: file, place: "mpc.bus", value: "without type 3", expected: "a reference bus")
        }
        return (buses, places, slack, voltage)
    }

    /// Vg of the generators at the reference bus; 1 without any.
    private func slackVoltage(places: [Int: Int], slack: Int) throws(DataFileError) -> Double {
        var voltage: Double?
        guard matrices["gen"] != nil else { return 1 }
        for row in try matrix("gen", columns: 8) where row.values[7] > 0 {
            guard places[try integer(row.values[0], of: row, "bus")] == slack else {
                throw error(row.line, "a generator at bus \(row.values[0])", "none but at the reference bus")
            }
            guard voltage == nil || voltage == row.values[5] else {
                throw error(row.line, "Vg \(row.values[5])", "one voltage for all feeders")
            }
            voltage = row.values[5]
        }
        return voltage ?? 1
    }
}
