import Foundation
import NotebookEngine
import NotebookJupyter
import Testing

@Suite struct KernelSpecificationTests {
    @Test func installsAndRemoves() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let location = KernelSpecification.Location.prefix(folder.path)
        let specification = try KernelSpecification(program: "/somewhere/repl-kit", environment: ["A": "b"])
        for _ in 0..<2 {
            let installed = try specification.install(in: location)
            #expect(installed == folder.path + "/share/jupyter/kernels/repl-kit")
            let json = try JSONValue(parsing: Data(contentsOf: URL(fileURLWithPath: installed + "/kernel.json")))
            #expect(json["argv"] == ["/somewhere/repl-kit", "kernel", "--connection-file", "{connection_file}"])
            #expect(json["language"] == "swift")
            #expect(json["interrupt_mode"] == "message")
            #expect(json["env"] == ["A": "b"])
            #expect(json["metadata"]?["supported_encryption"] == "curve")
            for size in [32, 64] {
                let png = try Data(contentsOf: URL(fileURLWithPath: installed + "/logo-\(size)x\(size).png"))
                // The signature, and the width and height in the header.
                #expect(png.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
                #expect(png[19] == size)
                #expect(png[23] == size)
            }
            #expect(FileManager.default.fileExists(atPath: installed + "/logo-svg.svg"))
        }
        #expect(throws: KernelSpecificationError.self) { try KernelSpecification.uninstall(name: "other", from: location) }
        #expect(throws: Never.self) { try KernelSpecification.uninstall(name: "repl-kit", from: location) }
        #expect(throws: KernelSpecificationError.self) { try KernelSpecification.uninstall(name: "repl-kit", from: location) }
    }

    @Test func anotherProgramsKernelStays() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let kernel = folder.appendingPathComponent("share/jupyter/kernels/python3")
        try FileManager.default.createDirectory(at: kernel, withIntermediateDirectories: true)
        try Data(#"{"argv": ["python", "-m", "ipykernel_launcher"]}"#.utf8).write(to: kernel.appendingPathComponent("kernel.json"))
        #expect(throws: KernelSpecificationError.self) { try KernelSpecification.uninstall(name: "python3", from: .prefix(folder.path)) }
        #expect(FileManager.default.fileExists(atPath: kernel.path))
    }

    @Test func foldersFollowJupytersRules() throws {
        typealias Location = KernelSpecification.Location
        #expect(try Location.user.kernelsFolder(environment: ["HOME": "/h"]) == "/h/.local/share/jupyter/kernels")
        #expect(try Location.user.kernelsFolder(environment: ["HOME": "/h", "XDG_DATA_HOME": "/x"]) == "/x/jupyter/kernels")
        #expect(try Location.user.kernelsFolder(environment: ["XDG_DATA_HOME": "/x", "JUPYTER_DATA_DIR": "/j"]) == "/j/kernels")
        #expect(try Location.systemPrefix.kernelsFolder(environment: ["VIRTUAL_ENV": "/v"]) == "/v/share/jupyter/kernels")
        #expect(try Location.systemPrefix.kernelsFolder(environment: ["CONDA_PREFIX": "/c"]) == "/c/share/jupyter/kernels")
        #expect(throws: KernelSpecificationError.self) { try Location.systemPrefix.kernelsFolder(environment: ["PATH": "/nowhere"]) }
    }

    @Test(arguments: ["", ".", "../x", "a b", "a/b", "ä"]) func namesThatAreNone(name: String) {
        #expect(throws: KernelSpecificationError.self) { try KernelSpecification(name: name, program: "/p") }
        #expect(throws: KernelSpecificationError.self) { try KernelSpecification.uninstall(name: name, from: .prefix("/nowhere")) }
    }
}

@Suite struct InjectedParametersTests {
    /// What papermill 2.7.0 writes for `-p a 3 -p b 1.5 -p c text -p d True -p e None` and a list, with `--language python`.
    @Test func readsWhatPapermillWrites() throws {
        let cell = "# Parameters\na = 3\nb = 1.5\nc = \"te\\\"xt \\xe9 \\U0001f389\"\nd = True\ne = None\nf = [1, True]\ng = -2\n"
        let parameters = try #require(try InjectedParameters(cell: cell))
        #expect(parameters.values.map(\.name) == ["a", "b", "c", "d", "e", "f", "g"])
        #expect(parameters.values.map(\.value) == ["3", "1.5", "te\"xt é 🎉", "true", "nil", "[1, true]", "-2"])
    }

    @Test(arguments: ["let a = 1", "", "// Parameters\nlet a = 1", "#if DEBUG\nlet a = 1\n#endif", "# Parameters\nprint(1)", "print(\"# x\")\na = 1"])
    func otherCellsAreLeftAlone(cell: String) throws {
        #expect(try InjectedParameters(cell: cell) == nil)
    }

    @Test func valuesWithoutACounterpartAreRefused() {
        #expect(throws: ParameterError.self) { try InjectedParameters(cell: "# Parameters\na = {\"k\": 1}") }
        #expect(throws: ParameterError.self) { try InjectedParameters(cell: "# Parameters\na = float('nan')") }
    }
}
