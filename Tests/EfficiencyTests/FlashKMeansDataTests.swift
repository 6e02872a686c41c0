import DeepLearning
import Efficiency
import Foundation
import Mathematics
import Testing

struct FlashKMeansDataTests {
    private func temporaryFile(_ name: String, _ bytes: [UInt8]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("flash-k-means-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        return url.path
    }

    private func littleEndian(_ number: Float) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } }

    /// What numpy.save writes for a float32 array: version 1, the dictionary, spaces up to a multiple of 64, a new line.
    private func numpyFile(_ matrix: DenseMatrix<Float>, type: String = "<f4", order: String = "False", shape: String? = nil) -> [UInt8] {
        var dictionary = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape ?? "(\(matrix.rows), \(matrix.columns))"), }"
        while (dictionary.utf8.count + 11) % 64 != 0 { dictionary += " " }
        dictionary += "\n"
        let length = dictionary.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(dictionary.utf8)
            + (0..<matrix.rows).flatMap { row in (0..<matrix.columns).flatMap { littleEndian(matrix[row, $0]) } }
    }

    private func vectorsFile(_ matrix: DenseMatrix<Float>) -> [UInt8] {
        (0..<matrix.rows).flatMap { row in
            [UInt8(matrix.columns), 0, 0, 0] + (0..<matrix.columns).flatMap { littleEndian(matrix[row, $0]) }
        }
    }

    @Test func filesOfVectors() throws {
        let matrix = cloud(5003, 7, seed: 1)
        for (name, bytes) in [("a.npy", numpyFile(matrix)), ("a.fvecs", vectorsFile(matrix))] {
            let file = try VectorFile(path: temporaryFile(name, bytes))
            #expect(file.count == 5003 && file.dimension == 7)
            #expect(try file.points(0..<5003) == matrix)
            #expect(try file.points(4998..<5003) == matrix.selectingRows(4998..<5003))
            #expect(try file.points(17..<17).rows == 0)
        }
        // np.save('b.npy', np.array([[1.5, -2.0]], dtype=np.float32)); open('b.npy', 'rb').read()
        let written =
            "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028312c2032292c207d"
            + String(repeating: "20", count: 58) + "0a" + "0000c03f000000c0"
        let bytes = stride(from: 0, to: written.count, by: 2).compactMap {
            UInt8(written.dropFirst($0).prefix(2), radix: 16)
        }
        #expect(try VectorFile(path: temporaryFile("b.npy", bytes)).points(0..<1) == [[1.5, -2]])
    }

    @Test func badFilesAreNamed() throws {
        let matrix = cloud(4, 3, seed: 2)
        func error(_ name: String, _ bytes: [UInt8]) throws -> DataFileError? {
            let path = try temporaryFile(name, bytes)
            do throws(DataFileError) {
                let file = try VectorFile(path: path)
                _ = try file.points(0..<file.count)
                return nil
            } catch {
                #expect(error.file == path)
                return error
            }
        }
        #expect(try error("a.npy", numpyFile(matrix, type: "<f8"))?.place == "descr")
        #expect(try error("a.npy", numpyFile(matrix, type: "<f8"))?.value == "'<f8'")
        #expect(try error("a.npy", numpyFile(matrix, order: "True"))?.place == "fortran_order")
        #expect(try error("a.npy", numpyFile(matrix, shape: "(12,)"))?.place == "shape")
        #expect(try error("a.npy", numpyFile(matrix, shape: "(5, 3)"))?.expected.hasPrefix("60, 4") == true)
        #expect(try error("a.npy", Array(numpyFile(matrix).dropFirst()))?.place == "magic number")
        #expect(try error("a.npy", [1, 2])?.place == "magic number")
        #expect(try error("a.fvecs", vectorsFile(matrix) + [0])?.place == "length")
        var bytes = vectorsFile(matrix)
        bytes[32] = 2
        #expect(try error("a.fvecs", bytes)?.place == "dimension of vector 2")
        #expect(try error("a.fvecs", [255, 255, 255, 255])?.value == "-1")
        #expect(try error("a.txt", [])?.place == "name")
        #expect(throws: DataFileError.self) { try VectorFile(path: "/missing/a.npy") }
    }

    @Test func outOfCoreIsInMemory() throws {
        let (points, _) = try SkewedMixture(clusters: 20, dimension: 9, separation: 3, skew: 0.5)
            .sample(10_000, using: Philox(seed: 3))
        let start = points.selectingRows(0..<33)
        let path = try temporaryFile("points.npy", numpyFile(points))
        for metric in KMeansMetric.allCases {
            let options = FlashKMeansOptions(metric: metric, maximumIterations: 5, tolerance: 1e-3, chunk: 1111)
            let inMemory = try flashKMeans(points, initialCentroids: start, options: options)
            let source = PacedPoints(MatrixPoints(points), bytesPerSecond: 1e9)
            let others = [
                try flashKMeans(path: path, initialCentroids: start, options: options),
                try flashKMeans(from: source, initialCentroids: start, options: options, overlapsReading: false),
            ]
            for other in others {
                #expect(other.labels == inMemory.labels && other.centroids == inMemory.centroids)
                #expect(other.objective == inMemory.objective && other.iterations == inMemory.iterations)
                #expect(other.counts == inMemory.counts && other.work.merges == inMemory.work.merges)
            }
        }
    }

    @Test func badSourcesAreNamed() throws {
        var points = cloud(100, 2, seed: 4)
        #expect(throws: FlashKMeansError.self) {
            try flashKMeans(from: MatrixPoints(points), initialCentroids: [[1, 2, 3]])
        }
        #expect(throws: FlashKMeansError.self) {
            try flashKMeans(
                from: MatrixPoints(points), initialCentroids: [[1, 2]], options: FlashKMeansOptions(update: .threadPrivate))
        }
        points[77, 1] = .nan
        let expected = FlashKMeansError.input(.notFinite(argument: "points[70..<80]", index: 15, value: .nan))
        do {
            _ = try flashKMeans(
                from: MatrixPoints(points), initialCentroids: [[1, 2]], options: FlashKMeansOptions(chunk: 10))
            Issue.record("NaN was taken")
        } catch {
            #expect("\(error)" == "\(expected)")
        }
        // A file that was cut off after it had been opened.
        let path = try temporaryFile("a.npy", numpyFile(cloud(100, 2, seed: 5)))
        let file = try VectorFile(path: path)
        try Data(contentsOf: URL(fileURLWithPath: path)).prefix(600).write(to: URL(fileURLWithPath: path))
        for overlaps in [true, false] {
            #expect(throws: FlashKMeansError.self) {
                try flashKMeans(
                    from: file, initialCentroids: [[1, 2]], options: FlashKMeansOptions(chunk: 30), overlapsReading: overlaps)
            }
        }
    }

    @Test func mixturesHaveTheirWeights() throws {
        let mixture = try SkewedMixture(clusters: 8, dimension: 5, separation: 6, skew: 3)
        // 1/(1 + 1/8 + 1/27 + …) of eight terms
        #expect(abs(mixture.weights[0] - 0.8368) < 1e-4)
        let (points, labels) = mixture.sample(20_000, using: Philox(seed: 6))
        #expect(mixture.sample(20_000, using: Philox(seed: 6)).points == points)
        for cluster in 0..<8 {
            let share = Double(labels.filter { $0 == cluster }.count) / 20_000, weight = mixture.weights[cluster]
            #expect(abs(share - weight) < 5 * (weight * (1 - weight) / 20_000).squareRoot())
        }
        // Within a cluster each coordinate has the variance 1.
        let own = points.selectingRows(labels.indices.filter { labels[$0] == 0 })
        for column in 0..<5 {
            let values = own.column(column).map(Double.init), mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            #expect(abs(variance - 1) < 5 * (2 / Double(values.count)).squareRoot())
        }
        #expect(throws: LinearAlgebraError.self) { try SkewedMixture(clusters: 0, dimension: 2) }
        #expect(throws: LinearAlgebraError.self) { try SkewedMixture(clusters: 2, dimension: 2, skew: .infinity) }
    }

    @Test func keysOfAModel() throws {
        var generator = Philox(seed: 7)
        let model = try TinyLM<Float>(
            TinyLMConfiguration(vocabularySize: 11) {
                $0.width = 16
                $0.heads = 4
                $0.depth = 1
                $0.contextLength = 5
            }, using: &generator)
        let tokens = Tensor<Int>(shape: [2, 5], scalars: [1, 2, 3, 4, 5, 10, 9, 8, 7, 6])
        // By the parts: the first block's key layer on the normalised sums of token and position vectors.
        let block = model.blocks[0]
        let sums = model.embed(tokens) + model.positionTable!
        let all = block.attention.key(block.attentionNorm(sums))
        for head in 0..<4 {
            let keys = model.keyVectors(of: tokens, block: 0, head: head)
            #expect(keys.rows == 10 && keys.columns == 4)
            for row in 0..<10 {
                for column in 0..<4 {
                    #expect(abs(keys[row, column] - all.scalars[row * 16 + head * 4 + column]) < 1e-6)
                }
            }
        }
    }
}
