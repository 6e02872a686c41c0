// Reads Core's sources and writes the Python module's Swift half, and its stubs.
//
//   swiftcore-generator --core Sources/Core --swift Exports.swift --stubs FOLDER

import Foundation

func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(1)
}

var options: [String: String] = [:]
var arguments = Array(CommandLine.arguments.dropFirst())
while arguments.count >= 2, arguments[0].hasPrefix("--") {
    options[String(arguments[0].dropFirst(2))] = arguments[1]
    arguments.removeFirst(2)
}
guard arguments.isEmpty, let core = options["core"], Set(options.keys).isSubset(of: ["core", "swift", "stubs"]) else {
    fail("usage: swiftcore-generator --core Sources/Core [--swift FILE] [--stubs FOLDER]")
}

do {
    let root = URL(fileURLWithPath: core)
    var files: [(path: String, module: String, shown: String)] = []
    let listing = FileManager.default.enumerator(atPath: core)
    while let name = listing?.nextObject() as? String {
        guard name.hasSuffix(".swift"), let module = name.split(separator: "/").first else { continue }
        let path = root.appendingPathComponent(name).path
        files.append((path, String(module), path))
    }
    let index = try SourceIndex(files: files)
    var exports: [Export] = []
    var errors: [GeneratorError] = []
    for (function, mark) in index.exports {
        do { exports.append(try index.export(function, mark)) } catch let error as GeneratorError {
            errors.append(error)
        }
    }
    if !errors.isEmpty { fail(errors.map(\.description).joined(separator: "\n")) }
    exports.sort { ($0.module, $0.name) < ($1.module, $1.name) }
    let emitter = try Emitter(index: index, exports: exports)
    if let path = options["swift"] {
        try Data(emitter.text().utf8).write(to: URL(fileURLWithPath: path))
    }
    if let folder = options["stubs"] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let modules = Set(exports.map(\.module)).union(emitter.tuples.map(\.module)).sorted()
        for module in modules {
            let text = PythonText.stub(
                module: module, exports: exports, tuples: emitter.tuples, modules: modules, index)
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(module).pyi"))
        }
        let package = PythonText.packageStub(modules: modules, exceptions: emitter.exceptions)
        try Data(package.utf8).write(to: URL(fileURLWithPath: "\(folder)/__init__.pyi"))
        try Data().write(to: URL(fileURLWithPath: "\(folder)/py.typed"))
    }
} catch {
    fail("\(error)")
}
