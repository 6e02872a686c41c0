import Foundation

extension DetectionDataset {
    /// Reads the boxes of a COCO annotation file, `instances_*.json`.
    ///
    /// Of each image `id`, `file_name`, `width` and `height` are read, of each category `id` and `name`, and of each
    /// annotation `image_id`, `category_id`, `bbox`, `area` (the box's where it is missing) and `iscrowd` (0 where it is
    /// missing). Outlines are skipped without being kept in memory.
    ///
    /// - Throws: ``DatasetError`` that names the file and the field, such as
    ///   `instances.json: annotations[3].bbox: expected 4 numbers, found 3`.
    public init(cocoAnnotations url: URL) throws(DatasetError) {
        let file = url.lastPathComponent
        let instances = try decode(COCOInstances.self, from: url)

        func uniqueIdentifiers(_ identifiers: [Int], list: String) throws(DatasetError) -> Set<Int> {
            var seen: Set<Int> = []
            for (index, identifier) in identifiers.enumerated() where !seen.insert(identifier).inserted {
                throw DatasetError(
                    file: file, place: "\(list)[\(index)].id",
                    problem: "expected an identifier of its own, found \(identifier) a second time")
            }
            return seen
        }
        let imageIdentifiers = try uniqueIdentifiers(instances.images.map(\.id), list: "images")
        let categoryIdentifiers = try uniqueIdentifiers(instances.categories.map(\.id), list: "categories")

        var objects: [GroundTruthObject] = []
        objects.reserveCapacity(instances.annotations.count)
        for (index, annotation) in instances.annotations.enumerated() {
            guard imageIdentifiers.contains(annotation.image) else {
                throw DatasetError(
                    file: file, place: "annotations[\(index)].image_id",
                    problem: "expected the id of an image, found \(annotation.image)")
            }
            guard categoryIdentifiers.contains(annotation.category) else {
                throw DatasetError(
                    file: file, place: "annotations[\(index)].category_id",
                    problem: "expected the id of a category, found \(annotation.category)")
            }
            objects.append(
                GroundTruthObject(
                    image: annotation.image, category: annotation.category, box: annotation.box,
                    area: annotation.area, isCrowd: annotation.isCrowd))
        }
        self.init(
            images: instances.images.map {
                Image(
                    identifier: $0.id, name: $0.name ?? "", width: Int(exactly: ($0.width ?? 0).rounded()) ?? 0,
                    height: Int(exactly: ($0.height ?? 0).rounded()) ?? 0)
            },
            categories: instances.categories.map { Category(identifier: $0.id, name: $0.name) },
            objects: objects)
    }

    /// Reads detections from a COCO results file: a list of `image_id`, `category_id`, `bbox` and `score`.
    ///
    /// - Throws: ``DatasetError`` that names the file and the field, also where a detection refers to an image or a
    ///   category that the data set does not have.
    public func cocoResults(at url: URL) throws(DatasetError) -> [Detection] {
        let file = url.lastPathComponent
        let images = Set(images.map(\.identifier))
        let categories = Set(categories.map(\.identifier))
        var detections: [Detection] = []
        for (index, result) in try decode([COCOResult].self, from: url).enumerated() {
            guard images.contains(result.image) else {
                throw DatasetError(
                    file: file, place: "[\(index)].image_id",
                    problem: "expected the id of an image of the data set, found \(result.image)")
            }
            guard categories.contains(result.category) else {
                throw DatasetError(
                    file: file, place: "[\(index)].category_id",
                    problem: "expected the id of a category of the data set, found \(result.category)")
            }
            detections.append(
                Detection(image: result.image, category: result.category, box: result.box, score: result.score))
        }
        return detections
    }
}

private struct COCOInstances: Decodable {
    struct Image: Decodable {
        let id: Int
        let name: String?
        let width: Double?
        let height: Double?

        enum CodingKeys: String, CodingKey {
            case id
            case name = "file_name"
            case width
            case height
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            id = try values.decodeInteger(forKey: .id)
            name = try values.decodeIfPresent(String.self, forKey: .name)
            width = try values.decodeIfPresent(Double.self, forKey: .width)
            height = try values.decodeIfPresent(Double.self, forKey: .height)
        }
    }

    struct Category: Decodable {
        let id: Int
        let name: String
    }

    struct Annotation: Decodable {
        let image: Int
        let category: Int
        let box: Box
        let area: Double?
        let isCrowd: Bool

        enum CodingKeys: String, CodingKey {
            case image = "image_id"
            case category = "category_id"
            case box = "bbox"
            case area
            case isCrowd = "iscrowd"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            image = try values.decodeInteger(forKey: .image)
            category = try values.decodeInteger(forKey: .category)
            box = try values.decodeBox(forKey: .box)
            area = try values.decodeIfPresent(Double.self, forKey: .area)
            if let area, area < 0 {
                throw DecodingError.dataCorruptedError(
                    forKey: .area, in: values, debugDescription: "expected at least 0, found \(area)")
            }
            let crowd = values.contains(.isCrowd) ? try values.decodeInteger(forKey: .isCrowd) : 0
            guard crowd == 0 || crowd == 1 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .isCrowd, in: values, debugDescription: "expected 0 or 1, found \(crowd)")
            }
            isCrowd = crowd == 1
        }
    }

    let images: [Image]
    let categories: [Category]
    let annotations: [Annotation]
}

private struct COCOResult: Decodable {
    let image: Int
    let category: Int
    let box: Box
    let score: Double

    enum CodingKeys: String, CodingKey {
        case image = "image_id"
        case category = "category_id"
        case box = "bbox"
        case score
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        image = try values.decodeInteger(forKey: .image)
        category = try values.decodeInteger(forKey: .category)
        box = try values.decodeBox(forKey: .box)
        score = try values.decode(Double.self, forKey: .score)
    }
}

extension KeyedDecodingContainer {
    /// An integer. The decoder itself takes a number with a fraction for a mistake in the text and does not say where.
    fileprivate func decodeInteger(forKey key: Key) throws -> Int {
        if let integer = try? decode(Int.self, forKey: key) { return integer }
        let number = try decode(Double.self, forKey: key)
        guard let integer = Int(exactly: number) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "expected an integer, found \(number)")
        }
        return integer
    }

    /// A COCO `bbox`: left, top, width and height.
    fileprivate func decodeBox(forKey key: Key) throws -> Box {
        let numbers = try decode([Double].self, forKey: key)
        guard numbers.count == 4 else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "expected 4 numbers, found \(numbers.count)")
        }
        guard numbers[2] >= 0, numbers[3] >= 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "expected a width and a height of at least 0, found \(numbers[2]) and \(numbers[3])")
        }
        return Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
}

private func decode<Value: Decodable>(_ type: Value.Type, from url: URL) throws(DatasetError) -> Value {
    let data = try contents(of: url)
    do {
        return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
        if case .dataCorrupted(let context) = error, context.codingPath.isEmpty {
            throw DatasetError(file: url.lastPathComponent, place: nil, problem: syntaxMistake(in: data))
        }
        throw DatasetError(file: url.lastPathComponent, decoding: error)
    } catch {
        throw DatasetError(file: url.lastPathComponent, place: nil, problem: "\(error)")
    }
}

/// What is wrong with text that is no JSON. The decoder does not say where the mistake is; the older parser does.
private func syntaxMistake(in data: Data) -> String {
    do {
        _ = try JSONSerialization.jsonObject(with: data)
        return "expected JSON"
    } catch {
        let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
        return ["expected JSON", reason.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
    }
}

extension DatasetError {
    /// What a decoder says, in the words of this package.
    fileprivate init(file: String, decoding error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(file: file, place: (context.codingPath + [key]).place, problem: "is missing")
        case .typeMismatch(let type, let context):
            self.init(
                file: file, place: context.codingPath.place,
                problem: "expected \(name(of: type)), found something else (\(context.debugDescription))")
        case .valueNotFound(let type, let context):
            self.init(
                file: file, place: context.codingPath.place, problem: "expected \(name(of: type)), found null")
        case .dataCorrupted(let context):
            self.init(file: file, place: context.codingPath.place, problem: context.debugDescription)
        @unknown default:
            self.init(file: file, place: nil, problem: "\(error)")
        }
    }
}

private func name(of type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "an integer"
    case is Double.Type: "a number"
    case is String.Type: "a string"
    case is [Any].Type, is [Double].Type: "a list"
    case is [String: Any].Type: "an object"
    default: "\(type)"
    }
}

extension [any CodingKey] {
    /// The path as one would write it in a program: `annotations[3].bbox`.
    fileprivate var place: String {
        reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}
