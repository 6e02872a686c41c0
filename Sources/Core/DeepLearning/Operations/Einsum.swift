/// Einstein's summation: products of the operands' elements, summed over every index that the result does not have.
///
/// ```swift
/// einsum("ij,jk->ik", a, b)          // the matrix product
/// einsum("...ii->...i", a)           // diagonals
/// einsum("bhid,bhjd->bhij", q, k)    // attention's scores
/// ```
///
/// As NumPy's: a letter names an axis; repeated in one operand it means the diagonal; `...` stands for leading axes,
/// which broadcast; without `->` the result has the letters that occur once, in alphabetic order, behind `...`. Any
/// number of operands: the pair whose product is smallest is contracted first, through `matmul` where a sum is left.
///
/// Stops the program if the subscripts do not fit the operands.
public func einsum<S: TensorScalar>(_ subscripts: String, _ operands: Tensor<S>...) -> Tensor<S> {
    einsum(subscripts, operands)
}

/// Einstein's summation of a list of operands. See the variadic function.
public func einsum<S: TensorScalar>(_ subscripts: String, _ operands: [Tensor<S>]) -> Tensor<S> {
    let expression = SummationExpression(subscripts, ranks: operands.map(\.rank))
    var terms = zip(operands, expression.inputs).map { SummationTerm($0, labels: $1, subscripts) }
    checkSizes(terms, subscripts)
    for label in expression.output where !terms.contains(where: { $0.labels.contains(label) }) {
        fatalError("einsum: the result of \"\(subscripts)\" has the index \(name(label)), which no operand has")
    }
    while terms.count > 1 {
        let (first, second) = cheapestPair(terms, keeping: expression.output)
        let right = terms.remove(at: second), left = terms.remove(at: first)
        var needed = Set(expression.output)
        for term in terms { needed.formUnion(term.labels) }
        terms.append(left.contracted(with: right, keeping: needed))
    }
    let result = terms[0].summed(keeping: Set(expression.output))
    return result.arranged(expression.output)
}

/// Letters are named by their scalar value, axes under `...` by negative numbers from the last one on.
private typealias Label = Int

private func name(_ label: Label) -> String {
    label >= 0 ? Unicode.Scalar(UInt32(label)).map { "\"\($0)\"" } ?? "?" : "\"...\""
}

/// The parsed subscripts.
private struct SummationExpression {
    var inputs: [[Label]] = []
    var output: [Label] = []

    init(_ text: String, ranks: [Int]) {
        let sides = text.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
        let parts = sides[0].split(separator: ",", omittingEmptySubsequences: false)
        guard sides.count <= 2, parts.count == ranks.count else {
            fatalError("einsum: \"\(text)\" names \(parts.count) operands: expected \(ranks.count), as given")
        }
        var largestEllipsis = 0
        for (part, rank) in zip(parts, ranks) {
            let letters = part.filter { $0 != "." }.count
            let hidden = part.contains(".") ? rank - letters : 0
            guard letters + hidden == rank, hidden >= 0 else {
                fatalError("einsum: \"\(part)\" in \"\(text)\" names \(letters) axes of an operand that has \(rank)")
            }
            largestEllipsis = max(largestEllipsis, hidden)
            inputs.append(Self.labels(part, hidden: hidden, text))
        }
        if sides.count == 2 {
            output = Self.labels(sides[1], hidden: largestEllipsis, text)
            guard Set(output).count == output.count else { fatalError("einsum: the result of \"\(text)\" repeats an index") }
        } else {
            var counts: [Label: Int] = [:]
            for label in inputs.joined() { counts[label, default: 0] += 1 }
            output = (0..<largestEllipsis).map { $0 - largestEllipsis }
            output += counts.filter { $0.key >= 0 && $0.value == 1 }.keys.sorted()
        }
    }

    private static func labels(_ part: Substring, hidden: Int, _ text: String) -> [Label] {
        var labels: [Label] = []
        var rest = part[...]
        while let character = rest.first {
            if rest.hasPrefix("...") {
                labels += (0..<hidden).map { $0 - hidden }
                rest = rest.dropFirst(3)
            } else {
                guard character.isASCII, character.isLetter, let scalar = character.unicodeScalars.first else {
                    fatalError("einsum: \"\(character)\" in \"\(text)\" is no index: expected a letter or \"...\"")
                }
                labels.append(Int(scalar.value))
                rest = rest.dropFirst()
            }
        }
        return labels
    }
}

/// A tensor with the names of its axes, each once.
private struct SummationTerm<S: TensorScalar> {
    var tensor: Tensor<S>
    var labels: [Label]

    init(tensor: Tensor<S>, labels: [Label]) {
        self.tensor = tensor
        self.labels = labels
    }

    /// An operand; repeated names become diagonals.
    init(_ operand: Tensor<S>, labels: [Label], _ text: String) {
        self.init(tensor: operand, labels: labels)
        var position = 0
        while position < self.labels.count {
            let label = self.labels[position]
            if let second = self.labels[(position + 1)...].firstIndex(of: label) {
                guard tensor.shape[position] == tensor.shape[second] else {
                    fatalError("einsum: \(name(label)) in \"\(text)\" names two axes of different size of \(operand.shape)")
                }
                tensor = tensor.diagonal(along: position, second)
                self.labels.remove(at: second)
                self.labels.remove(at: position)
                self.labels.append(label)
            } else {
                position += 1
            }
        }
    }

    func size(_ label: Label) -> Int { labels.firstIndex(of: label).map { tensor.shape[$0] } ?? 1 }

    /// Summed over all axes but those to keep.
    func summed(keeping: Set<Label>) -> SummationTerm {
        let axes = labels.indices.filter { !keeping.contains(labels[$0]) }
        if axes.isEmpty { return self }
        return SummationTerm(tensor: tensor.sum(along: axes), labels: labels.filter(keeping.contains))
    }

    /// Without an axis of size 1.
    func dropping(_ label: Label) -> SummationTerm {
        guard let axis = labels.firstIndex(of: label) else { return self }
        var rest = labels
        rest.remove(at: axis)
        return SummationTerm(tensor: tensor.squeezed(at: axis), labels: rest)
    }

    /// With the axes in the given order; names it does not have are left out.
    func arranged(_ order: [Label]) -> Tensor<S> {
        let places = order.compactMap { labels.firstIndex(of: $0) }
        return places == Array(places.indices) ? tensor : tensor.permuted(places)
    }

    func contracted(with other: SummationTerm, keeping needed: Set<Label>) -> SummationTerm {
        var left = self, right = other
        // An axis of size 1 that meets a longer one broadcasts: it is as if it were not there.
        for label in labels where other.labels.contains(label) && left.size(label) != right.size(label) {
            if left.size(label) == 1 { left = left.dropping(label) } else { right = right.dropping(label) }
        }
        left = left.summed(keeping: needed.union(right.labels))
        right = right.summed(keeping: needed.union(left.labels))
        let common = left.labels.filter(right.labels.contains)
        let batch = common.filter(needed.contains), inner = common.filter { !needed.contains($0) }
        let rows = left.labels.filter { !common.contains($0) }, columns = right.labels.filter { !common.contains($0) }
        let sizes = (batch + rows).map(left.size) + columns.map(right.size)
        let (b, m) = (product(batch.map(left.size)), product(rows.map(left.size)))
        let (n, k) = (product(columns.map(right.size)), product(inner.map(left.size)))
        let labels = batch + rows + columns
        let a = left.arranged(batch + rows + inner)
        if inner.isEmpty || (m == 1 && n == 1) {
            let result = a.reshaped(to: [b, m, 1, k]) * right.arranged(batch + columns + inner).reshaped(to: [b, 1, n, k])
            return SummationTerm(tensor: result.sum(along: -1).reshaped(to: TensorShape(sizes)), labels: labels)
        }
        let c = right.arranged(batch + inner + columns)
        let result =
            batch.isEmpty
            ? matmul(a.reshaped(to: [m, k]), c.reshaped(to: [k, n]))
            : matmul(a.reshaped(to: [b, m, k]), c.reshaped(to: [b, k, n]))
        return SummationTerm(tensor: result.reshaped(to: TensorShape(sizes)), labels: labels)
    }
}

private func product(_ sizes: [Int]) -> Int { sizes.reduce(1, *) }

private func checkSizes<S>(_ terms: [SummationTerm<S>], _ text: String) {
    var sizes: [Label: Int] = [:]
    for term in terms {
        for label in term.labels {
            let size = term.size(label), known = sizes[label] ?? 1
            guard known == 1 || size == 1 || known == size else {
                fatalError("einsum: \(name(label)) in \"\(text)\" has the size \(known) in one operand and \(size) in another")
            }
            sizes[label] = max(known, size)
        }
    }
}

/// The two terms whose product has the fewest elements; of equal ones the first.
private func cheapestPair<S>(_ terms: [SummationTerm<S>], keeping output: [Label]) -> (Int, Int) {
    guard terms.count > 2 else { return (0, 1) }
    var best = (0, 1), smallest = Int.max
    for second in terms.indices.dropFirst() {
        for first in 0..<second {
            var needed = Set(output)
            for (index, term) in terms.enumerated() where index != first && index != second { needed.formUnion(term.labels) }
            let labels = Set(terms[first].labels).union(terms[second].labels).intersection(needed)
            let count = product(labels.map { max(terms[first].size($0), terms[second].size($0)) })
            if count < smallest { (best, smallest) = ((first, second), count) }
        }
    }
    return best
}
