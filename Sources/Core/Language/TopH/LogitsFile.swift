import DeepLearning
import Foundation

/// Logits from outside, for a decoding rule to be tried on.
public enum LogitsFile {
    /// Reads a JSON array of numbers, or of arrays of numbers (a distribution each).
    ///
    /// - Throws: `TextFileError` that names the file and the place.
    public static func distributions(path: String) throws(TextFileError) -> [[Double]] {
        func fail(_ problem: String) -> TextFileError { TextFileError(file: path, line: nil, problem: problem) }
        guard let data = FileManager.default.contents(atPath: path) else { throw fail("missing or unreadable") }
        let decoder = JSONDecoder()
        let rows: [[Double]]
        if let flat = try? decoder.decode([Double].self, from: data) {
            rows = [flat]
        } else if let nested = try? decoder.decode([[Double]].self, from: data) {
            rows = nested
        } else {
            throw fail("expected a JSON array of numbers, or of arrays of numbers")
        }
        if rows.isEmpty || rows == [[]] { throw fail("the array is empty: expected at least one number") }
        for (index, row) in rows.enumerated() where row.isEmpty { throw fail("[\(index)] is empty: expected at least one number") }
        return rows
    }
}
