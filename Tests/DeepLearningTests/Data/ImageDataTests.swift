import DeepLearning
import Foundation
import Mathematics
import Testing

struct ImageDataTests {
    /// A procedural class is worth its name if a linear classifier that never saw the test images finds it.
    static func testAccuracy(_ draw: (Int, inout Philox) -> LabeledImageSet) -> Double {
        var generator = Philox(seed: 7)
        let train = draw(400, &generator), test = draw(200, &generator)
        let x = train.images.reshaped(to: [400, -1]) - 0.5
        var model = Linear<Float>(weight: .zeros([x.shape[1], 10]), bias: .zeros([10]))
        var optimizer = Adam<Linear<Float>>(learningRate: 0.005)
        for _ in 0..<150 {
            optimizer.update(&model, along: gradient(at: model) { crossEntropy($0(x), train.labels) })
        }
        return accuracy(model(test.images.reshaped(to: [200, -1]) - 0.5), test.labels)
    }

    @Test func digitsCanBeTold() {
        #expect(Self.testAccuracy { ProceduralDigits().images(count: $0, using: &$1) } > 0.7)
    }

    @Test func garmentsCanBeTold() {
        #expect(Self.testAccuracy { ProceduralGarments().images(count: $0, using: &$1) } > 0.7)
    }

    /// Phases are random, so that no linear template fits: brightness statistics must tell the textures. The mean
    /// of |∂ₓ| and |∂ᵧ| separates horizontal from vertical stripes.
    @Test func texturesHaveTheirDirections() {
        var generator = Philox(seed: 3)
        var textures = ProceduralTextures()
        textures.noise = 0
        func slopes(_ label: Int) -> (x: Float, y: Float) {
            let image = Tensor(shape: [28, 28], scalars: textures.image(of: label, using: &generator))
            let dx = abs(image[0..<28, 1..<28] - image[0..<28, 0..<27]).mean().scalar
            let dy = abs(image[1..<28] - image[0..<27]).mean().scalar
            return (dx, dy)
        }
        for _ in 0..<10 {
            let horizontal = slopes(0), vertical = slopes(1), clouds = slopes(9)
            #expect(horizontal.y > 3 * horizontal.x)
            #expect(vertical.x > 3 * vertical.y)
            #expect(clouds.x < horizontal.y && clouds.y < vertical.x)
        }
    }

    @Test func sameSeedSameImages() {
        func digits(_ seed: UInt64) -> LabeledImageSet {
            var generator = Philox(seed: seed)
            return ProceduralDigits().images(count: 4, using: &generator)
        }
        #expect(digits(1).images == digits(1).images && digits(1).labels == digits(1).labels)
        #expect(digits(1).images != digits(2).images)
        #expect(digits(1).images.min().scalar >= 0 && digits(1).images.max().scalar <= 1)
    }

    /// Boxes are right if the pixels outside all of them are background and each contains its colour up to every side.
    @Test func boxesFitTheShapes() {
        var generator = Philox(seed: 5)
        var scenes = ColoredShapeScenes()
        scenes.size = 64
        scenes.noise = 0
        scenes.shapeCounts = 2...3
        for _ in 0..<20 {
            let scene = scenes.scene(using: &generator)
            let background = scene.image[0..<3, 0, 0].scalars
            func isPainted(_ x: Int, _ y: Int) -> Bool {
                zip(scene.image[0..<3, y, x].scalars, background).contains { abs($0 - $1) > 0.02 }
            }
            var extent = scene.shapes.map { _ in SIMD4(64.0, 64, 0, 0) }
            for y in 0..<64 {
                for x in 0..<64 where isPainted(x, y) {
                    let inside = scene.shapes.indices.filter {
                        let box = scene.shapes[$0].box
                        return Double(x) + 1 > box.x - 0.5 && Double(x) < box.z + 0.5 && Double(y) + 1 > box.y - 0.5
                            && Double(y) < box.w + 0.5
                    }
                    #expect(!inside.isEmpty)
                    if inside.count == 1 {
                        let old = extent[inside[0]]
                        extent[inside[0]] = SIMD4(
                            min(old.x, Double(x)), min(old.y, Double(y)), max(old.z, Double(x + 1)), max(old.w, Double(y + 1)))
                    }
                }
            }
            for (found, shape) in zip(extent, scene.shapes) {
                for side in 0..<4 { #expect(abs(found[side] - shape.box[side]) < 2.2) }
                #expect(scene.caption.contains(shape.phrase))
            }
        }
    }

    @Test func captionsSayWhereThingsAre() {
        var generator = Philox(seed: 6)
        var scenes = ColoredShapeScenes()
        scenes.shapeCounts = 2...2
        for _ in 0..<50 {
            let scene = scenes.scene(using: &generator)
            guard scene.shapes.count == 2 else { continue }
            let (a, b) = (scene.shapes[0].box, scene.shapes[1].box)
            if scene.caption.contains("left of") { #expect(a.x + a.z < b.x + b.z) }
            if scene.caption.contains("right of") { #expect(a.x + a.z > b.x + b.z) }
            if scene.caption.contains("above") { #expect(a.y + a.w < b.y + b.w) }
            if scene.caption.contains("below") { #expect(a.y + a.w > b.y + b.w) }
        }
    }

    @Test func videosShowTheShapesWhereTheyAre() {
        var generator = Philox(seed: 8)
        var videos = MovingShapes()
        videos.shapeCount = 1
        videos.frameCount = 40
        let video = videos.video(using: &generator)
        let columns = Tensor<Float>.range(28) + 0.5
        for frame in 0..<40 {
            let image = video.frames[frame, 0]
            let weight = image.sum().scalar
            let x = Double((image.sum(along: 0) * columns).sum().scalar / weight) / 28
            // The centre of mass of all shapes but the triangle is their centre.
            if ColoredShapeScenes.shapeNames[video.shapes[0]] != "triangle" {
                #expect(abs(x - video.positions[frame, 0, 0].scalar) < 0.01)
            }
            #expect(abs(x - 0.5) <= 0.5 - videos.radius + 0.01)
        }
        // Bounces: the speed between frames is the same but at the walls.
        let steps = (1..<40).map { abs(video.positions[$0, 0, 0].scalar - video.positions[$0 - 1, 0, 0].scalar) }
        let usual = steps.sorted()[20]
        #expect(steps.count { abs($0 - usual) < 1e-9 } > 25)
        #expect(steps.allSatisfy { $0 <= usual + 1e-9 })
    }

    @Test func filesAreRead() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            let url = folder.appendingPathComponent(name)
            try Data(bytes).write(to: url)
            return url.path
        }
        let images = try write("images", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 255, 102])
        let labels = try write("labels", [0, 0, 8, 1, 0, 0, 0, 2, 7, 3])
        let set = try LabeledImageSet(idxImages: images, labels: labels)
        #expect(set.images.shape == [2, 1, 1, 2] && set.labels.scalars == [7, 3])
        #expect(set.images.scalars == [0, 0.2, 1, 0.4])
        #expect(set.rows([1]).labels.scalars == [3])
        let badLabels = try write("bad", [0, 0, 8, 1, 0, 0, 0, 2, 7, 10])
        #expect(throws: DataFileError(file: badLabels, place: "label", value: "10", expected: "one of 10 classes")) {
            try LabeledImageSet(idxImages: images, labels: badLabels)
        }
        var record = [UInt8](repeating: 0, count: 3073)
        record[0] = 9
        record[1] = 255    // red, row 0, column 0
        record[1 + 1024 + 32] = 51    // green, row 1, column 0
        record[3072] = 255    // blue, row 31, column 31
        let cifar = try LabeledImageSet(cifar10: [try write("batch", record + record)])
        #expect(cifar.images.shape == [2, 3, 32, 32] && cifar.labels.scalars == [9, 9])
        #expect(cifar.images[1, 0, 0, 0].scalar == 1 && cifar.images[1, 1, 1, 0].scalar == 0.2)
        #expect(cifar.images[0, 2, 31, 31].scalar == 1 && cifar.images.sum().scalar == 4.4)
        let short = try write("short", Array(record.dropLast()))
        #expect(throws: DataFileError(file: short, place: "length", value: "3072 bytes", expected: "a multiple of 3073 bytes")) {
            try LabeledImageSet(cifar10: [short])
        }
    }
}
