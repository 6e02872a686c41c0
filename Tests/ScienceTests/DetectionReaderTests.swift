import Foundation
import Science
import Testing

/// A folder with a space and letters beyond ASCII in its name, removed when the test is over.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("données réelles 検出 \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws -> URL {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file
    }
}

func datasetMessage(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return (error as? DatasetError)?.description ?? "another error: \(error)"
    }
}

@Suite struct COCOReaderTests {
    /// The layout of the benchmark's own files, with fields that the reader skips.
    static let instances = """
        {"info": {"year": 2017}, "licenses": [],
         "images": [{"license": 4, "file_name": "000000397133.jpg", "height": 427, "width": 640, "id": 397133},
                    {"file_name": "été à la plage.jpg", "height": 480, "width": 640, "id": 37777}],
         "annotations": [
           {"segmentation": [[224.2, 297.2, 228.3, 297.2]], "area": 1481.38, "iscrowd": 0, "image_id": 397133,
            "bbox": [217.62, 240.54, 38.99, 57.75], "category_id": 44, "id": 82445},
           {"segmentation": {"counts": [1, 2], "size": [427, 640]}, "area": 17376.9, "iscrowd": 1,
            "image_id": 397133, "bbox": [1, 240.25, 346, 186], "category_id": 67, "id": 119568},
           {"image_id": 37777, "bbox": [10, 20, 30, 40], "category_id": 44, "id": 3}],
         "categories": [{"supercategory": "kitchen", "id": 44, "name": "bottle"}, {"id": 67, "name": "dining table"}]}
        """

    @Test func readsAnnotationsAndResults() throws {
        let folder = try TemporaryFolder()
        let dataset = try DetectionDataset(
            cocoAnnotations: folder.write(Self.instances, to: "instances val.json"))
        #expect(dataset.images.map(\.name) == ["000000397133.jpg", "été à la plage.jpg"])
        #expect(dataset.images[0] == .init(identifier: 397133, name: "000000397133.jpg", width: 640, height: 427))
        #expect(dataset.categories.map(\.name) == ["bottle", "dining table"])
        #expect(dataset.objects.count == 3)
        #expect(
            dataset.objects[0]
                == GroundTruthObject(
                    image: 397133, category: 44,
                    box: Box(xMin: 217.62, yMin: 240.54, xMax: 217.62 + 38.99, yMax: 240.54 + 57.75), area: 1481.38))
        #expect(dataset.objects[1].isCrowd)
        // A missing area is the box's, a missing `iscrowd` is 0.
        #expect(dataset.objects[2].area == 1200 && !dataset.objects[2].isCrowd)

        let detections = try dataset.cocoResults(
            at: folder.write(
                #"[{"image_id": 37777, "category_id": 67, "bbox": [1, 2, 3.5, 4], "score": 0.236}]"#,
                to: "résultats.json"))
        #expect(
            detections == [
                Detection(image: 37777, category: 67, box: Box(xMin: 1, yMin: 2, xMax: 4.5, yMax: 6), score: 0.236)
            ])
    }

    @Test(arguments: [
        (
            #""bbox": [10, 20, 30, 40]"#, #""bbox": [10, 20, 30]"#,
            "instances.json: annotations[2].bbox: expected 4 numbers, found 3"
        ),
        (
            #""bbox": [10, 20, 30, 40]"#, #""bbox": [10, 20, -30, 40]"#,
            "instances.json: annotations[2].bbox: expected a width and a height of at least 0, found -30.0 and 40.0"
        ),
        (#""bbox": [10, 20, 30, 40], "#, "", "instances.json: annotations[2].bbox: is missing"),
        (
            #""image_id": 37777"#, #""image_id": 5"#,
            "instances.json: annotations[2].image_id: expected the id of an image, found 5"
        ),
        (
            #""category_id": 67"#, #""category_id": 68"#,
            "instances.json: annotations[1].category_id: expected the id of a category, found 68"
        ),
        (
            #""iscrowd": 1"#, #""iscrowd": 2"#,
            "instances.json: annotations[1].iscrowd: expected 0 or 1, found 2"
        ),
        (
            #""id": 37777"#, #""id": 397133"#,
            "instances.json: images[1].id: expected an identifier of its own, found 397133 a second time"
        ),
        (#""categories""#, #""kinds""#, "instances.json: categories: is missing"),
    ])
    func errorsNameFileAndField(old: String, new: String, message: String) throws {
        let folder = try TemporaryFolder()
        let text = Self.instances.replacingOccurrences(of: old, with: new)
        #expect(text != Self.instances)
        let file = try folder.write(text, to: "instances.json")
        #expect(datasetMessage { _ = try DetectionDataset(cocoAnnotations: file) } == message)
    }

    @Test func errorsOfTypeAndSyntax() throws {
        let folder = try TemporaryFolder()
        func message(_ old: String, _ new: String) throws -> String {
            let file = try folder.write(Self.instances.replacingOccurrences(of: old, with: new), to: "instances.json")
            return try #require(datasetMessage { _ = try DetectionDataset(cocoAnnotations: file) })
        }
        #expect(try message("[10, 20, 30, 40]", #"[10, "left", 30, 40]"#)
            .hasPrefix("instances.json: annotations[2].bbox[1]: expected a number"))
        #expect(try message("[10, 20, 30, 40]", "[10, null, 30, 40]")
            .hasPrefix("instances.json: annotations[2].bbox[1]: expected a number, found null"))
        #expect(try message(#""area": 1481.38"#, #""area": "big""#)
            .hasPrefix("instances.json: annotations[0].area: expected a number"))
        #expect(try message(#""image_id": 37777"#, #""image_id": 37777.5"#)
            == "instances.json: annotations[2].image_id: expected an integer, found 37777.5")
        #expect(try message(#""categories""#, "categories").hasPrefix("instances.json: expected JSON ("))
        let missing = folder.url.appendingPathComponent("nothing.json")
        #expect(datasetMessage { _ = try DetectionDataset(cocoAnnotations: missing) }?
            .hasPrefix("nothing.json: no such file") == true)
    }

    @Test func errorsOfResults() throws {
        let folder = try TemporaryFolder()
        let dataset = try DetectionDataset(cocoAnnotations: folder.write(Self.instances, to: "instances.json"))
        func message(_ result: String) throws -> String? {
            let good = #"{"image_id": 37777, "category_id": 44, "bbox": [1, 2, 3, 4], "score": 0.5}"#
            let file = try folder.write("[\(good), \(result)]", to: "results.json")
            return datasetMessage { _ = try dataset.cocoResults(at: file) }
        }
        #expect(
            try message(#"{"image_id": 37777, "category_id": 44, "bbox": [1, 2, 3, 4]}"#)
                == "results.json: [1].score: is missing")
        #expect(
            try message(#"{"image_id": 1, "category_id": 44, "bbox": [1, 2, 3, 4], "score": 1}"#)
                == "results.json: [1].image_id: expected the id of an image of the data set, found 1")
        #expect(
            try message(#"{"image_id": 37777, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}"#)
                == "results.json: [1].category_id: expected the id of a category of the data set, found 1")
    }
}

@Suite struct PascalVOCReaderTests {
    /// The layout of the benchmark's own files: a `part` has a name and a box too.
    static let annotation = """
        <annotation>
          <folder>VOC2012</folder>
          <filename>2008_000008.jpg</filename>
          <size><width>500</width><height>442</height><depth>3</depth></size>
          <object>
            <name>person</name><pose>Unspecified</pose><truncated>1</truncated><difficult>0</difficult>
            <bndbox><xmin>53</xmin><ymin>87</ymin><xmax>471</xmax><ymax>420</ymax></bndbox>
            <part><name>head</name>
              <bndbox><xmin>60.5</xmin><ymin>90</ymin><xmax>70</xmax><ymax>99</ymax></bndbox></part>
          </object>
          <object>
            <name>horse</name>
            <bndbox><xmax>289.5</xmax><xmin>158</xmin><ymax>167</ymax><ymin>44</ymin></bndbox>
            <difficult>1</difficult>
          </object>
        </annotation>
        """

    @Test func readsAnnotationsAndResults() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.annotation, to: "Annotations/2008_000008.xml")
        _ = try folder.write(
            "<annotation><size><width>20</width><height>10</height></size></annotation>",
            to: "Annotations/café.xml")
        let annotations = folder.url.appendingPathComponent("Annotations")
        let dataset = try DetectionDataset(pascalVOCAnnotations: annotations)
        #expect(dataset.images.map(\.name) == ["2008_000008", "café"])
        #expect(dataset.images.map(\.width) == [500, 20])
        #expect(dataset.categories.map(\.name) == ["horse", "person"])
        #expect(dataset.objects.count == 2)
        #expect(dataset.objects[0].category == 1)
        #expect(dataset.objects[0].box == Box(xMin: 53, yMin: 87, xMax: 471, yMax: 420))
        #expect(dataset.objects[0].area == 419 * 334)
        #expect(!dataset.objects[0].isDifficult)
        #expect(dataset.objects[1].category == 0)
        #expect(dataset.objects[1].box == Box(xMin: 158, yMin: 44, xMax: 289.5, yMax: 167))
        #expect(dataset.objects[1].isDifficult)

        let results = try folder.write(
            "2008_000008 0.702732 89 112 516.5 466\r\n\ncafé 1e-3 1 1 2 2\n", to: "comp3_det_test_person.txt")
        #expect(
            try dataset.pascalVOCResults(at: results, category: "person") == [
                Detection(image: 0, category: 1, box: Box(xMin: 89, yMin: 112, xMax: 516.5, yMax: 466), score: 0.702732),
                Detection(image: 1, category: 1, box: Box(xMin: 1, yMin: 1, xMax: 2, yMax: 2), score: 0.001),
            ])

        let set = try folder.write("café  -1\n", to: "ImageSets/Main/horse_test.txt")
        let one = try DetectionDataset(pascalVOCAnnotations: annotations, imageSet: set)
        #expect(one.images.map(\.name) == ["café"] && one.objects.isEmpty)
    }

    @Test(arguments: [
        (
            "<xmin>158</xmin>", "<xmin>abc</xmin>",
            #"000005.xml: object[1].bndbox.xmin: expected a number, found "abc""#
        ),
        ("<xmin>158</xmin>", "", "000005.xml: object[1].bndbox.xmin: is missing"),
        (
            "<xmin>158</xmin>", "<xmin>300</xmin>",
            "000005.xml: object[1].bndbox: expected xmin <= xmax and ymin <= ymax, "
                + "found x 300.0 to 289.5 and y 44.0 to 167.0"
        ),
        ("<name>horse</name>", "", "000005.xml: object[1].name: is missing"),
        (
            "<difficult>1</difficult>", "<difficult>yes</difficult>",
            #"000005.xml: object[1].difficult: expected 0 or 1, found "yes""#
        ),
        (
            "annotation>", "image>", "000005.xml: expected the element annotation, found image"
        ),
    ])
    func errorsNameFileAndField(old: String, new: String, message: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(
            Self.annotation.replacingOccurrences(of: old, with: new), to: "Annotations/000005.xml")
        #expect(
            datasetMessage {
                _ = try DetectionDataset(pascalVOCAnnotations: folder.url.appendingPathComponent("Annotations"))
            } == message)
    }

    @Test func otherErrors() throws {
        let folder = try TemporaryFolder()
        let annotations = folder.url.appendingPathComponent("Annotations")
        #expect(datasetMessage { _ = try DetectionDataset(pascalVOCAnnotations: annotations) }?
            .hasPrefix("Annotations: no such folder") == true)
        _ = try folder.write("<annotation><object></annotation>", to: "Annotations/1.xml")
        #expect(datasetMessage { _ = try DetectionDataset(pascalVOCAnnotations: annotations) }?
            .hasPrefix("1.xml: line 1: expected well-formed XML") == true)
        let set = try folder.write("2\n", to: "test.txt")
        #expect(datasetMessage { _ = try DetectionDataset(pascalVOCAnnotations: annotations, imageSet: set) }?
            .hasPrefix("2.xml: no such file") == true)

        _ = try folder.write(Self.annotation, to: "Annotations/1.xml")
        let dataset = try DetectionDataset(pascalVOCAnnotations: annotations)
        func message(_ line: String, category: String = "horse") throws -> String? {
            let file = try folder.write("1 0.5 1 1 2 2\n" + line, to: "det.txt")
            return datasetMessage { _ = try dataset.pascalVOCResults(at: file, category: category) }
        }
        #expect(try message("1 0.5 1 1 2")
            == "det.txt: line 2: expected 6 fields (image, confidence, left, top, right, bottom), found 5")
        #expect(try message("1 0.5 1 1 2 x") == #"det.txt: line 2, bottom: expected a number, found "x""#)
        #expect(try message("7 0.5 1 1 2 2") == #"det.txt: line 2, image: expected an image of the data set, found "7""#)
        #expect(try message("1 0.5 3 1 2 2") == "det.txt: line 2: expected left <= right and top <= bottom, found 3 1 2 2")
        #expect(try message("", category: "cow")
            == #"det.txt: expected a category of the data set (horse, person), found "cow""#)
    }
}
