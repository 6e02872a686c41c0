import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

extension DetectionDataset {
    /// Reads the boxes of Pascal VOC's annotation files.
    ///
    /// Images are numbered from 0 in the order of the image set (without one: of the file names) and named as the
    /// file without its extension; categories are numbered from 0 in alphabetical order. Of each object `name`,
    /// `difficult` (0 where it is missing) and `bndbox` are read; the parts of an object are not objects.
    ///
    /// - Parameters:
    ///   - folder: the folder `Annotations`, with one `.xml` file an image.
    ///   - imageSet: a file such as `ImageSets/Main/test.txt` that names one image a line; nil for all
    ///     annotation files.
    /// - Throws: ``DatasetError`` that names the file and the field, such as
    ///   `000005.xml: object[2].bndbox.xmin: expected a number, found "abc"`.
    public init(pascalVOCAnnotations folder: URL, imageSet: URL? = nil) throws(DatasetError) {
        let names: [String]
        if let imageSet {
            // A line of an image set may carry a second field, a class label.
            names = try numberedLines(of: imageSet).map { line in
                line.text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
            }
        } else {
            guard let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            else {
                throw DatasetError(
                    file: folder.lastPathComponent, place: nil, problem: "no such folder (\(folder.path))")
            }
            names = files.filter { $0.pathExtension == "xml" }
                .map { $0.deletingPathExtension().lastPathComponent }.sorted()
            guard !names.isEmpty else {
                throw DatasetError(
                    file: folder.lastPathComponent, place: nil,
                    problem: "expected annotation files that end in .xml, found none (\(folder.path))")
            }
        }
        var annotations: [PascalVOCAnnotation] = []
        for name in names {
            annotations.append(try PascalVOCAnnotation(at: folder.appendingPathComponent(name + ".xml")))
        }
        let categoryNames = Set(annotations.flatMap { $0.objects.map(\.name) }).sorted()
        let categoryNumbers = Dictionary(uniqueKeysWithValues: zip(categoryNames, 0...))
        self.init(
            images: zip(names, annotations).enumerated().map { number, pair in
                Image(identifier: number, name: pair.0, width: pair.1.width, height: pair.1.height)
            },
            categories: categoryNames.enumerated().map { Category(identifier: $0, name: $1) },
            objects: annotations.enumerated().flatMap { number, annotation in
                annotation.objects.map { object in
                    GroundTruthObject(
                        image: number, category: categoryNumbers[object.name] ?? 0, box: object.box,
                        area: object.box.area(.inclusivePixels), isDifficult: object.isDifficult)
                }
            })
    }

    /// Reads detections of one category from a Pascal VOC results file, `comp3_det_test_car.txt`.
    ///
    /// A line is `<image> <confidence> <left> <top> <right> <bottom>`.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - category: the category's name, such as "car".
    /// - Throws: ``DatasetError`` that names the file, the line and the field.
    public func pascalVOCResults(at url: URL, category: String) throws(DatasetError) -> [Detection] {
        let file = url.lastPathComponent
        guard let number = categories.first(where: { $0.name == category })?.identifier else {
            throw DatasetError(
                file: file, place: nil,
                problem: "expected a category of the data set (\(categories.map(\.name).joined(separator: ", "))), "
                    + "found \"\(category)\"")
        }
        let imageNumbers = Dictionary(images.map { ($0.name, $0.identifier) }) { first, _ in first }
        var detections: [Detection] = []
        for (lineNumber, text) in try numberedLines(of: url) {
            let fields = text.split(whereSeparator: \.isWhitespace)
            guard fields.count == 6 else {
                throw DatasetError(
                    file: file, place: "line \(lineNumber)",
                    problem: "expected 6 fields (image, confidence, left, top, right, bottom), found \(fields.count)")
            }
            guard let image = imageNumbers[String(fields[0])] else {
                throw DatasetError(
                    file: file, place: "line \(lineNumber), image",
                    problem: "expected an image of the data set, found \"\(fields[0])\"")
            }
            var numbers: [Double] = []
            for (name, field) in zip(["confidence", "left", "top", "right", "bottom"], fields.dropFirst()) {
                guard let value = Double(field), value.isFinite else {
                    throw DatasetError(
                        file: file, place: "line \(lineNumber), \(name)",
                        problem: "expected a number, found \"\(field)\"")
                }
                numbers.append(value)
            }
            let box = Box(xMin: numbers[1], yMin: numbers[2], xMax: numbers[3], yMax: numbers[4])
            guard box.isValid else {
                throw DatasetError(
                    file: file, place: "line \(lineNumber)",
                    problem: "expected left <= right and top <= bottom, "
                        + "found \(fields[2...].joined(separator: " "))")
            }
            detections.append(Detection(image: image, category: number, box: box, score: numbers[0]))
        }
        return detections
    }
}

/// One annotation file.
private struct PascalVOCAnnotation {
    struct Object {
        let name: String
        let box: Box
        let isDifficult: Bool
    }

    let width: Int
    let height: Int
    let objects: [Object]

    init(at url: URL) throws(DatasetError) {
        let file = url.lastPathComponent
        let parser = XMLParser(data: try contents(of: url))
        let fields = PascalVOCFields()
        parser.delegate = fields
        // The parser recovers from some mistakes, such as elements that are not closed, and reports success.
        guard parser.parse(), parser.parserError == nil, fields.isBalanced else {
            throw DatasetError(
                file: file, place: "line \(max(parser.lineNumber, 1))", problem: "expected well-formed XML")
        }
        guard fields.root == "annotation" else {
            throw DatasetError(
                file: file, place: nil,
                problem: "expected the element annotation, found \(fields.root ?? "no element")")
        }

        func number(_ text: String?, _ place: String) throws(DatasetError) -> Double {
            guard let text else { throw DatasetError(file: file, place: place, problem: "is missing") }
            guard let value = Double(text), value.isFinite else {
                throw DatasetError(file: file, place: place, problem: "expected a number, found \"\(text)\"")
            }
            return value
        }
        width = Int(exactly: try number(fields.image["size.width"] ?? "0", "size.width").rounded()) ?? 0
        height = Int(exactly: try number(fields.image["size.height"] ?? "0", "size.height").rounded()) ?? 0

        var objects: [Object] = []
        for (index, values) in fields.objects.enumerated() {
            let place = "object[\(index)]"
            guard let name = values["name"], !name.isEmpty else {
                throw DatasetError(file: file, place: "\(place).name", problem: "is missing")
            }
            let box = Box(
                xMin: try number(values["bndbox.xmin"], "\(place).bndbox.xmin"),
                yMin: try number(values["bndbox.ymin"], "\(place).bndbox.ymin"),
                xMax: try number(values["bndbox.xmax"], "\(place).bndbox.xmax"),
                yMax: try number(values["bndbox.ymax"], "\(place).bndbox.ymax"))
            guard box.isValid else {
                throw DatasetError(
                    file: file, place: "\(place).bndbox",
                    problem: "expected xmin <= xmax and ymin <= ymax, "
                        + "found x \(box.xMin) to \(box.xMax) and y \(box.yMin) to \(box.yMax)")
            }
            let difficult = values["difficult"] ?? "0"
            guard difficult == "0" || difficult == "1" else {
                throw DatasetError(
                    file: file, place: "\(place).difficult", problem: "expected 0 or 1, found \"\(difficult)\"")
            }
            objects.append(Object(name: name, box: box, isDifficult: difficult == "1"))
        }
        self.objects = objects
    }
}

/// Collects the texts of an annotation file by the path of their element, so that the `name` of a `part` cannot be
/// taken for that of its `object`.
private final class PascalVOCFields: NSObject, XMLParserDelegate {
    private(set) var root: String?
    /// By path below `annotation`.
    private(set) var image: [String: String] = [:]
    /// For every object, by path below it.
    private(set) var objects: [[String: String]] = []
    /// Whether every element so far was closed by its own end.
    var isBalanced: Bool { path.isEmpty && !hasStrayEnd }
    private var hasStrayEnd = false
    private var path: [String] = []
    private var text = ""

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        if path.isEmpty { root = name }
        path.append(name)
        text = ""
        if path.count == 2, name == "object" { objects.append([:]) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard path.last == name else {
            hasStrayEnd = true
            return
        }
        let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if path.count > 2, path[1] == "object" {
            objects[objects.count - 1][path[2...].joined(separator: ".")] = value
        } else if path.count > 1 {
            image[path[1...].joined(separator: ".")] = value
        }
        path.removeLast()
        text = ""
    }
}
