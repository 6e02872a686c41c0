import Mathematics
import Testing

@Suite struct VectorTests {
    @Test func arithmeticIsElementwise() {
        let x: Vector = [1, -2, 4]
        let y: Vector = [3, 5, -1]
        #expect(x + y == [4, 3, 3])
        #expect(x - y == [-2, -7, 5])
        #expect(x .* y == [3, -10, -4])
        #expect(y ./ x == [3, -2.5, -0.25])
        #expect(2 * x + 1 == [3, -3, 9])
        #expect(1 - x / 2 == [0.5, 2, -1])
        #expect(-x == [-1, 2, -4])
        var z = x
        z.add(10, times: y)
        z /= 2
        #expect(z == [15.5, 24, -3])
    }

    @Test func productsAndNorms() {
        let x: Vector = [3, -4]
        #expect(x.dot([2, 1]) == 2)
        #expect(x.norm == 5)
        #expect(x.squaredNorm == 25)
        #expect(x.absoluteSum == 7)
        #expect(x.maximumMagnitude == 4)
        #expect(Vector([1e200, 1e200]).norm == 2.0.squareRoot() * 1e200)
        #expect(x.outerProduct([1, 2, 3]) == [[3, 6, 9], [-4, -8, -12]])
        let single: DenseVector<Float> = [1, 2, 2]
        #expect(single.norm == 3)
        #expect(single.dot([1, 1, 1]) == 5)
    }

    @Test func spacedEndsAreExact() {
        let linear = Vector.linearlySpaced(from: 0.1, to: 4, count: 14)
        #expect(linear[0] == 0.1 && linear[13] == 4)
        #expect(abs(linear[1] - 0.4) < 1e-15)
        let logarithmic = Vector.logarithmicallySpaced(from: 1e-3, to: 1e3, count: 7)
        for (index, value) in logarithmic.enumerated() {
            let expected = [1e-3, 1e-2, 0.1, 1, 10, 100, 1000][index]
            #expect(abs(value / expected - 1) < 1e-14)
        }
    }

    @Test func descriptionsShowShapeAndTruncate() {
        #expect(Vector([1, 0.5, -2.25]).description == "Vector(3) [1, 0.5, -2.25]")
        #expect(Vector([1.0 / 3, 1e-9, 123456.789, 2e20]).description == "Vector(4) [0.333333, 1e-9, 123457, 2e20]")
        #expect(Vector(count: 100) { Double($0) }.description == "Vector(100) [0, 1, 2, 3, 4, …, 95, 96, 97, 98, 99]")
        #expect(Matrix(rows: [[1, 10], [-2, 3]]).description == "Matrix(2 × 2)\n  [ 1, 10]\n  [-2,  3]")
        #expect(Matrix.zeros(20, 20).description.split(separator: "\n").count == 12)
    }

    @Test func mismatchedShapesStopTheProgramNamingBoth() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Vector.zeros(3) + Vector.zeros(4)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("(3)") && message.contains("(4)"))
    }
}
