import Foundation
import NotebookProtocol

/// A run as the gallery found it in its folder.
public struct GalleryEntry: Sendable {
    public enum Content: Sendable {
        case run(RunRecord)
        /// The record could not be read, and why.
        case broken(reason: String)
    }

    /// The folder's name, which is the page's address.
    public let name: String
    public let content: Content
    /// The files beside the record, with their sizes in bytes.
    let files: [String: Int]

    public var run: RunRecord? {
        if case .run(let run) = content { run } else { nil }
    }

    /// An entry without a folder.
    init(name: String, content: Content) {
        self.name = name
        self.content = content
        files = [:]
    }

    /// Reads a folder; `nil` when it holds no record.
    init?(folder: String, name: String) {
        let path = "\(folder)/run.json"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        self.name = name
        do {
            content = .run(try JSONDecoder().decode(RunRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path))))
        } catch let error as DecodingError {
            content = .broken(reason: "run.json is not a run's record: \(Self.words(for: error))")
        } catch {
            content = .broken(reason: "run.json cannot be read: \(error.localizedDescription)")
        }
        var files: [String: Int] = [:]
        for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
            files[file] = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        }
        self.files = files
    }

    private static func words(for error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
            return keys.isEmpty ? "" : " at \(keys.joined(separator: "."))"
        }
        return switch error {
        case .keyNotFound(let key, let context): "the key '\(key.stringValue)' is missing\(place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "a value has another type\(place(context))"
        case .dataCorrupted(let context): "\(context.debugDescription)\(place(context))"
        @unknown default: "\(error)"
        }
    }

    static func precedes(_ left: GalleryEntry, _ right: GalleryEntry) -> Bool {
        (left.sortKey, left.name) < (right.sortKey, right.name)
    }

    /// Fields in alphabetical order, notebooks without a field after them, broken records last.
    private var sortKey: String {
        guard let run else { return "2" }
        return (run.field.map { "0\($0)" } ?? "1") + "\u{1}" + run.title.lowercased()
    }
}

extension GalleryEntry {
    /// SVGs above this size are slow to draw as one card of many.
    private static let largestSVG = 1_500_000

    /// The file to show for a figure: SVG unless it is very large, otherwise PNG. Only names of files that are in the run's folder.
    func image(of figure: FigureRecord) -> String? {
        let files = figure.files.filter { self.files[$0] != nil && !$0.contains("/") }
        let vector = files.first { $0.lowercased().hasSuffix(".svg") }
        let pixels = files.first { name in [".png", ".jpg", ".jpeg", ".webp"].contains { name.lowercased().hasSuffix($0) } }
        if let vector, pixels == nil || (self.files[vector] ?? 0) <= Self.largestSVG { return vector }
        return pixels
    }

    /// The figure that stands for the notebook: the first that shows no measured time, else the first.
    var leadingFigure: (figure: FigureRecord, file: String)? {
        let figures = (run?.figures ?? []).compactMap { figure in image(of: figure).map { (figure: figure, file: $0) } }
        return figures.first { !$0.figure.isTiming } ?? figures.first
    }
}
