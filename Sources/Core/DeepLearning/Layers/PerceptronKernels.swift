import COpenBLAS
import CVectorMath
import Mathematics

/// A perceptron applied to jets as one operation: a block of points goes through all layers, forward and backward, while
/// it is in the cache.
///
/// Where the parameters have tangents, the derivative along direction 1 is that of the outputs by the inputs and the
/// parameters together: z₁ = h₁W + h₀Ẇ + ḃ. The gradient of such a derivative is a Hessian-vector product.
struct PerceptronKernels<S: TensorScalar> {
    let activation: vm_activation_kind
    /// Softplus's β.
    let beta: S
    let directionCount: Int
    let spatialCount: Int
    let hasLaplacian: Bool
    /// Of each layer.
    let hasBias: [Bool]
    /// Whether the parameters' tangents follow the parameters among the arguments.
    let hasTangents: Bool

    private var partCount: Int { 1 + directionCount + (hasLaplacian ? 1 : 0) }

    /// What the pullback needs, block after block in memory: for each hidden layer the derivatives before the activation,
    /// the jets behind it and the activation's first derivative. The higher ones are made of it on the way.
    struct Kept {
        var before: [Storage<S>] = []
        var after: [Storage<S>] = []
        var slopes: [Storage<S>] = []
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
                inputs: arguments[weight].shape[0], outputs: arguments[weight].shape[1],
                weight: arguments[weight].packed(), bias: argument(bias), weightTangent: argument(weightTangent), biasTangent: argument(biasTangent),
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
        return Division(
            points: points, blockCount: blockCount, shardCount: work >= 1 << 26 ? min(4, blockCount) : 1)
    }

    /// Copies a block of all parts: [parts, points, columns] to [parts, block, columns], or back.
    private func gather(
        _ block: Range<Int>, of points: Int, _ columns: Int, _ from: UnsafePointer<S>, _ to: UnsafeMutablePointer<S>
    ) {
        for part in 0..<partCount {
            (to + part * block.count * columns).update(
                from: from + (part * points + block.lowerBound) * columns, count: block.count * columns)
        }
    }

    private func scatter(
        _ block: Range<Int>, of points: Int, _ columns: Int, _ from: UnsafePointer<S>, _ to: UnsafeMutablePointer<S>
    ) {
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
        var kept = Kept()
        if isDifferentiated {
            for layer in layers.dropLast() {
                kept.before.append(Storage(uninitializedCount: (partCount - 1) * points * layer.outputs))
                kept.after.append(Storage(uninitializedCount: partCount * points * layer.outputs))
                kept.slopes.append(Storage(uninitializedCount: points * layer.outputs))
            }
        }
        let (all, division) = (kept, division(points, layers))
        let widest = max(x.shape[x.rank - 1], layers.map(\.outputs).max() ?? 0)
        _ = division.map { blocks in
            let size = division.largestBlock * widest
            let jets = Storage<S>(uninitializedCount: partCount * size)
            let values = Storage<S>(uninitializedCount: size), slopes = Storage<S>(uninitializedCount: size)
            let derivatives = Storage<S>(uninitializedCount: (partCount - 1) * size)
            for block in blocks.lazy.map(division.block) {
                gather(block, of: points, x.shape[x.rank - 1], x.pointer, jets.pointer)
                var h = jets.pointer
                for (index, layer) in layers.enumerated() {
                    let start = block.lowerBound * layer.outputs
                    let keeps = isDifferentiated && index < layers.count - 1
                    let z = keeps ? all.before[index].pointer + (partCount - 1) * start : derivatives.pointer
                    apply(layer, to: h, rows: block.count, values.pointer, z)
                    if index == layers.count - 1 {
                        for part in 0..<partCount {
                            let source = part == 0 ? values.pointer : z + (part - 1) * block.count * outputs
                            (result.pointer + (part * points + block.lowerBound) * outputs).update(
                                from: source, count: block.count * outputs)
                        }
                    } else {
                        let y = keeps ? all.after[index].pointer + partCount * start : jets.pointer
                        activate(
                            block.count * layer.outputs, isDifferentiated, values.pointer, z,
                            keeps ? all.slopes[index].pointer + start : slopes.pointer, y)
                        h = y
                    }
                }
            }
        }
        return (result, kept)
    }

    /// The values behind a layer and, apart from them, the derivatives.
    private func apply(
        _ layer: Layer, to h: UnsafeMutablePointer<S>, rows: Int, _ values: UnsafeMutablePointer<S>,
        _ derivatives: UnsafeMutablePointer<S>
    ) {
        func product(
            _ h: UnsafeMutablePointer<S>, _ count: Int, _ weight: Tensor<S>, _ z: UnsafeMutablePointer<S>,
            startingWith row: Tensor<S>?, accumulating: Bool = false
        ) {
            if let row { vm_repeat_row(isDouble, rows, layer.outputs, row.pointer, z) }
            MatrixKernels.multiply(
                count * rows, layer.outputs, layer.inputs, h, layer.inputs, false, weight.pointer, layer.outputs, false, z,
                accumulating: row != nil || accumulating)
        }
        product(h, 1, layer.weight, values, startingWith: layer.bias)
        guard partCount > 1 else { return }
        product(h + rows * layer.inputs, partCount - 1, layer.weight, derivatives, startingWith: layer.biasTangent)
        if let tangent = layer.weightTangent { product(h, 1, tangent, derivatives, startingWith: nil, accumulating: true) }
    }

    private func activate(
        _ count: Int, _ isDifferentiated: Bool, _ values: UnsafeMutablePointer<S>, _ z: UnsafeMutablePointer<S>,
        _ slopes: UnsafeMutablePointer<S>, _ y: UnsafeMutablePointer<S>
    ) {
        let needsSlopes = isDifferentiated || partCount > 1
        vm_activation(activation, isDouble, count, Double(beta), needsSlopes ? 1 : 0, values, y, slopes)
        if partCount > 1 {
            vm_network_jet(
                activation, isDouble, count, Double(beta), Int32(directionCount), Int32(spatialCount),
                hasLaplacian ? 1 : 0, z, slopes, y)
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
            // The last block first: it is still in the cache.
            for block in blocks.reversed().lazy.map(division.block) {
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
                        let first = block.lowerBound * layer.inputs
                        vm_network_jet_pullback(
                            activation, isDouble, block.count * layer.inputs, Double(beta), Int32(directionCount),
                            Int32(spatialCount), hasLaplacian ? 1 : 0,
                            kept.before[index - 1].pointer + (partCount - 1) * first, kept.slopes[index - 1].pointer + first,
                            h, back.pointer, delta.pointer)
                    }
                }
            }
            return sums
        }
        var result = sums[0]
        for other in sums.dropFirst() {
            for index in result.indices {
                if let part = other[index], let sum = result[index] {
                    vm_add_scaled(isDouble, part.count, 1, part.pointer, sum.pointer)
                }
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
}
