import Foundation

/// Problems from files of one JSON object a line.
public enum TaskFile {
    /// Reads objects `{"prompt": …, "answer": …}`, with an optional `"solution"`; empty lines are skipped.
    ///
    /// - Throws: `TextFileError` that names the file and the line.
    public static func examples(path: String) throws(TextFileError) -> [TaskExample] {
        try objects(path).map { line, object throws(TextFileError) in
            let prompt = try text("prompt", object, path, line), answer = try text("answer", object, path, line)
            let solution = object["solution"] == nil ? answer : try text("solution", object, path, line)
            return TaskExample(prompt: prompt, answer: answer, solution: solution)
        }
    }

    /// Reads objects `{"question": …, "answer": "… #### 72"}` as GSM8K has them (Cobbe et al. 2021,
    /// arXiv:2110.14168): the answer is what follows `####`, without thousands separators; the calculator's
    /// annotations `<<48/2=24>>` are taken out of the solution.
    ///
    /// - Throws: `TextFileError` that names the file and the line.
    public static func gsm8k(path: String) throws(TextFileError) -> [TaskExample] {
        try objects(path).map { line, object throws(TextFileError) in
            let question = try text("question", object, path, line), answer = try text("answer", object, path, line)
            guard let marker = answer.range(of: "####", options: .backwards) else {
                throw TextFileError(file: path, line: line, problem: "the field \"answer\" has no \"####\" before the result")
            }
            let result = String(answer[marker.upperBound...]).trimmed.filter { $0 != "," }
            let working = answer[..<marker.lowerBound].replacingOccurrences(
                of: "<<[^>]*>>", with: "", options: .regularExpression)
            return TaskExample(prompt: question, answer: result, working: working.trimmed)
        }
    }

    /// Writes examples as `examples(path:)` reads them.
    public static func write(_ examples: [TaskExample], to path: String) throws(TextFileError) {
        do {
            var data = Data()
            for example in examples {
                let object = ["prompt": example.prompt, "answer": example.answer, "solution": example.solution]
                data += try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
                data.append(UInt8(ascii: "\n"))
            }
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw TextFileError(file: path, line: nil, problem: "cannot be written")
        }
    }

    private static func objects(_ path: String) throws(TextFileError) -> [(line: Int, object: [String: Any])] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TextFileError(file: path, line: nil, problem: "missing or unreadable")
        }
        var result: [(line: Int, object: [String: Any])] = []
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { continue }
            guard let object = (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any] else {
                throw TextFileError(file: path, line: index + 1, problem: "not a JSON object")
            }
            result.append((index + 1, object))
        }
        return result
    }

    /// A field that is a string or a number.
    private static func text(
        _ field: String, _ object: [String: Any], _ path: String, _ line: Int
    ) throws(TextFileError) -> String {
        switch object[field] {
        case let text as String: return text
        case let number as NSNumber: return number.stringValue
        case nil: throw TextFileError(file: path, line: line, problem: "the field \"\(field)\" is missing")
        default: throw TextFileError(file: path, line: line, problem: "the field \"\(field)\" is not a string")
        }
    }
}
