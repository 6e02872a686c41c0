import CEngine
import Foundation
import Mathematics
import NotebookProtocol
import PyBridge

/// Tells the program of a variable. Calls of it are written by the engine.
public func __reportVariable<Value>(_ name: String, _ value: Value) {
    var seen = Set<UnsafeRawPointer>()
    let bytes = MemoryLayout<Value>.size + referredBytes(value, depth: 0, seen: &seen)
    NotebookContext.current.report(
        .variable(name: name, type: shortTypeName(String(reflecting: type(of: value))), size: bytes, summary: summary(value)))
}

/// Tells the program of the names that Python cells have left.
func __reportPythonVariables() {
    guard PythonFork.isPythonRunning else { return }
    let code = """
        import types as __types, sys as __sys
        [(n, type(v).__name__, int(getattr(v, 'nbytes', 0) or __sys.getsizeof(v, 0)), repr(v)[:200])
         for n, v in list(globals().items()) if not n.startswith('_') and not isinstance(v, __types.ModuleType)]
        """
    guard let list = try? Python.run(source: code, file: "variables"), let entries = try? [PythonObject](list) else { return }
    for entry in entries {
        guard let name = try? String(entry[0]), let type = try? String(entry[1]), let size = try? Int(entry[2]),
            let text = try? String(entry[3])
        else { continue }
        NotebookContext.current.report(
            .variable(name: "python." + name, type: type, size: size, summary: oneLine(text)))
    }
}

private func summary<Value>(_ value: Value) -> String {
    let mirror = Mirror(reflecting: value)
    // The whole text of a large value is not worth its time.
    if mirror.displayStyle == .collection, mirror.children.count > 20 { return "\(mirror.children.count) elements" }
    if mirror.displayStyle == .dictionary || mirror.displayStyle == .set, mirror.children.count > 20 {
        return "\(mirror.children.count) entries"
    }
    if let text = value as? String { return oneLine(String(text.prefix(80)).debugDescription) }
    return oneLine(withoutCellModules(representation(of: value)[MimeBundle.plainText] ?? ""))
}

private func oneLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    return line.count > 80 ? line.prefix(79) + "…" : line
}

private func withoutCellModules(_ text: String) -> String {
    text.replacingOccurrences(of: #"\bCell[0-9]+\."#, with: "", options: .regularExpression)
}

/// A type's name without the modules that cells become, and without Swift's own.
private func shortTypeName(_ name: String) -> String {
    name.replacingOccurrences(of: #"\b(Cell[0-9]+|Swift|Foundation|Mathematics|FoundationEssentials)\."#, with: "", options: .regularExpression)
}

/// The heap bytes that a value refers to. What many variables share is counted for each of them.
private func referredBytes(_ value: Any, depth: Int, seen: inout Set<UnsafeRawPointer>) -> Int {
    if let sized = value as? any SizedByElements { return sized.elementBytes }
    if let text = value as? String { return text.utf8.count > 15 ? text.utf8.count + 32 : 0 }
    guard depth < 6 else { return 0 }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .collection, .set, .dictionary:
        let count = mirror.children.count
        guard count > 0 else { return 0 }
        // A few elements speak for the rest.
        let sampled = min(count, 64)
        var bytes = 0
        for child in mirror.children.prefix(sampled) {
            bytes += inlineBytes(child.value) + referredBytes(child.value, depth: depth + 1, seen: &seen)
        }
        return 32 + bytes * count / sampled
    case .class:
        let place = UnsafeRawPointer(Unmanaged.passUnretained(value as AnyObject).toOpaque())
        guard seen.insert(place).inserted else { return 0 }
        var bytes = ce_allocated_size(place)
        for child in mirror.children { bytes += referredBytes(child.value, depth: depth + 1, seen: &seen) }
        return bytes
    default:
        return mirror.children.reduce(0) { $0 + referredBytes($1.value, depth: depth + 1, seen: &seen) }
    }
}

private func inlineBytes(_ value: Any) -> Int {
    func stride<Value>(_ value: Value) -> Int { MemoryLayout<Value>.stride }
    return _openExistential(value, do: stride)
}

/// A value whose bytes follow from its count.
private protocol SizedByElements { var elementBytes: Int { get } }

extension DenseVector: SizedByElements { fileprivate var elementBytes: Int { count * MemoryLayout<Scalar>.stride } }
extension DenseMatrix: SizedByElements { fileprivate var elementBytes: Int { count * MemoryLayout<Scalar>.stride } }
