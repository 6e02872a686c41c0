import Foundation
import NotebookProtocol

/// The records of a run in its notebook's folder: `run.json`, everything; `claims.json`, the claims alone.
public struct RunFiles {
    public let folder: String

    public init(folder: String) { self.folder = folder }

    private var runFile: String { folder + "/run.json" }

    /// The last run's record, where there is one that can be read.
    public func lastRun() -> RunRecord? {
        guard let data = FileManager.default.contents(atPath: runFile) else { return nil }
        return try? JSONDecoder().decode(RunRecord.self, from: data)
    }

    /// Writes a run's record, and removes the figures of the run before that this one did not make again.
    public func write(_ record: RunRecord) throws {
        let kept = Set(record.figures.flatMap(\.files))
        for file in lastRun()?.figures.flatMap(\.files) ?? [] where !kept.contains(file) && record.status == .succeeded {
            try? FileManager.default.removeItem(atPath: folder + "/" + file)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(record).write(to: URL(fileURLWithPath: runFile), options: .atomic)
        try encoder.encode(record.claims).write(to: URL(fileURLWithPath: folder + "/claims.json"), options: .atomic)
    }
}
