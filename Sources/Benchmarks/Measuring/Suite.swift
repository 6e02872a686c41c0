import Foundation

/// The measurements of one run, printed as they come, and written as JSON at the end.
public final class Suite {
    private let name: String
    private let peer: String
    private var measurements: [Measurement] = []
    private var failures: [String] = []
    private let nameWidth: Int

    /// - Parameters:
    ///   - name: of the suite and its file.
    ///   - peer: what we are compared with, with versions.
    ///   - nameWidth: the width of the first column.
    public init(name: String, peer: String, nameWidth: Int = 46) {
        self.name = name
        self.peer = peer
        self.nameWidth = nameWidth
        print("\(name), against \(peer)")
        print(row("case", "threads", "ours", "peer", "speed", "bar", ""))
    }

    /// Makes a measurement and prints its line; an error is a failure of the suite.
    public func record(_ name: String, _ measure: () throws -> Measurement) {
        do {
            let measurement = try measure()
            measurements.append(measurement)
            print(
                row(
                    measurement.name, measurement.threads.map { "\($0)" } ?? "", duration(measurement.ourSeconds),
                    measurement.peerSeconds.map(duration) ?? "", measurement.speed.map(twoDigits) ?? "",
                    measurement.bar.text, measurement.verdict)
                    + (measurement.remarks.isEmpty ? "" : "  (\(measurement.remarks))"))
        } catch {
            failures.append("\(name): \(error)")
            print("\(name): FAILED: \(error)")
        }
        fflush(nil)
    }

    /// Writes the JSON, prints what to look at, and returns the exit status: 0 unless something failed.
    public func finish(folder: String) -> Int32 {
        let missed = measurements.filter { $0.isMet == false }
        let slow = measurements.filter { $0.isMet == nil && ($0.speed ?? 1) < 0.5 }
        print("")
        print("speed: the peer's time over ours, the best of the repeats unless the note says median")
        let lines = { (list: [Measurement]) in
            list.map { "\($0.name)\($0.threads.map { " [\($0)]" } ?? "")" }.joined(separator: "; ")
        }
        print("slower than half the peer's speed, without a bar: \(slow.isEmpty ? "none" : lines(slow))")
        print("missed bars: \(missed.isEmpty ? "none" : lines(missed))")
        let growing = measurements.filter { !$0.isFlat }
        if measurements.contains(where: { $0.memoryGrowth != nil }) {
            print("growing memory: \(growing.isEmpty ? "none" : lines(growing))")
        }
        print("failed: \(failures.isEmpty ? "none" : failures.joined(separator: "; "))")
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = "\(folder)/\(name).json"
            try JSONSerialization.data(withJSONObject: record, options: [.prettyPrinted, .sortedKeys])
                .write(to: URL(fileURLWithPath: path))
            print("written to \(path)")
        } catch {
            print("cannot write \(folder)/\(name).json: \(error)")
            return 1
        }
        return failures.isEmpty ? 0 : 1
    }

    private var record: [String: Any] {
        [
            "suite": name, "peer": peer, "failures": failures,
            "date": ISO8601DateFormatter().string(from: Date()),
            "processors": ProcessInfo.processInfo.activeProcessorCount,
            "measurements": measurements.map { measurement in
                var entry: [String: Any] = [
                    "name": measurement.name, "ours": object(measurement.ours), "bar": measurement.bar.text,
                    "verdict": measurement.verdict, "statistic": measurement.statistic.rawValue, "note": measurement.note,
                ]
                entry["threads"] = measurement.threads
                entry["peer"] = measurement.peer.map(object)
                entry["memory growth"] = measurement.memoryGrowth
                entry["speed"] = measurement.speed
                entry["difference over tolerance"] = measurement.difference
                return entry
            },
        ]
    }

    private func object(_ timing: Timing) -> [String: Any] {
        ["best": timing.best, "median": timing.median, "repeats": timing.repeats]
    }

    private func row(_ cells: String...) -> String {
        let widths = [nameWidth, 8, 10, 10, 8, 9, 0]
        return zip(cells, widths).enumerated().map { index, pair in
            let (cell, width) = pair
            let padding = String(repeating: " ", count: max(0, width - cell.count))
            return index == 0 ? cell + padding : index == 6 ? "  " + cell : padding + cell
        }.joined()
    }
}
