import Foundation

/// An array of bytes in the IDX format of the MNIST files.
///
/// Four bytes 0, 0, 8 (unsigned bytes) and the number of dimensions, one big-endian 32-bit size a dimension,
/// then the bytes, last dimension fastest. LeCun, Cortes and Burges, "The MNIST database of handwritten
/// digits", 1998.
public struct IDXFile: Sendable, Equatable {
    /// The sizes of the dimensions, the number of items first.
    public let shape: [Int]
    /// The bytes.
    public let bytes: [UInt8]

    /// Reads an uncompressed file.
    ///
    /// - Throws: `DataFileError` that names the file, the field, its value and what was expected.
    public init(path: String) throws(DataFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DataFileError(file: path, place: "file", value: "missing or unreadable", expected: "an IDX file")
        }
        try self.init(data: data, file: path)
    }

    /// Parses the content of a file.
    ///
    /// - Parameters:
    ///   - data: the whole content.
    ///   - file: the name to give in errors.
    public init(data: Data, file: String) throws(DataFileError) {
        let content = [UInt8](data)
        func fail(_ field: String, _ value: String, _ expected: String) -> DataFileError {
            DataFileError(file: file, place: field, value: value, expected: expected)
        }
        guard content.count >= 4 else {
            throw fail("length", "\(content.count) bytes", "at least 4 bytes of magic number")
        }
        if content[0] == 0x1f, content[1] == 0x8b {
            throw fail("magic number", "that of gzip (1f 8b)", "an uncompressed IDX file: run gunzip on it first")
        }
        guard content[0] == 0, content[1] == 0 else {
            throw fail("magic number", "\(content[0]) \(content[1])", "two zero bytes")
        }
        guard content[2] == 8 else {
            throw fail("element type", "\(content[2])", "8 (unsigned bytes)")
        }
        let dimensions = Int(content[3])
        guard dimensions > 0 else { throw fail("number of dimensions", "0", "at least 1") }
        let header = 4 + 4 * dimensions
        guard content.count >= header else {
            throw fail("length", "\(content.count) bytes", "at least \(header) bytes of header for \(dimensions) dimensions")
        }
        shape = (0..<dimensions).map { dimension in
            (0..<4).reduce(0) { $0 << 8 | Int(content[4 + 4 * dimension + $1]) }
        }
        var size = 1
        for (dimension, length) in shape.enumerated() {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            if overflow { throw fail("size of dimension \(dimension)", "\(length)", "an array that fits in memory") }
            size = product
        }
        guard content.count - header == size else {
            throw fail(
                "number of elements", "\(content.count - header)",
                "\(size), the product of the sizes \(shape.map(String.init).joined(separator: " × "))")
        }
        bytes = Array(content[header...])
    }
}

/// Images and labels of the MNIST files.
public struct LabeledImages: Sendable {
    /// One image a row, brightness in [0, 1].
    public let images: Matrix
    /// The class of each image.
    public let labels: Vector

    /// Reads a pair of IDX files.
    ///
    /// - Parameters:
    ///   - imagesPath: a file of shape (images, height, width).
    ///   - labelsPath: a file of shape (images).
    ///   - limit: read at most so many images, from the start.
    public init(imagesPath: String, labelsPath: String, limit: Int = .max) throws(DataFileError) {
        let imageFile = try IDXFile(path: imagesPath)
        let labelFile = try IDXFile(path: labelsPath)
        guard imageFile.shape.count == 3 else {
            throw DataFileError(
                file: imagesPath, place: "number of dimensions", value: "\(imageFile.shape.count)",
                expected: "3 (images, height, width)")
        }
        guard labelFile.shape.count == 1 else {
            throw DataFileError(
                file: labelsPath, place: "number of dimensions", value: "\(labelFile.shape.count)",
                expected: "1 (labels)")
        }
        guard labelFile.shape[0] == imageFile.shape[0] else {
            throw DataFileError(
                file: labelsPath, place: "size of dimension 0", value: "\(labelFile.shape[0])",
                expected: "\(imageFile.shape[0]), one label an image of \(imagesPath)")
        }
        let count = min(limit, imageFile.shape[0])
        let pixels = imageFile.shape[1] * imageFile.shape[2]
        images = Matrix(rows: count, columns: pixels) { Double(imageFile.bytes[$0 * pixels + $1]) / 255 }
        labels = Vector(count: count) { Double(labelFile.bytes[$0]) }
    }
}
