import Foundation
import Mathematics

/// Measured times of products, from a CSV file with the columns layer, quantizer and ms.
///
/// Fused layers stand with a plus sign between them: `blocks.0.query+blocks.0.key,TCQ 2.5,0.0121`. The order within a
/// key does not matter.
public struct LatencyTable: Sendable, Equatable {
    /// The file's path, or the name given for its content.
    public let file: String
    private let times: [String: Double]

    /// Reads a file in UTF-8.
    ///
    /// - Throws: `DataFileError` that names the file, the line, what stands there and what was expected.
    public init(path: String) throws(DataFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DataFileError(file: path, place: "file", value: "missing or unreadable", expected: "a table in CSV")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw DataFileError(file: path, place: "encoding", value: "not UTF-8", expected: "text in UTF-8")
        }
        try self.init(text: text, file: path)
    }

    /// Parses the content of a file.
    ///
    /// - Parameters:
    ///   - text: the whole content.
    ///   - file: the name to give in errors.
    public init(text: String, file: String) throws(DataFileError) {
        self.file = file
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let header = lines.first?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard header == ["layer", "quantizer", "ms"] else {
            throw DataFileError(
                file: file, place: "line 1", value: "\"\(lines.first ?? "")\"",
                expected: "the header layer,quantizer,ms")
        }
        var times: [String: Double] = [:]
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard fields.count == 3 else {
                throw DataFileError(
                    file: file, place: "line \(index + 1)", value: "\(fields.count) fields", expected: "3 fields")
            }
            guard let time = Double(fields[2]), time >= 0, time.isFinite else {
                throw DataFileError(
                    file: file, place: "line \(index + 1), column ms", value: "\"\(fields[2])\"",
                    expected: "a number of at least 0")
            }
            guard
                times.updateValue(time, forKey: Self.key(fields[0].split(separator: "+").map(String.init), fields[1]))
                    == nil
            else {
                throw DataFileError(
                    file: file, place: "line \(index + 1)", value: "\(fields[0]) with \(fields[1]) again",
                    expected: "every product once")
            }
        }
        self.times = times
    }

    /// The milliseconds of a product with some layers, fused where there are several.
    ///
    /// - Throws: `DataFileError` if the table has none.
    public func milliseconds(layers: [String], quantizer: String) throws(DataFileError) -> Double {
        guard let time = times[Self.key(layers, quantizer)] else {
            throw DataFileError(
                file: file, place: "layer \(layers.joined(separator: "+")), quantizer \(quantizer)", value: "missing",
                expected: "a line with its time")
        }
        return time
    }

    private static func key(_ layers: [String], _ quantizer: String) -> String {
        layers.map { $0.trimmingCharacters(in: .whitespaces) }.sorted().joined(separator: "+") + "," + quantizer
    }
}
