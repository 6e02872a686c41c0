import Foundation
import PyBridge
import Testing

extension PyBridgeTests {
    @Suite struct CellTests {
        @Test func theInterpreterIsTheSystemsOwn() throws {
            #expect(try Python.version.hasPrefix("3."))
            let sys = try Python.import("sys")
            #expect(try String(sys.prefix) == "/usr")
            // What that interpreter says of itself, asked in a process of its own.
            let output = Pipe()
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try Python.executable)
            process.arguments = ["-c", "import sys, platform; print(platform.python_version(), sys.prefix)"]
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(text == "\(try Python.version) /usr\n")
        }

        /// In a process of its own: elsewhere another test may change signals at the same time (Cbc does while it solves).
        @Test func signalsStaySwifts() async {
            await #expect(processExitsWith: .success) {
                try Python.run(source: "import signal, subprocess, asyncio")
                var action = sigaction()
                #expect(sigaction(SIGINT, nil, &action) == 0)
                let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                #expect(handler == 0 || handler == 1)  // the default, or ignored as in a shell's background job
            }
        }

        @Test func namesPersistAndTheLastExpressionIsTheValue() throws {
            #expect(try Python.run(source: "kept_a = 4\nkept_b = kept_a + 1") == nil)
            #expect(try Int(Python.run(source: "kept_a * kept_b")!) == 20)
            #expect(try Python.run(source: "kept_a;") == nil)
            #expect(try Python.run(source: "kept_a;  # not shown\n\n") == nil)
            #expect(try String(Python.run(source: "'a;'")!) == "a;")
            #expect(try Python.run(source: "None") == nil)
            #expect(try Python.run(source: "") == nil)
            #expect(try Python.run(source: "# only a comment") == nil)
            #expect(try Int(Python.run(source: "def f():\n    return kept_a\nf()")!) == 4)
            #expect(try Int(Python.main.kept_a) == 4)
            #expect(try String(Python.main.getAttribute("__name__")) == "__main__")
            #expect(throws: PythonError.self) { try Python.run(source: "1", firstLine: 0) }
        }

        @Test func publishesBothWays() throws {
            try Python.publish([1.0, 2.0, 4.0], as: "from_swift")
            #expect(try Double(Python.run(source: "from_swift.sum()")!) == 7)
            #expect(try String(Python.run(source: "type(from_swift).__name__")!) == "ndarray")
            try Python.run(source: "to_swift = {'a': 1}")
            #expect(try [String: Int](Python.published("to_swift")) == ["a": 1])
            #expect(throws: PythonError.self) { try Python.published("never_published") }
            let error = #expect(throws: PythonError.self) { try Python.publish(1, as: "no name") }
            #expect(error?.message == "name: expected a Python identifier, got \"no name\"")
            #expect(throws: PythonError.self) { try Python.publish(1, as: "") }
        }

        /// A process of its own, whose output can be read.
        @Test func outputKeepsItsOrder() throws {
            let temporary = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            _ = FileManager.default.createFile(atPath: temporary.path, contents: nil)
            defer { try? FileManager.default.removeItem(at: temporary) }
            _ = try Python.version
            let file = try FileHandle(forWritingTo: temporary)
            fflush(nil)
            let saved = dup(1)
            dup2(file.fileDescriptor, 1)
            defer {
                fflush(nil)
                dup2(saved, 1)
                close(saved)
            }
            // The file makes C's stdout buffer in blocks: Python must flush it before it writes.
            let result = Result {
                print("marker-swift-1")
                try Python.run(source: "print('marker-python-2')")
                print("marker-swift-3")
                try Python.run(source: "print('marker-python-4', end='')\nimport os; size = os.fstat(1).st_size")
            }
            fflush(nil)
            try result.get()
            let text = try String(contentsOf: temporary, encoding: .utf8)
            let markers = text.components(separatedBy: "marker-").dropFirst().map { $0.prefix { $0 != "\n" }.prefix(8) }
            #expect(markers.map(String.init).prefix(4) == ["swift-1", "python-2", "swift-3", "python-4"])
            // And what has no line end is not held back.
            #expect(try Int(Python.published("size")) >= text.utf8.count - 1 - "marker-python-4".utf8.count)
        }
    }
}
