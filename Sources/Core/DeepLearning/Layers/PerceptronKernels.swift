import COpenBLAS
import CVectorMath
import Mathematics

/// A perceptron applied to jets as one operation: a block of points goes through all layers, forward and backward, while
/// it is in the cache.
///
/// Where the parameters have tangents, the derivative along direction 1 is that of the outputs by the inputs and the
/// parameters together: z₁ = h₁W + h₀Ẇ + ḃ. The gradient of such a derivative is a Hessian-vector product.
struct PerceptronKernels<S: TensorScalar> {
    let activation: JetActivation<S>
    let directionCount: Int
    let spatialCount: Int
    let hasLaplacian: Bool
    /// Of each layer.
    let hasBias: [Bool]
    /// Whether the parameters' tangents follow the parameters among the arguments.
    let hasTangents: Bool

    private var partCount: Int { 1 + directionCount + (hasLaplacian ? 1 : 0) }

    /// What the pullback needs: for each hidden layer the jets before and after the activation and its derivatives, block
    /// after block in memory.
    struct Kept {
        var before: [Storage<S>] = []
        var after: [Storage<S>] = []
        var derivatives: [[Storage<S>]] = []
    }

    /// A layer's arguments and their places among all.
    private struct Layer {
        let inputs: Int, outputs: Int
        let weight: Tensor<S>, bias: Tensor<S>?, weightTangent: Tensor<S>?, biasTangent: Tensor<S>?
        let weightIndex: Int, biasIndex: Int?, weightTangentIndex: Int?, biasTangentIndex: Int?
    }

    private func layers(_ arguments: [Tensor<S>]) -> [Layer] {
        let parameterCount = hasBias.reduce(0) { $0 + ($1 ? 2 : 1) }
        var index = 1
        return hasBias.map { hasBias in
            let weight = index, bias = hasBias ? index + 1 : nil
            index += hasBias ? 2 : 1
            func argument(_ index: Int?) -> Tensor<S>? { index.map { arguments[$0].packed() } }
            let weightTangent = hasTangents ? weight + parameterCount : nil
            let biasTangent = hasTangents ? bias.map { $0 + parameterCount } : nil
            return Layer(
                inputs: arguments[weight].shape[0], outputs: arguments[weight].shape[1], weight: arguments[weight].packed(),
                bias: argument(bias), weightTangent: argument(weightTangent), biasTangent: argument(biasTangent),
                weightIndex: weight, biasIndex: bias, weightTangentIndex: weightTangent, biasTangentIndex: biasTangent)
        }
    }

    // MARK: Blocks

    /// Points in blocks whose jets of one layer take about 100 kB, and runs of blocks for several threads. Both depend on
    /// sizes alone, so that the bits do not depend on how many threads there are.
    private struct Division {
        let points: Int, blockCount: Int, shardCount: Int

        func block(_ index: Int) -> Range<Int> { index * points / blockCount..<(index + 1) * points / blockCount }
        func shard(_ index: Int) -> Range<Int> { index * blockCount / shardCount..<(index + 1) * blockCount / shardCount }
        var largestBlock: Int { (points + blockCount - 1) / blockCount }

        /// The results of every shard. Threads pay off for work of a millisecond or more alone.
        func map<R: Sendable>(_ body: @escaping @Sendable (Range<Int>) -> R) -> [R] {
            let threads = Int(openblas_get_num_threads())
            if shardCount == 1 || threads == 1 { return (0..<shardCount).map { body(shard($0)) } }
            return parallelMap(shardCount, maximumThreads: threads) { body(shard($0)) }
        }
    }

    private func division(_ points: Int, _ layers: [Layer]) -> Division {
        let rows = 320 / partCount
        let blockCount = max(1, (points + rows - 1) / rows)
        let work = layers.reduce(0) { $0 + $1.inputs * $1.outputs } * points * partCount
        return Division(points: points, blockCount: blockCount, shardCount: work >= 1 << 26 ? min(4, blockCount) : 1)
    }

    /// Copies a block of all parts: [parts, points, columns] to [parts, block, columns], or back.
    private func gather(_ block: Range<Int>, of points: Int, _ columns: Int, _ from: UnsafePointer<S>, _ to: UnsafeMutablePointer<S>) {
        for part in 0..<partCount {
            (to + part * block.count * columns).update(
                from: from + (part * points + block.lowerBound) * columns, count: block.count * columns)
        }
    }

    private func scatter(_ block: Range<Int>, of points: Int, _ columns: Int, _ from: UnsafePointer<S>, _ to: UnsafeMutablePointer<S>) {
        for part in 0..<partCount {
            (to + (part * points + block.lowerBound) * columns).update(
                from: from + part * block.count * columns, count: block.count * columns)
        }
    }

    // MARK: Forward

    func forward(_ arguments: [Tensor<S>], _ isDifferentiated: Bool) -> (Tensor<S>, Kept) {
        let x = arguments[0].packed(), layers = layers(arguments)
        let points = x.shape[x.rank - 2], outputs = layers[layers.count - 1].outputs
        let result = Tensor<S>(uninitialized: x.shape.replacing(x.rank - 1, with: outputs))
        let order = (hasLaplacian ? 2 : directionCount > 0 ? 1 : 0) + (isDifferentiated ? 1 : 0)
        var kept = Kept()
        if isDifferentiated {
            for layer in layers.dropLast() {
                kept.before.append(Storage(uninitializedCount: partCount * points * layer.outputs))
                kept.after.append(Storage(uninitializedCount: partCount * points * layer.outputs))
                kept.derivatives.append((0..<order).map { _ in Storage(uninitializedCount: points * layer.outputs) })
            }
        }
        let (all, division) = (kept, division(points, layers))
        let widest = max(x.shape[x.rank - 1], layers.map(\.outputs).max() ?? 0)
        _ = division.map { blocks in
            let size = partCount * division.largestBlock * widest
            let first = Storage<S>(uninitializedCount: size), second = Storage<S>(uninitializedCount: size)
            let derivatives = (0..<(isDifferentiated ? 0 : order)).map { _ in
                Storage<S>(uninitializedCount: division.largestBlock * widest)
            }
            for block in blocks.lazy.map(division.block) {
                gather(block, of: points, x.shape[x.rank - 1], x.pointer, first.pointer)
                var h = first.pointer
                for (index, layer) in layers.enumerated() {
                    let isLast = index == layers.count - 1, keeps = isDifferentiated && !isLast
                    let start = block.lowerBound * layer.outputs
                    let z = keeps ? all.before[index].pointer + partCount * start : second.pointer
                    apply(layer, to: h, rows: block.count, z)
                    if isLast {
                        scatter(block, of: points, outputs, z, result.pointer)
                    } else {
                        let y = keeps ? all.after[index].pointer + partCount * start : first.pointer
                        activate(
                            block.count, layer.outputs, order, z,
                            keeps ? all.derivatives[index].map { $0.pointer + start } : derivatives.map(\.pointer), y)
                        h = y
                    }
                }
            }
        }
        return (result, kept)
    }

    private func apply(_ layer: Layer, to h: UnsafeMutablePointer<S>, rows: Int, _ z: UnsafeMutablePointer<S>) {
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0, columns = layer.outputs
        func product(_ first: Int, _ count: Int, _ weight: Tensor<S>, into part: Int, accumulating: Bool) {
            MatrixKernels.multiply(
                count * rows, columns, layer.inputs, h + first * rows * layer.inputs, layer.inputs, false, weight.pointer,
                columns, false, z + part * rows * columns, accumulating: accumulating)
        }
        if let bias = layer.bias { vm_repeat_row(isDouble, rows, columns, bias.pointer, z) }
        guard let weightTangent = layer.weightTangent else {
            product(0, 1, layer.weight, into: 0, accumulating: layer.bias != nil)
            if partCount > 1 { product(1, partCount - 1, layer.weight, into: 1, accumulating: false) }
            return
        }
        product(0, 1, layer.weight, into: 0, accumulating: layer.bias != nil)
        if let tangent = layer.biasTangent { vm_repeat_row(isDouble, rows, columns, tangent.pointer, z + rows * columns) }
        product(1, 1, layer.weight, into: 1, accumulating: layer.biasTangent != nil)
        product(0, 1, weightTangent, into: 1, accumulating: true)
    }

    private func activate(
        _ rows: Int, _ columns: Int, _ order: Int, _ z: UnsafeMutablePointer<S>,
        _ derivatives: [UnsafeMutablePointer<S>], _ y: UnsafeMutablePointer<S>
    ) {
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0, count = rows * columns
        func derivative(_ order: Int) -> UnsafeMutablePointer<S>? {
            order <= derivatives.count ? derivatives[order - 1] : nil
        }
        if let (kind, beta) = activation.kernel {
            vm_activation(
                kind, isDouble, count, Double(beta), Int32(order), z, y, derivative(1), derivative(2), derivative(3))
        } else {
            let values = Tensor<S>(uninitialized: [rows, columns])
            values.pointer.update(from: z, count: count)
            let list = activation.derivatives(values, order)
            for (index, target) in ([y] + derivatives).enumerated() {
                target.update(from: list[index].packed().pointer, count: count)
            }
        }
        if directionCount > 0 || hasLaplacian {
            vm_jet(
                isDouble, count, Int32(directionCount), Int32(spatialCount), hasLaplacian ? 1 : 0, z, derivative(1),
                derivative(min(2, order)), y)
        }
    }

    // MARK: Backward

    func pullback(_ arguments: [Tensor<S>], _ kept: Kept, _ cotangent: Tensor<S>, _ wanted: [Bool]) -> [Tensor<S>?] {
        let x = arguments[0].packed(), g = cotangent.packed(), layers = layers(arguments)
        let points = x.shape[x.rank - 2], inputs = x.shape[x.rank - 1]
        let division = division(points, layers)
        let dx = wanted[0] ? Tensor<S>(uninitialized: x.shape) : nil
        // The weights as the way back reads them.
        let turned = layers.map { $0.weight.transposed().packed() }
        let turnedTangents = layers.map { $0.weightTangent?.transposed().packed() }
        let widest = max(inputs, layers.map(\.outputs).max() ?? 0)
        let sums: [[Tensor<S>?]] = division.map { blocks in
            let sums = arguments.indices.map { $0 > 0 && wanted[$0] ? Tensor<S>.zeros(arguments[$0].shape) : nil }
            let size = partCount * division.largestBlock * widest
            let delta = Storage<S>(uninitializedCount: size), back = Storage<S>(uninitializedCount: size)
            let start = Storage<S>(uninitializedCount: partCount * division.largestBlock * inputs)
            for block in blocks.lazy.map(division.block) {
                gather(block, of: points, layers[layers.count - 1].outputs, g.pointer, delta.pointer)
                gather(block, of: points, inputs, x.pointer, start.pointer)
                for index in layers.indices.reversed() {
                    let layer = layers[index]
                    let h = index == 0
                        ? start.pointer : kept.after[index - 1].pointer + partCount * block.lowerBound * layer.inputs
                    addParameterCotangents(layer, h, delta.pointer, rows: block.count, to: sums)
                    if index == 0, dx == nil { break }
                    goBack(layer, turned[index], turnedTangents[index], delta.pointer, rows: block.count, back.pointer)
                    if index == 0 {
                        if let dx { scatter(block, of: points, inputs, back.pointer, dx.pointer) }
                    } else {
                        pullbackActivation(
                            block, layer.inputs, kept.before[index - 1], kept.derivatives[index - 1], back.pointer,
                            delta.pointer)
                    }
                }
            }
            return sums
        }
        var result = sums[0]
        for other in sums.dropFirst() {
            for index in result.indices {
                if let part = other[index] { result[index].map { vm_add_scaled(isDouble, part.count, 1, part.pointer, $0.pointer) } }
            }
        }
        result[0] = dx
        return result
    }

    private var isDouble: Int32 { S.usesDoubleKernels ? 1 : 0 }

    private func addParameterCotangents(
        _ layer: Layer, _ h: UnsafeMutablePointer<S>, _ delta: UnsafeMutablePointer<S>, rows: Int, to sums: [Tensor<S>?]
    ) {
        func add(_ count: Int, _ delta: UnsafeMutablePointer<S>, to sum: Tensor<S>) {
            MatrixKernels.multiply(
                layer.inputs, layer.outputs, count * rows, h, layer.inputs, true, delta, layer.outputs, false, sum.pointer,
                accumulating: true)
        }
        if let sum = sums[layer.weightIndex] { add(partCount, delta, to: sum) }
        if let index = layer.biasIndex, let sum = sums[index] {
            vm_add_columns(isDouble, rows, layer.outputs, delta, sum.pointer)
        }
        let tangent = delta + rows * layer.outputs
        if let index = layer.weightTangentIndex, let sum = sums[index] { add(1, tangent, to: sum) }
        if let index = layer.biasTangentIndex, let sum = sums[index] {
            vm_add_columns(isDouble, rows, layer.outputs, tangent, sum.pointer)
        }
    }

    private func goBack(
        _ layer: Layer, _ turned: Tensor<S>, _ turnedTangent: Tensor<S>?, _ delta: UnsafeMutablePointer<S>, rows: Int,
        _ result: UnsafeMutablePointer<S>
    ) {
        MatrixKernels.multiply(
            partCount * rows, layer.inputs, layer.outputs, delta, layer.outputs, false, turned.pointer, layer.inputs, false,
            result)
        if let turnedTangent {
            MatrixKernels.multiply(
                rows, layer.inputs, layer.outputs, delta + rows * layer.outputs, layer.outputs, false,
                turnedTangent.pointer, layer.inputs, false, result, accumulating: true)
        }
    }

    private func pullbackActivation(
        _ block: Range<Int>, _ columns: Int, _ before: Storage<S>, _ derivatives: [Storage<S>],
        _ cotangent: UnsafeMutablePointer<S>, _ result: UnsafeMutablePointer<S>
    ) {
        let start = block.lowerBound * columns
        // Derivatives that are not there are not read.
        let order = derivatives.count
        vm_jet_pullback(
            isDouble, block.count * columns, Int32(directionCount), Int32(spatialCount), hasLaplacian ? 1 : 0,
            before.pointer + partCount * start, derivatives[0].pointer + start,
            derivatives[min(1, order - 1)].pointer + start, derivatives[min(2, order - 1)].pointer + start, cotangent,
            result)
    }
}
