import Foundation
import Mathematics

/// Images with a class each.
public struct LabeledImageSet: Sendable {
    /// Brightness in [0, 1], shape [count, channels, height, width].
    public var images: Tensor<Float>
    /// The class of each image, shape [count].
    public var labels: Tensor<Int>
    /// What the classes are called.
    public let classNames: [String]

    public init(images: Tensor<Float>, labels: Tensor<Int>, classNames: [String]) {
        guard images.rank == 4, labels.shape == [images.shape[0]] else {
            shapesDoNotFit("LabeledImageSet", images.shape, labels.shape, "they are [count, channels, height, width] and [count]")
        }
        self.images = images
        self.labels = labels
        self.classNames = classNames
    }

    /// The number of images.
    public var count: Int { labels.count }

    /// Some of the images, in the order of the indices.
    public func rows(_ indices: [Int]) -> LabeledImageSet {
        LabeledImageSet(images: images.rows(indices), labels: labels.rows(indices), classNames: classNames)
    }

    /// Reads a pair of uncompressed IDX files, as MNIST and Fashion-MNIST have them.
    ///
    /// - Parameters:
    ///   - imagesPath: a file of the shape (images, height, width).
    ///   - labelsPath: a file of the shape (images).
    ///   - limit: read at most so many images, from the start.
    ///   - classNames: by default the digits.
    /// - Throws: `DataFileError` that names the file, the field, its value and what was expected.
    public init(
        idxImages imagesPath: String, labels labelsPath: String, limit: Int = .max,
        classNames: [String] = (0...9).map(String.init)
    ) throws(DataFileError) {
        let imageFile = try IDXFile(path: imagesPath), labelFile = try IDXFile(path: labelsPath)
        guard imageFile.shape.count == 3 else {
            throw DataFileError(
                file: imagesPath, place: "number of dimensions", value: "\(imageFile.shape.count)",
                expected: "3 (images, height, width)")
        }
        guard labelFile.shape == [imageFile.shape[0]] else {
            throw DataFileError(
                file: labelsPath, place: "shape", value: "\(labelFile.shape)",
                expected: "\([imageFile.shape[0]]), one label an image of \(imagesPath)")
        }
        let count = min(limit, imageFile.shape[0]), height = imageFile.shape[1], width = imageFile.shape[2]
        if let label = labelFile.bytes.prefix(count).first(where: { $0 >= classNames.count }) {
            throw DataFileError(
                file: labelsPath, place: "label", value: "\(label)", expected: "one of \(classNames.count) classes")
        }
        self.init(
            images: Tensor(
                shape: [count, 1, height, width], scalars: imageFile.bytes.prefix(count * height * width).map { Float($0) / 255 }),
            labels: Tensor(labelFile.bytes.prefix(count).map(Int.init)), classNames: classNames)
    }

    /// The classes of CIFAR-10.
    public static let cifar10ClassNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Reads files of CIFAR-10's binary version (Krizhevsky 2009): records of a label and 3 × 32 × 32 bytes.
    ///
    /// - Throws: `DataFileError` that names the file and what is wrong.
    public init(cifar10 paths: [String], limit: Int = .max) throws(DataFileError) {
        let size = 3 * 32 * 32
        var labels: [Int] = [], pixels: [Float] = []
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw DataFileError(file: path, place: "file", value: "missing or unreadable", expected: "a CIFAR-10 binary file")
            }
            guard data.count > 0, data.count % (size + 1) == 0 else {
                throw DataFileError(
                    file: path, place: "length", value: "\(data.count) bytes", expected: "a multiple of \(size + 1) bytes")
            }
            for (record, start) in stride(from: data.startIndex, to: data.endIndex, by: size + 1).enumerated() {
                guard labels.count < limit else { break }
                guard data[start] < 10 else {
                    throw DataFileError(
                        file: path, place: "label of record \(record)", value: "\(data[start])", expected: "0 ... 9")
                }
                labels.append(Int(data[start]))
                pixels.append(contentsOf: data[start + 1...start + size].lazy.map { Float($0) / 255 })
            }
        }
        self.init(
            images: Tensor(shape: [labels.count, 3, 32, 32], scalars: pixels), labels: Tensor(labels),
            classNames: Self.cifar10ClassNames)
    }
}
