import DeepLearning
import Foundation
import Mathematics
import Testing

struct SafetensorsTests {
    struct Model: Parameterized {
        var table: Tensor<Float>
        var layers: [Linear<Float>]
        var positions: Tensor<Float>
        var head: Linear<Float>?
        var scales: (Tensor<Float>, Tensor<Float>)

        mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
            try body(&table)
            try layers.forEachParameter(body)
            try head.forEachParameter(body)
            try body(&scales.0)
            try body(&scales.1)
        }

        init(seed: UInt64) {
            var generator = Philox(seed: seed)
            table = .randomNormal([5, 3], using: &generator)
            layers = (0..<2).map { Linear(inputs: 3, outputs: 3, hasBias: $0 == 0, using: &generator) }
            positions = .zeros([4, 3])
            head = Linear(inputs: 3, outputs: 5, using: &generator)
            scales = (.ones([3]), Tensor(0.5))
        }
    }

    struct Disordered: Parameterized {
        var first: Tensor<Float> = [1]
        var second: Tensor<Float> = [2]
        mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
            try body(&second)
            try body(&first)
        }
    }

    final class Box { var tensor: Tensor<Float> = [1] }
    struct Hidden: Parameterized {
        var box = Box()
        mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows { try body(&box.tensor) }
    }

    static func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
    }

    @Test func namesComeFromTheStructure() throws {
        #expect(try Model(seed: 1).parameterNames() == [
            "table", "layers.0.weight", "layers.0.bias", "layers.1.weight", "head.weight", "head.bias", "scales.0",
            "scales.1",
        ])
        #expect(Model(seed: 1).namesOfUnvisitedTensors() == ["positions"])
        #expect(try ([1, 2] as Tensor<Float>).parameterNames() == ["parameter"])
        #expect(throws: ParameterNameError.visitedOutOfOrder(model: "Disordered", name: "first", before: "second")) {
            try Disordered().parameterNames()
        }
        #expect(throws: ParameterNameError.notStored(model: "Hidden", index: 0, shape: [1])) {
            try Hidden().parameterNames()
        }
    }

    @Test func aModelComesBackBitByBit() throws {
        let path = Self.temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = Model(seed: 1)
        try model.save(to: path, metadata: ["step": "12", "note": "a \"quoted\"\nline"])
        var other = Model(seed: 2)
        #expect(other.table != model.table)
        try other.load(from: path)
        #expect(other.parameters == model.parameters)
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata == ["step": "12", "note": "a \"quoted\"\nline"])
        #expect(file.entry("layers.0.weight")?.shape == [3, 3])
        #expect(file.entries.map(\.name) == (try model.parameterNames()))
        #expect(try file.tensor("table", as: Double.self) == Tensor<Double>(model.table))
    }

    /// The bytes that Python's package writes, in hexadecimal:
    ///
    /// ```python
    /// import torch, safetensors.torch as s
    /// t = torch.tensor([[1.5, -2.0, 65504.0], [0.1, 3e-8, float('inf')]])
    /// print(s.save({'half': t.half(), 'brain': t.bfloat16(), 'single': t, 'double': t.double(), 'index': torch.tensor([7])}).hex())
    /// ```
    @Test func readsWhatPythonWrites() throws {
        let file = try SafetensorsFile(data: Self.pythonFile, file: "python")
        let exact: [Float] = [1.5, -2, 65504, 0.1, 3e-8, .infinity]
        #expect(try file.tensor("single", as: Float.self).scalars == exact)
        #expect(try file.tensor("double", as: Double.self).scalars == exact.map(Double.init))
        // t.half().double().flatten().tolist(), t.bfloat16().double().flatten().tolist()
        #expect(try file.tensor("half", as: Double.self).scalars == [
            1.5, -2.0, 65504.0, 0.0999755859375, 5.960464477539063e-08, .infinity,
        ])
        #expect(try file.tensor("brain", as: Double.self).scalars == [
            1.5, -2.0, 65536.0, 0.10009765625, 3.003515303134918e-08, .infinity,
        ])
        #expect(try file.tensor("half", as: Float.self).shape == [2, 3])
        #expect(throws: SafetensorsError.elementType(file: "python", tensor: "index", found: "I64")) {
            try file.tensor("index", as: Float.self)
        }
    }

    @Test func errorsNameFileTensorAndShape() throws {
        let path = Self.temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var model = Model(seed: 1)
        try model.save(to: path)
        var larger = model
        larger.head = nil
        #expect(throws: SafetensorsError.unusedTensor(file: path, tensor: "head.weight", shape: [3, 5])) {
            try larger.load(from: path)
        }
        try larger.load(from: path, ignoringUnusedTensors: true)
        larger.table = .zeros([6, 3])
        #expect(throws: SafetensorsError.shape(file: path, tensor: "table", found: [5, 3], expected: [6, 3])) {
            try larger.load(from: path)
        }
        model.layers.append(Linear(weight: .zeros([2, 2])))
        let before = model.parameters
        #expect(throws: SafetensorsError.missingTensor(file: path, tensor: "layers.2.weight", shape: [2, 2])) {
            try model.load(from: path)
        }
        #expect(model.parameters == before)
        #expect(throws: SafetensorsError.unreadable(file: "/nowhere/x", reason: "missing or unreadable")) {
            try SafetensorsFile(path: "/nowhere/x")
        }
        #expect(throws: SafetensorsError.unreadable(file: "/nowhere/x", reason: "cannot be written")) {
            try model.save(to: "/nowhere/x")
        }
    }

    @Test(arguments: [
        "", "12345", "\u{ff}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{}",
        file("[]"), file(#"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, 4),
        file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
        file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3),
        file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
        file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8),
        file(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
        file(#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, 4),
        file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#, 6),
    ])
    func brokenFilesAreErrors(text: String) {
        let data = Data(text.unicodeScalars.map { UInt8($0.value) })
        #expect {
            try SafetensorsFile(data: data, file: "broken")
        } throws: {
            guard case .malformed(let file, _, _, _) = $0 as? SafetensorsError else { return false }
            return file == "broken"
        }
    }

    static func file(_ header: String, _ bytes: Int = 0) -> String {
        let length = header.unicodeScalars.count
        return "\(Character(Unicode.Scalar(UInt8(length))))\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}" + header
            + String(repeating: "\u{1}", count: bytes)
    }

    static let pythonFile: Data = {
        let text = """
            30010000000000007b22696e646578223a7b226474797065223a22493634222c227368617065223a5b315d2c22646174615f
            6f666673657473223a5b302c385d7d2c22646f75626c65223a7b226474797065223a22463634222c227368617065223a5b32
            2c335d2c22646174615f6f666673657473223a5b382c35365d7d2c2273696e676c65223a7b226474797065223a2246333222
            2c227368617065223a5b322c335d2c22646174615f6f666673657473223a5b35362c38305d7d2c22627261696e223a7b2264
            74797065223a2242463136222c227368617065223a5b322c335d2c22646174615f6f666673657473223a5b38302c39325d7d
            2c2268616c66223a7b226474797065223a22463136222c227368617065223a5b322c335d2c22646174615f6f666673657473
            223a5b39322c3130345d7d7d0700000000000000000000000000f83f00000000000000c00000000000fcef40000000a09999
            b93f000000202b1b603e000000000000f07f0000c03f000000c000e07f47cdcccc3d59d900330000807fc03f00c08047cd3d
            0133807f003e00c0ff7b662e0100007c
            """.filter { !$0.isNewline }
        let digits = text.compactMap(\.hexDigitValue)
        return Data(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
    }()
}
