import BenchmarkMeasuring
import Mathematics

/// Products of a matrix in compressed rows, ten elements a row in random columns.
let sparseCases: [CaseMaker] = [
    {
        let a = try randomSparse(100_000, perRow: 10), x = normalVector(100_000)
        return ComparedCase(
            "sparse 100 thousand times vector", peerName: "sparse_vector", settings: a.settings,
            inputs: a.inputs.merging(["x": NumericArray(x)]) { $1 }, bar: .none
        ) {
            a.matrix * x
        } results: {
            [Output("product", Array($0), tolerance: 1e-13)]
        }
    },
    {
        let a = try randomSparse(20_000, perRow: 10), b = normalMatrix(20_000, 32)
        return ComparedCase(
            "sparse 20 thousand times dense, 32 columns", peerName: "sparse_dense", settings: a.settings,
            inputs: a.inputs.merging(["b": NumericArray(b)]) { $1 }, bar: .none
        ) {
            a.matrix * b
        } results: {
            [Output("product", $0.numbers, tolerance: 1e-13)]
        }
    },
    {
        let a = try randomSparse(10_000, perRow: 10)
        return ComparedCase(
            "sparse 10 thousand times sparse", peerName: "sparse_sparse", settings: a.settings, inputs: a.inputs,
            bar: .none
        ) {
            a.matrix * a.matrix
        } results: { product in
            [
                Output("sums of the rows", Array(product.rowSums), tolerance: 1e-12),
                Output("stored elements", [Double(product.storedCount)], tolerance: 1e-12),
            ]
        }
    },
]

private func randomSparse(
    _ order: Int, perRow: Int
) throws -> (matrix: SparseMatrix, inputs: [String: NumericArray], settings: [String: Double]) {
    var generator = Philox(seed: 7)
    var columns: [Int32] = []
    for _ in 0..<order {
        columns += generator.sample(perRow, withoutReplacementBelow: order).sorted().map { Int32($0) }
    }
    let values = Array(generator.normalVector(count: columns.count))
    let starts = (0...order).map { $0 * perRow }
    let matrix = try SparseMatrix(rows: order, columns: order, rowStarts: starts, columnIndices: columns, values: values)
    return (
        matrix,
        [
            "values": NumericArray(values), "indices": NumericArray(columns.map(Double.init)),
            "starts": NumericArray(starts.map(Double.init)),
        ], ["rows": Double(order), "columns": Double(order)]
    )
}
