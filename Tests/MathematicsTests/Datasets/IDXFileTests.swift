import Foundation
import Mathematics
import Testing

@Suite struct IDXFileTests {
    private func idx(_ bytes: [UInt8]) throws -> IDXFile { try IDXFile(data: Data(bytes), file: "digits") }

    @Test func arraysAreRead() throws {
        let file = try idx([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255])
        #expect(file.shape == [2, 1, 3])
        #expect(file.bytes == [1, 2, 3, 4, 5, 255])
    }

    @Test(arguments: [
        ([0, 0], "length", "2 bytes"), ([1, 0, 8, 1], "magic number", "1 0"),
        ([0x1f, 0x8b, 8, 0], "magic number", "that of gzip (1f 8b)"), ([0, 0, 9, 1], "element type", "9"),
        ([0, 0, 8, 0], "number of dimensions", "0"), ([0, 0, 8, 2, 0, 0], "length", "6 bytes"),
        ([0, 0, 8, 1, 0, 0, 0, 3, 1, 2], "number of elements", "2"),
    ] as [([UInt8], String, String)])
    func errorsNameFileFieldAndValue(_ bytes: [UInt8], _ field: String, _ value: String) {
        let error = #expect(throws: DataFileError.self) { _ = try idx(bytes) }
        #expect(error?.file == "digits" && error?.place == field && error?.value == value)
        #expect(error?.expected.isEmpty == false)
    }

    @Test func imagesAndLabelsMustAgree() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("idx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let images = folder.appendingPathComponent("images").path
        let labels = folder.appendingPathComponent("labels").path
        try Data([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 255, 102]).write(to: URL(fileURLWithPath: images))
        try Data([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]).write(to: URL(fileURLWithPath: labels))
        let digits = try LabeledImages(imagesPath: images, labelsPath: labels)
        #expect(digits.images == [[0, 0.2], [1, 0.4]])
        #expect(digits.labels == [7, 3])
        #expect(try LabeledImages(imagesPath: images, labelsPath: labels, limit: 1).labels == [7])
        try Data([0, 0, 8, 1, 0, 0, 0, 1, 7]).write(to: URL(fileURLWithPath: labels))
        let error = #expect(throws: DataFileError.self) {
            _ = try LabeledImages(imagesPath: images, labelsPath: labels)
        }
        #expect(error?.file == labels && error?.place == "size of dimension 0" && error?.value == "1")
        #expect(throws: DataFileError.self) { _ = try IDXFile(path: folder.appendingPathComponent("none").path) }
    }
}
