import Mathematics
import RealModule

/// The least number of insertions, deletions and replacements that turn one sequence into another (Levenshtein
/// 1966). O(mn).
public func levenshteinDistance<T: Equatable>(_ a: some Collection<T>, _ b: some Collection<T>) -> Int {
    let table = editTable(Array(a), Array(b), insertion: 1, replacement: 1)
    return table[a.count][b.count]
}

/// The table of the least costs of turning each prefix of one sequence into each of the other.
func editTable<T: Equatable>(_ a: [T], _ b: [T], insertion: Int, replacement: Int) -> [[Int]] {
    var table = [(0...b.count).map { $0 * insertion }]
    for (i, element) in a.enumerated() {
        var row = [(i + 1) * insertion]
        for (j, other) in b.enumerated() {
            let replaced = table[i][j] + (element == other ? 0 : replacement)
            row.append(min(replaced, table[i][j + 1] + insertion, row[j] + insertion))
        }
        table.append(row)
    }
    return table
}

/// The longest sequence that is left of both when elements are taken out. O(mn).
public func longestCommonSubsequence<T: Equatable>(_ a: some Collection<T>, _ b: some Collection<T>) -> [T] {
    let a = Array(a), b = Array(b)
    // lengths[i][j]: of the suffixes from i and j.
    var lengths = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in a.indices.reversed() {
        for j in b.indices.reversed() {
            lengths[i][j] = a[i] == b[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
        }
    }
    var result: [T] = []
    var i = 0, j = 0
    while i < a.count, j < b.count {
        if a[i] == b[j] {
            result.append(a[i])
            i += 1
            j += 1
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1
        } else {
            j += 1
        }
    }
    return result
}

/// How often each run of n elements occurs.
private func nGrams<T: Hashable>(_ sequence: [T], _ n: Int) -> [ArraySlice<T>: Int] {
    guard sequence.count >= n else { return [:] }
    return (0...sequence.count - n).reduce(into: [:]) { $0[sequence[$1..<$1 + n], default: 0] += 1 }
}

/// The BLEU score of a corpus (Papineni et al. 2002): the geometric mean of the clipped precisions of n-grams, times
/// a penalty for being shorter than the nearest reference.
///
/// - Parameters:
///   - candidates: the sequences to be judged.
///   - references: one or more for each.
///   - order: the longest n-gram.
///   - smooths: whether 1 is added to both counts of a precision with n > 1 (Lin and Och 2004), for short texts.
/// - Returns: a number in [0, 1].
public func bleu<T: Hashable>(_ candidates: [[T]], references: [[[T]]], order: Int = 4, smooths: Bool = false) -> Double {
    precondition(candidates.count == references.count, "\(references.count) lists of references for \(candidates.count) candidates")
    precondition(order > 0, "the longest n-gram has at least one element: got \(order)")
    var matches = [Int](repeating: 0, count: order), totals = matches
    var length = 0, referenceLength = 0
    for (candidate, references) in zip(candidates, references) {
        length += candidate.count
        referenceLength += references.map(\.count).min {
            (abs($0 - candidate.count), $0) < (abs($1 - candidate.count), $1)
        } ?? 0
        for n in 1...order {
            let most = references.map { nGrams($0, n) }.reduce(into: [ArraySlice<T>: Int]()) { most, counts in
                most.merge(counts, uniquingKeysWith: max)
            }
            for (gram, count) in nGrams(candidate, n) {
                matches[n - 1] += min(count, most[gram] ?? 0)
                totals[n - 1] += count
            }
        }
    }
    guard length > 0 else { return 0 }
    var logarithm = 0.0
    for n in 0..<order {
        let extra = smooths && n > 0 ? 1 : 0
        guard matches[n] + extra > 0, totals[n] + extra > 0 else { return 0 }
        logarithm += Double.log(Double(matches[n] + extra) / Double(totals[n] + extra)) / Double(order)
    }
    let penalty = min(0, 1 - Double(referenceLength) / Double(length))
    return Double.exp(logarithm + penalty)
}

/// The mean BLEU score of each sequence against all others (Zhu et al. 2018, arXiv:1802.01886): high where sequences
/// resemble each other. 0 of fewer than two.
public func selfBLEU<T: Hashable>(_ sequences: [[T]], order: Int = 4, smooths: Bool = true) -> Double {
    guard sequences.count > 1 else { return 0 }
    let scores = sequences.indices.map { index in
        var others = sequences
        let own = others.remove(at: index)
        return bleu([own], references: [others], order: order, smooths: smooths)
    }
    return scores.reduce(0, +) / Double(scores.count)
}

/// The number of different n-grams in all sequences divided by the number of n-grams (Li et al. 2016,
/// arXiv:1510.03055). 0 where there are none.
public func distinctNGrams<T: Hashable>(_ sequences: [[T]], order: Int) -> Double {
    precondition(order > 0, "an n-gram has at least one element: got \(order)")
    var different: Set<ArraySlice<T>> = []
    var total = 0
    for sequence in sequences {
        for (gram, count) in nGrams(sequence, order) {
            different.insert(gram)
            total += count
        }
    }
    return total == 0 ? 0 : Double(different.count) / Double(total)
}

// swiftcore: pass_at_k; require: 0 <= c && c <= n && 1 <= k && k <= n
/// The probability that at least one of k samples is right, estimated without bias from c right ones among n: 1 −
/// C(n − c, k)/C(n, k) (Chen et al. 2021, arXiv:2107.03374, equation 1).
///
/// Stops the program unless 0 ≤ c ≤ n and 1 ≤ k ≤ n.
///
/// - Parameters:
///   - n: how many samples there are.
///   - c: how many of them are right.
///   - k: how many are looked at.
public func passAtK(samples n: Int, correct c: Int, k: Int) -> Double {
    precondition(0...n ~= c && k >= 1 && k <= n, "pass@k needs 0 ≤ correct ≤ samples and 1 ≤ k ≤ samples: got \(c) of \(n), k = \(k)")
    guard n - c >= k else { return 1 }
    // C(n − c, k)/C(n, k) = Π (1 − k/i) over i from n − c + 1 to n.
    var allWrong = 1.0
    for i in n - c + 1..<n + 1 { allWrong *= 1 - Double(k) / Double(i) }
    return 1 - allWrong
}

/// The probability that the most frequent of k answers, drawn without replacement from some, is right; answers that
/// are equally frequent share it.
///
/// Exact where there are at most `limit` choices of k answers; otherwise the mean over `limit` random ones.
///
/// - Parameters:
///   - answers: of the samples; nil for a sample without one, which has no vote.
///   - k: how many samples vote.
///   - limit: above so many subsets of k samples, so many are drawn instead of all counted.
///   - generator: draws the subsets.
///   - isCorrect: whether an answer is right.
public func majorityAtK<A: Hashable, G: RandomNumberGenerator>(
    _ answers: [A?], k: Int, limit: Int = 2000, using generator: inout G, isCorrect: (A) -> Bool
) -> Double {
    precondition(1...max(answers.count, 1) ~= k && !answers.isEmpty, "maj@k needs 1 ≤ k ≤ \(answers.count) samples: got \(k)")
    func vote(_ chosen: [Int]) -> Double {
        var counts: [A: Int] = [:]
        for case let answer? in chosen.map({ answers[$0] }) { counts[answer, default: 0] += 1 }
        guard let most = counts.values.max() else { return 0 }
        let winners = counts.filter { $0.value == most }.keys
        return Double(winners.count(where: isCorrect)) / Double(winners.count)
    }
    var choices = 1.0
    for i in 0..<k { choices *= Double(answers.count - i) / Double(i + 1) }
    var total = 0.0, count = 0
    if choices <= Double(limit) {
        var chosen = Array(0..<k)
        while true {
            total += vote(chosen)
            count += 1
            // The next choice in lexicographic order.
            guard let place = chosen.indices.last(where: { chosen[$0] < answers.count - k + $0 }) else { break }
            chosen[place] += 1
            for later in place + 1..<max(k, place + 1) { chosen[later] = chosen[later - 1] + 1 }
        }
    } else {
        for _ in 0..<limit {
            total += vote(generator.sample(k, withoutReplacementBelow: answers.count))
            count += 1
        }
    }
    return total / Double(count)
}
