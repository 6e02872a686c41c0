import DeepLearning
import Foundation
import Mathematics
import Testing

/// Views share memory, writing copies it, and training gives back what it takes.
@Suite(.serialized) struct MemoryTests {
    private func address<S>(_ x: Tensor<S>) -> Int { x.withUnsafeScalars { Int(bitPattern: $0.baseAddress) } }

    @Test func contiguousViewsDoNotCopy() {
        let x = normal([4, 6])
        let start = address(x), size = MemoryLayout<Double>.stride
        #expect(address(x.reshaped(to: [3, 8])) == start)
        #expect(address(x.flattened()) == start)
        #expect(address(x[1]) == start + 6 * size)
        #expect(address(x[2..<4]) == start + 12 * size)
        #expect(address(x.expandingShape(at: 1)) == start)
        #expect(address(x.transposed().transposed()) == start)
        #expect(address(x.permuted(1, 0).permuted(1, 0)) == start)
        #expect(address(x.reversed(along: 0).reversed(along: 0)) == start)
        #expect(address(x[1, 2]) == start + 8 * size)
        // Views that are not contiguous say so, and cost no memory: a billion elements.
        let huge = Tensor(2.0).expanded(to: [1000, 1000, 1000])
        #expect(huge.count == 1_000_000_000 && !huge.isContiguous)
        #expect(huge[999, 999, 0..<3].scalars == [2, 2, 2])
    }

    @Test func writingDoesNotReachOthers() {
        let source = Tensor<Double>([[1, 2, 3], [4, 5, 6]])
        var copy = source, row = source[1], turned = source.transposed(), whole = source.flattened()
        copy.withUnsafeMutableScalars { $0[0] = 100 }
        row.withUnsafeMutableScalars { $0[0] = 200 }
        turned.withUnsafeMutableScalars { $0[1] = 300 }
        whole.withUnsafeMutableScalars { $0[5] = 400 }
        #expect(source.scalars == [1, 2, 3, 4, 5, 6])
        #expect(copy.scalars == [100, 2, 3, 4, 5, 6])
        #expect(row.scalars == [200, 5, 6])
        #expect(turned.scalars == [1, 300, 2, 5, 3, 6])
        #expect(whole.scalars == [1, 2, 3, 4, 5, 400])
        // A source that is changed does not change its views either.
        var second = source
        let view = second[0]
        second.withUnsafeMutableScalars { $0[0] = -1 }
        #expect(view.scalars == [1, 2, 3])
        var repeated = Tensor(2.0).expanded(to: [3])
        repeated.withUnsafeMutableScalars { $0[1] = 5 }
        #expect(repeated.scalars == [2, 5, 2])
        // The sole owner writes in place.
        var own = Tensor<Double>([1, 2, 3])
        let before = address(own)
        own.withUnsafeMutableScalars { $0[0] = 7 }
        #expect(address(own) == before)
    }

    @Test func operationsDoNotChangeTheirArguments() {
        let x = normal([3, 4]), copy = Tensor(shape: [3, 4], scalars: x.scalars)
        let mask = Tensor<Bool>(shape: [4], scalars: [true, false, true, false])
        _ = x.replacing(where: mask, with: 3)
        _ = gradient(at: x) { x in (x.replacing(where: mask, with: 3) * x + x.softmax() + x.cumulativeSum()).squared().sum() }
        var y = x
        y += x
        _ = Jet(variables: x, laplacianOver: 2)
        #expect(x == copy)
    }

    /// What the process holds. The tests that read it are processes of their own: other tests take memory, too.
    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }

    @Test func millionOperationsInAChain() async {
        await #expect(processExitsWith: .success) {
            func chain(_ x: Tensor<Double>) -> Tensor<Double> {
                var y = x
                for _ in 0..<1_000_000 { y = y + 1e-6 }
                return y * y
            }
            let slope = gradient(at: Tensor(1.0), chain)
            expectClose(slope, [4], tolerance: 1e-9)
            let before = Self.residentBytes
            _ = gradient(at: Tensor(1.0), chain)
            // A result that is dropped with its whole history, never differentiated.
            _ = gradient(at: Tensor(1.0)) { x in
                _ = chain(x)
                return x
            }
            #expect(Self.residentBytes - before < 64 << 20, "grew by \(Self.residentBytes - before) bytes")
        }
    }

    @Test func memoryPerTrainingStepIsFlat() async {
        await #expect(processExitsWith: .success) {
            var generator = Philox(seed: 1)
            var model = Perceptron<Float>(widths: [16, 128, 128, 1], activation: .tanh, using: &generator)
            var optimizer = Adam<Perceptron<Float>>(learningRate: 1e-3)
            let x = Tensor<Float>.randomNormal([256, 16], using: &generator)
            func step() {
                let slope = gradient(at: model) { $0(x).squared().mean() }
                let curvature = hessianVectorProduct(at: model, along: slope) { $0(x).squared().mean() }
                optimizer.update(&model, along: slope.combined(with: curvature) { $0 + $1 * 0.001 })
            }
            for _ in 0..<20 { step() }
            let before = Self.residentBytes
            for _ in 0..<200 { step() }
            #expect(Self.residentBytes - before < 4 << 20, "grew by \(Self.residentBytes - before) bytes")
        }
    }

    @Test func sameSeedSameBits() {
        func train() -> [Float] {
            var generator = Philox(seed: 5)
            var model = Perceptron<Float>(widths: [3, 33, 17, 2], activation: .softplus(), using: &generator)
            var optimizer = Adam<Perceptron<Float>>(learningRate: 1e-2)
            for _ in 0..<20 {
                let x = Tensor<Float>.randomNormal([37, 3], using: &generator)
                let slope = gradient(at: model) { ($0(x) - x[0..., 0..<2]).squared().mean() }
                optimizer.update(&model, along: slope)
            }
            return model.parameters.flatMap(\.scalars)
        }
        #expect(train() == train())
        // A sum does not depend on where in memory its elements lie.
        let x = Tensor<Float>(normal([1000]))
        for offset in 1..<17 {
            let shifted = Tensor<Float>.concatenating([Tensor<Float>.zeros([offset]), x])[offset...]
            #expect(shifted.sum().scalar == x.sum().scalar)
            #expect(shifted.expandingShape(at: 0).softmax().scalars == x.softmax().scalars)
        }
    }
}
