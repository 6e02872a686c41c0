import Foundation

/// A file of named tensors in the safetensors format: eight bytes of header length (little-endian), a JSON header
/// with each tensor's type, shape and place, then the numbers, little-endian, row-major, without gaps
/// (https://huggingface.co/docs/safetensors).
///
/// ```swift
/// let file = try SafetensorsFile(path: "model.safetensors")
/// let weight: Tensor<Float> = try file.tensor("layers.0.weight")
/// ```
public struct SafetensorsFile: Sendable {
    /// One tensor's description.
    public struct Entry: Sendable, Equatable {
        public let name: String
        /// The type of the elements as the format names it: "F32", "BF16", "I64", …
        public let elementType: String
        public let shape: [Int]
        /// Where its bytes are behind the header.
        let range: Range<Int>
    }

    /// The file's path.
    public let path: String
    /// The tensors in the order of their bytes.
    public let entries: [Entry]
    /// The header's free text.
    public let metadata: [String: String]
    private let bytes: Data
    private let places: [String: Int]

    private static let sizes = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4,
        "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8,
    ]

    /// Opens a file; its numbers are read when they are asked for.
    ///
    /// - Throws: `SafetensorsError` that names the file, the field, its value and what was expected.
    public init(path: String) throws(SafetensorsError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw .unreadable(file: path, reason: "missing or unreadable")
        }
        try self.init(data: data, file: path)
    }

    /// Parses the content of a file.
    public init(data: Data, file: String) throws(SafetensorsError) {
        func malformed(_ field: String, _ value: String, _ expected: String) -> SafetensorsError {
            .malformed(file: file, field: field, value: value, expected: expected)
        }
        guard data.count >= 8 else { throw malformed("length", "\(data.count) bytes", "at least 8 bytes of header length") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(data.count - 8) else {
            throw malformed("header length", "\(length)", "at most the \(data.count - 8) bytes that follow")
        }
        let start = data.startIndex + 8 + Int(length)
        let object = try? JSONSerialization.jsonObject(with: data[data.startIndex + 8..<start])
        guard let header = object as? [String: Any] else { throw malformed("header", "not a JSON object", "a JSON object") }
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        for (name, value) in header {
            guard let fields = value as? [String: Any] else { throw malformed(name, "\(value)", "an object") }
            if name == "__metadata__" {
                metadata = fields.compactMapValues { $0 as? String }
                continue
            }
            guard let type = fields["dtype"] as? String, let size = Self.sizes[type] else {
                throw malformed("\(name).dtype", "\(fields["dtype"] ?? "missing")", "a type of the format")
            }
            guard let shape = fields["shape"] as? [Int], shape.allSatisfy({ $0 >= 0 }) else {
                throw malformed("\(name).shape", "\(fields["shape"] ?? "missing")", "a list of sizes")
            }
            guard let offsets = fields["data_offsets"] as? [Int], offsets.count == 2, 0 <= offsets[0],
                offsets[0] <= offsets[1], offsets[1] <= data.endIndex - start
            else {
                throw malformed(
                    "\(name).data_offsets", "\(fields["data_offsets"] ?? "missing")",
                    "two places in the \(data.endIndex - start) bytes behind the header")
            }
            var count = size
            for side in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: side)
                if overflow { throw malformed("\(name).shape", "\(shape)", "a tensor that fits in memory") }
                count = product
            }
            guard count == offsets[1] - offsets[0] else {
                throw malformed("\(name).data_offsets", "\(offsets)", "\(count) bytes, for \(type) of the shape \(shape)")
            }
            entries.append(Entry(name: name, elementType: type, shape: shape, range: offsets[0]..<offsets[1]))
        }
        entries.sort { ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name) }
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                throw malformed("\(entry.name).data_offsets", "\(entry.range)", "a start at \(end), without gap or overlap")
            }
            end = entry.range.upperBound
        }
        guard end == data.endIndex - start else {
            throw malformed("length", "\(data.endIndex - start) bytes of numbers", "\(end), the end of the last tensor")
        }
        path = file
        self.entries = entries
        self.metadata = metadata
        bytes = data[start...]
        places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// The description of a tensor; nil where there is none of the name.
    public func entry(_ name: String) -> Entry? { places[name].map { entries[$0] } }

    /// A tensor of floating-point numbers, converted to the wanted precision from F64, F32, F16 or BF16.
    public func tensor<S: TensorScalar>(_ name: String, as type: S.Type = S.self) throws(SafetensorsError) -> Tensor<S> {
        guard let entry = entry(name) else { throw .missingTensor(file: path, tensor: name, shape: nil) }
        guard entry.shape.count <= TensorShape.maximumRank, entry.shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
            throw .malformed(
                file: path, field: "\(name).shape", value: "\(entry.shape)",
                expected: "at most \(TensorShape.maximumRank) axes of at most \(Int32.max)")
        }
        let result = Tensor<S>(uninitialized: TensorShape(entry.shape))
        let target = result.pointer
        let range = bytes.startIndex + entry.range.lowerBound..<bytes.startIndex + entry.range.upperBound
        let isKnown = bytes[range].withUnsafeBytes { raw in
            switch entry.elementType {
            case "F64": convert(raw, to: target, from: UInt64.self) { S(Double(bitPattern: $0)) }
            case "F32": convert(raw, to: target, from: UInt32.self) { S(Float(bitPattern: $0)) }
            case "F16": convert(raw, to: target, from: UInt16.self) { S(Float(Float16(bitPattern: $0))) }
            case "BF16": convert(raw, to: target, from: UInt16.self) { S(Float(bitPattern: UInt32($0) << 16)) }
            default: false
            }
        }
        guard isKnown else { throw .elementType(file: path, tensor: name, found: entry.elementType) }
        return result
    }

    /// Writes tensors to a file, which replaces an existing one only when it is complete.
    ///
    /// - Parameters:
    ///   - tensors: with their names, which must differ; in F32 or F64, as the tensors are.
    ///   - metadata: free text for the header.
    ///   - path: of the file to write; one that exists is replaced.
    /// - Throws: `SafetensorsError` if the file cannot be written or two names are equal.
    public static func write<S: TensorScalar>(
        _ tensors: [(name: String, tensor: Tensor<S>)], metadata: [String: String] = [:], to path: String
    ) throws(SafetensorsError) {
        var names: Set<String> = ["__metadata__"]
        var offset = 0
        var fields: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            fields.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        let size = MemoryLayout<S>.size
        for (name, tensor) in tensors {
            guard names.insert(name).inserted else {
                throw .malformed(file: path, field: "name", value: name, expected: "names that differ")
            }
            let end = offset + tensor.count * size
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(quoted(name)):{\"dtype\":\"\(S.usesDoubleKernels ? "F64" : "F32")\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Array("{\(fields.joined(separator: ","))}".utf8)
        // The numbers begin at a multiple of eight.
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        var data = Data(capacity: 8 + header.count + offset)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header)
        for (_, tensor) in tensors {
            // Every machine that this runs on is little-endian.
            tensor.withUnsafeScalars { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
        }
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .unreadable(file: path, reason: "cannot be written")
        }
    }

    /// A string in JSON.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}":
                let code = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

@inline(__always)
private func convert<S, B: FixedWidthInteger>(
    _ raw: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<S>, from: B.Type, _ number: (B) -> S
) -> Bool {
    let width = MemoryLayout<B>.size
    for index in 0..<raw.count / width {
        target[index] = number(B(littleEndian: raw.loadUnaligned(fromByteOffset: index * width, as: B.self)))
    }
    return true
}

extension Parameterized {
    /// Writes the parameters to a safetensors file under the names of the structure (see `parameterNames`).
    ///
    /// - Throws: `SafetensorsError` if they have no names or the file cannot be written.
    public func save(to path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
        let tensors: [(name: String, tensor: Tensor<Scalar>)]
        do { tensors = try namedParameters() } catch { throw .names(error) }
        try SafetensorsFile.write(tensors, metadata: metadata, to: path)
    }

    /// Reads the parameters from a safetensors file that has them under the names of the structure.
    ///
    /// The model stays as it was if anything does not fit.
    ///
    /// - Parameters:
    ///   - path: of the file to read.
    ///   - ignoringUnusedTensors: whether the file may have tensors that the model has not.
    /// - Throws: `SafetensorsError` that names the file, the tensor and the shapes.
    public mutating func load(from path: String, ignoringUnusedTensors: Bool = false) throws(SafetensorsError) {
        let named: [(name: String, tensor: Tensor<Scalar>)]
        do { named = try namedParameters() } catch { throw .names(error) }
        let file = try SafetensorsFile(path: path)
        var tensors: [Tensor<Scalar>] = []
        for (name, parameter) in named {
            guard let entry = file.entry(name) else {
                throw .missingTensor(file: path, tensor: name, shape: Array(parameter.shape))
            }
            guard entry.shape == Array(parameter.shape) else {
                throw .shape(file: path, tensor: name, found: entry.shape, expected: Array(parameter.shape))
            }
            tensors.append(try file.tensor(name))
        }
        if !ignoringUnusedTensors {
            let names = Set(named.map(\.name))
            if let unused = file.entries.first(where: { !names.contains($0.name) }) {
                throw .unusedTensor(file: path, tensor: unused.name, shape: unused.shape)
            }
        }
        self = replacingParameters(with: tensors)
    }
}
