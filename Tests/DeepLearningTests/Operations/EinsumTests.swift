import DeepLearning
import Testing

@Suite struct EinsumTests {
    /// The sum over all indices by loops: the definition.
    private func byDefinition(
        _ inputs: [String], _ output: String, _ operands: [Tensor<Double>]
    ) -> (scalars: [Double], shape: TensorShape) {
        var sizes: [Character: Int] = [:]
        for (input, operand) in zip(inputs, operands) {
            for (letter, size) in zip(input, operand.shape) { sizes[letter] = max(sizes[letter] ?? 1, size) }
        }
        let letters = Array(output) + sizes.keys.filter { !output.contains($0) }.sorted()
        let shape = TensorShape(output.map { sizes[$0] ?? 1 })
        var result = [Double](repeating: 0, count: shape.scalarCount)
        let total = letters.reduce(1) { $0 * (sizes[$1] ?? 1) }
        for number in 0..<total {
            var rest = number, index: [Character: Int] = [:]
            for letter in letters.reversed() {
                index[letter] = rest % (sizes[letter] ?? 1)
                rest /= sizes[letter] ?? 1
            }
            var product = 1.0
            for (input, operand) in zip(inputs, operands) {
                var part = operand
                for letter in input { part = part[part.shape[0] == 1 ? 0 : index[letter] ?? 0] }
                product *= part.scalar
            }
            var place = 0
            for letter in output { place = place * (sizes[letter] ?? 1) + (index[letter] ?? 0) }
            result[place] += product
        }
        return (result, shape)
    }

    static let cases: [(String, [TensorShape])] = [
        ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,jk->ki", [[2, 3], [3, 4]]), ("ij,kj->ik", [[2, 3], [4, 3]]), ("ij->ji", [[2, 3]]),
        ("ij->", [[2, 3]]), ("ij->j", [[2, 3]]), ("ii->", [[3, 3]]), ("ii->i", [[3, 3]]), ("iji->j", [[3, 2, 3]]),
        ("iii->i", [[2, 2, 2]]), ("i,i->", [[4], [4]]), ("i,i->i", [[4], [4]]), ("i,j->ij", [[2], [3]]), ("i,j->", [[2], [3]]),
        ("bij,bjk->bik", [[2, 3, 4], [2, 4, 2]]), ("bhid,bhjd->bhij", [[2, 2, 3, 4], [2, 2, 2, 4]]),
        ("bhij,bhjd->bihd", [[2, 2, 3, 4], [2, 2, 4, 2]]), ("ij,jk,kl->il", [[2, 3], [3, 2], [2, 4]]),
        ("i,ij,j->", [[2], [2, 3], [3]]), ("ij,ij,ij->ij", [[2, 3], [2, 3], [2, 3]]), ("ijk,jil->kl", [[2, 3, 2], [3, 2, 2]]),
        ("ij,jj,jk->ik", [[2, 3], [3, 3], [3, 2]]), ("ab,bc,ca->", [[2, 3], [3, 2], [2, 2]]), ("ij,jk->ik", [[2, 1], [3, 4]]),
        ("ij,ij->i", [[2, 1], [2, 3]]), ("ij,ij->ij", [[1, 3], [2, 3]]), ("i,ij->", [[2], [2, 3]]), ("ij,k->i", [[2, 3], [2]]),
        ("a,b,c->cab", [[2], [3], [2]]), (",i->i", [[], [3]]), ("ij,jk->ik", [[2, 0], [0, 3]]),
    ]

    @Test(arguments: 0..<cases.count) func againstTheDefinition(_ index: Int) {
        let (subscripts, shapes) = Self.cases[index]
        let operands = shapes.enumerated().map { normal($1, seed: UInt64($0 + 1)) }
        let sides = subscripts.split(separator: "->", omittingEmptySubsequences: false)
        let inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let (expected, shape) = byDefinition(inputs, String(sides[1]), operands)
        expectClose(einsum(subscripts, operands), expected, shape: shape, "\(subscripts)")
        expectGradientsMatchFiniteDifferences(at: operands, "\(subscripts)") { einsum(subscripts, $0) }
    }

    @Test func ellipsis() {
        let a = normal([2, 1, 3, 4]), b = normal([5, 4, 2], seed: 2)
        expectClose(einsum("...ij,...jk->...ik", a, b), matmul(a, b).scalars, shape: [2, 5, 3, 2])
        expectClose(einsum("...ij,...jk", a, b), matmul(a, b).scalars, shape: [2, 5, 3, 2])
        expectClose(einsum("...->...", a), a.scalars, shape: a.shape)
        expectClose(einsum("...i->i...", b), b.permuted(2, 0, 1).scalars, shape: [2, 5, 4])
        expectClose(einsum("...ii->...i", normal([2, 3, 3])), normal([2, 3, 3]).diagonal().scalars, shape: [2, 3])
        expectClose(einsum("...,...", a, b[0..<1, 0..., 0]), (a * b[0..<1, 0..., 0]).scalars, shape: a.shape)
        expectClose(einsum("i...->...", b), b.sum(along: 0).scalars, shape: [4, 2])
        expectGradientsMatchFiniteDifferences(at: [a, b]) { einsum("...ij,...jk->...ik", $0) }
    }

    @Test func implicitResult() {
        let a = normal([2, 3]), b = normal([3, 4], seed: 2)
        expectClose(einsum("ij,jk", a, b), matmul(a, b).scalars, shape: [2, 4])
        // np.einsum("ba", x) is the transpose: letters in alphabetic order.
        expectClose(einsum("ba", a), a.transposed().scalars, shape: [3, 2])
        expectClose(einsum("ii", normal([3, 3])), [normal([3, 3]).diagonal().sum().scalar], shape: [])
        expectClose(einsum("i j , j k", a, b), matmul(a, b).scalars)
    }
}
