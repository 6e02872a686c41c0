import Mathematics
import Science
import Testing

@Suite struct BoxTests {
    @Test func overlapOfSquaresByHand() {
        // Two 10 × 10 squares, one moved by (5, 5): 25 / 175. With the last pixel: 11 × 11 and 6 × 6: 36 / 206.
        let a = Box(xMin: 0, yMin: 0, xMax: 10, yMax: 10)
        let b = a.translated(x: 5, y: 5)
        #expect(a.intersectionOverUnion(b) == 25.0 / 175)
        #expect(a.intersectionOverUnion(b, .inclusivePixels) == 36.0 / 206)
        #expect(a.area() == 100)
        #expect(a.area(.inclusivePixels) == 121)
        // Touching edges share no area, but they share the pixels on the edge: 11 / 231.
        let c = a.translated(x: 10, y: 0)
        #expect(a.intersectionOverUnion(c) == 0)
        #expect(a.intersectionOverUnion(c, .inclusivePixels) == 11.0 / 231)
        // Half of `b` lies in a crowd that reaches up to x = 10.
        #expect(b.intersectionOverArea(Box(xMin: -100, yMin: 0, xMax: 10, yMax: 100)) == 0.5)
        // A neighbour shifted by a share s of the width overlaps by (1 - s) / (1 + s).
        #expect(abs(a.intersectionOverUnion(a.translated(x: 3, y: 0)) - 0.7 / 1.3) < 1e-15)
    }

    @Test func boxesWithoutArea() {
        let point = Box(xMin: 3, yMin: 3, xMax: 3, yMax: 3)
        #expect(point.intersectionOverUnion(point) == 0)
        #expect(point.intersectionOverUnion(point, .inclusivePixels) == 1)
    }

    /// On integer boxes the inclusive convention counts pixels: compare with sets of pixels.
    @Test func overlapCountsPixels() {
        var generator = Philox(seed: 3)
        func pixels(_ box: Box) -> Set<[Int]> {
            Set((Int(box.xMin)...Int(box.xMax)).flatMap { x in (Int(box.yMin)...Int(box.yMax)).map { [x, $0] } })
        }
        for _ in 0..<200 {
            let boxes = (0..<2).map { _ in
                Box(
                    x: Double(generator.integer(in: 0..<8)), y: Double(generator.integer(in: 0..<8)),
                    width: Double(generator.integer(in: 0..<8)), height: Double(generator.integer(in: 0..<8)))
            }
            let (a, b) = (pixels(boxes[0]), pixels(boxes[1]))
            let expected = Double(a.intersection(b).count) / Double(a.union(b).count)
            #expect(abs(boxes[0].intersectionOverUnion(boxes[1], .inclusivePixels) - expected) < 1e-15)
            #expect(
                boxes[0].intersectionOverUnion(boxes[1], .inclusivePixels)
                    == boxes[1].intersectionOverUnion(boxes[0], .inclusivePixels))
        }
    }

    @Test func initialisersAgree() {
        let box = Box(x: 10, y: 20, width: 30, height: 40)
        #expect(box == Box(xMin: 10, yMin: 20, xMax: 40, yMax: 60))
        #expect(box == Box(centerX: 25, centerY: 40, width: 30, height: 40))
        #expect(
            box.clamped(to: Box(xMin: 0, yMin: 0, xMax: 35, yMax: 50)) == Box(xMin: 10, yMin: 20, xMax: 35, yMax: 50))
        #expect(!Box(xMin: 1, yMin: 0, xMax: 0, yMax: 1).isValid)
        #expect(!Box(xMin: 0, yMin: .nan, xMax: 1, yMax: 1).isValid)
    }
}
