import Foundation
import Mathematics
import Testing

/// The content of a file with a header and hexadecimal bytes behind it.
private func npy(_ header: String, _ hex: String, version: UInt8 = 1) -> Data {
    var data = Data([0x93] + "NUMPY".utf8 + [version, 0])
    let length = header.utf8.count
    data.append(contentsOf: version == 1 ? [UInt8(length), 0] : [UInt8(length), 0, 0, 0])
    data.append(contentsOf: header.utf8)
    let digits = Array(hex.utf8)
    for index in stride(from: 0, to: digits.count, by: 2) {
        data.append(UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) ?? 0)
    }
    return data
}

@Suite struct NumPyFileTests {
    /// The bytes are those of numpy.array(values, type).tobytes().hex().
    @Test(arguments: [
        ("<f8", "000000000000f83f00000000000000c0", [1.5, -2]), (">f4", "3fc00000c0000000", [1.5, -2]),
        ("<f2", "003e00c0", [1.5, -2]), ("<i2", "2c01feff", [300, -2]), (">i8", "000000000000012cfffffffffffffffe", [300, -2]),
        ("|u1", "07ff", [7, 255]), ("|i1", "07ff", [7, -1]), ("|b1", "0001", [0, 1]), ("<u4", "2c010000ffffffff", [300, 4_294_967_295]),
    ] as [(String, String, [Double])])
    func elementTypesAreRead(_ type: String, _ hex: String, _ values: [Double]) throws {
        let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (2,), }\n"
        for version in [UInt8(1), 2, 3] {
            let file = try NumPyFile(data: npy(header, hex, version: version), file: "array")
            #expect(file.shape == [2] && file.elementType == type && Array(file.values) == values)
        }
    }

    /// numpy.asfortranarray(numpy.arange(6, dtype="u1").reshape(2, 3)) has the bytes 0 3 1 4 2 5.
    @Test func columnMajorFilesAreTurned() throws {
        let rows = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }"
        let columns = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }"
        let expected: Matrix = [[0, 1, 2], [3, 4, 5]]
        #expect(try NumPyFile(data: npy(rows, "000102030405"), file: "a").matrix() == expected)
        #expect(try NumPyFile(data: npy(columns, "000301040205"), file: "a").matrix() == expected)
        // numpy.asfortranarray(numpy.arange(8, dtype="u1").reshape(2, 2, 2)).tobytes("F")
        let cube = try NumPyFile(
            data: npy("{\"descr\": \"|u1\", \"fortran_order\": True, \"shape\": (2, 2, 2)}", "0004020601050307"), file: "a")
        #expect(Array(cube.values) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(throws: DataFileError.self) { try cube.matrix() }
    }

    @Test func writtenFilesAreReadBack() throws {
        let values: Vector = [1, -0.5, 3e-300, 4, 5, 6]
        for shape in [[6], [2, 3], [1, 6, 1]] {
            let data = NumPyFile.data(values, shape: shape)
            let file = try NumPyFile(data: data, file: "array")
            #expect(file.shape == shape && file.values == values)
            #expect((data.count - 48) % 64 == 0)
        }
    }

    @Test(arguments: [
        (Data([1, 2, 3]), "magic number"), (npy("{}", "", version: 9), "version"),
        (npy("{'fortran_order': False, 'shape': (1,)}", "00"), "descr"),
        (npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "0000000000000000"), "descr"),
        (npy("{'descr': '<f4', 'shape': (1,)}", "00000000"), "fortran_order"),
        (npy("{'descr': '<f4', 'fortran_order': False}", "00000000"), "shape"),
        (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "00000000"), "number of bytes"),
        (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}", ""), "size of dimension 0"),
        (Data([0x93] + "NUMPY".utf8 + [1, 0, 255, 0]), "header length"),
    ] as [(Data, String)])
    func errorsNameFileAndField(_ data: Data, _ place: String) {
        let error = #expect(throws: DataFileError.self) { _ = try NumPyFile(data: data, file: "array") }
        #expect(error?.file == "array" && error?.place == place)
        #expect(throws: DataFileError.self) { _ = try NumPyFile(path: "/no/such.npy") }
    }
}
