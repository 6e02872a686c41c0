import Foundation

/// What a worker wrote about the signal that ended it.
struct CrashReport {
    struct Frame {
        var image: String
        /// The place in the image.
        var offset: UInt
    }

    let signal: Int32
    let frames: [Frame]
    /// The address that could not be reached lies at the end of the stack.
    let isStackExhausted: Bool
    /// The process's private memory in bytes.
    let memory: Int?

    /// Reads the lines that CEngine's crash.c writes; nil when there are none.
    init?(_ bytes: [UInt8]) {
        var signal: Int32?
        var frames: [Frame] = []
        var isStackExhausted = false
        var memory: Int?
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 3)
            if fields.first == "signal", fields.count > 1 {
                signal = Int32(fields[1])
            } else if fields.first == "memory", fields.count > 1 {
                memory = Int(fields[1])
            } else if fields.first == "stack" {
                isStackExhausted = true
            } else if fields.first == "frame", fields.count == 4, let address = CrashReport.number(fields[1]),
                let base = CrashReport.number(fields[2])
            {
                // A return address may be the next line's: the call lies before it. Only the place of a signal is
                // none.
                let isCall = !frames.isEmpty || signal == 0
                frames.append(Frame(image: String(fields[3]), offset: address - base - (isCall ? 1 : 0)))
            }
        }
        guard let signal else { return nil }
        self.signal = signal
        self.frames = frames
        self.isStackExhausted = isStackExhausted
        self.memory = memory
    }

    private static func number(_ text: Substring) -> UInt? { UInt(text.dropFirst(2), radix: 16) }

    /// The frames that belong to the notebook, innermost first, and the runtime's reason: in optimised code a
    /// failed check prints nothing, and its message stands in the debug information alone.
    ///
    /// - Parameter cells: The files of the cells by their libraries' paths.
    func trace(cells: [String: String], symbolizer: String) -> (reason: String?, frames: [NotebookFrame]) {
        var symbols: [String: [UInt: [[String: Any]]]] = [:]
        for (image, frames) in Dictionary(grouping: frames.filter { cells[$0.image] != nil }, by: \.image) {
            let offsets = Set(frames.map(\.offset)).sorted()
            let arguments = ["--obj=\(image)", "--output-style=JSON"] + offsets.map { "0x" + String($0, radix: 16) }
            guard let result = try? run(symbolizer, arguments), result.status == 0,
                let answer = try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
            else { continue }
            for (offset, entry) in zip(offsets, answer) {
                symbols[image, default: [:]][offset] = entry["Symbol"] as? [[String: Any]]
            }
        }
        var found: [NotebookFrame] = []
        var reason: String?
        for frame in frames {
            guard let cell = cells[frame.image] else { continue }
            for symbol in symbols[frame.image]?[frame.offset] ?? [] {
                let function = symbol["FunctionName"] as? String ?? ""
                let mark = "Swift runtime failure: "
                if function.hasPrefix(mark), frame.offset == frames.first?.offset {
                    reason = String(function.dropFirst(mark.count))
                }
                guard let line = symbol["Line"] as? Int, line > 0, let file = symbol["FileName"] as? String,
                    CrashReport.isNotebook(file)
                else { continue }
                // What a cell took in from an earlier one keeps that one's name.
                let own = (file as NSString).lastPathComponent
                let place = cells.values.first { ($0 as NSString).lastPathComponent == own } ?? cell
                found.append(NotebookFrame(function: demangled(function), file: place, line: line))
            }
        }
        return (reason, found)
    }

    /// Code that the compiler took in from a library keeps that library's file. The top level itself is noted
    /// under the file that the compiler read, with the notebook's line.
    private static func isNotebook(_ file: String) -> Bool {
        if file.contains("/cells/making-"), file.hasSuffix("/main.swift") { return true }
        return !file.hasSuffix(".swift") && !file.hasSuffix("<compiler-generated>")
    }
}

/// A place in a notebook that was being executed.
public struct NotebookFrame: Sendable, Equatable {
    public var function: String
    /// The notebook, or the cell's name in an interactive session.
    public var file: String
    public var line: Int
}

/// A symbol's Swift name without the names of the cells' modules.
func demangled(_ symbol: String) -> String {
    if symbol.hasPrefix("cell"), symbol.hasSuffix("_main") { return "top level" }
    if symbol.isEmpty { return "closure" }
    guard let pointer = swiftDemangle(symbol, symbol.utf8.count, nil, nil, 0) else { return symbol }
    defer { free(pointer) }
    return withoutCellModules(String(cString: pointer)).replacingOccurrences(of: "Swift.", with: "")
}

/// A name as the notebook's author knows it: the modules that cells become are the engine's own matter.
func withoutCellModules(_ name: String) -> String {
    name.replacingOccurrences(of: #"\bCell[0-9]+\."#, with: "", options: .regularExpression)
        .replacingOccurrences(of: #" in Cell[0-9]+$"#, with: "", options: .regularExpression)
}

@_silgen_name("swift_demangle")
private func swiftDemangle(
    _ name: UnsafePointer<CChar>, _ length: Int, _ output: UnsafeMutablePointer<CChar>?,
    _ outputSize: UnsafeMutablePointer<Int>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?
