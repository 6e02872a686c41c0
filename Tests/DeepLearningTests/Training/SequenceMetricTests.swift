import DeepLearning
import Mathematics
import Testing

struct SequenceMetricTests {
    @Test func distances() {
        #expect(levenshteinDistance("kitten", "sitting") == 3)
        #expect(levenshteinDistance("", "abc") == 3)
        #expect(levenshteinDistance([1, 2, 3], [1, 2, 3]) == 0)
        #expect(String(longestCommonSubsequence("AGGTAB", "GXTXAYB")) == "GTAB")
        #expect(longestCommonSubsequence([1, 2], [3]).isEmpty)
    }

    /// Against all subsequences of random short strings; and d ≥ longer length − common length, with ≤ the sum.
    @Test func commonSubsequencesAreLongest() {
        var generator = Philox(seed: 4)
        func subsequences(_ s: [Int]) -> Set<[Int]> {
            Set((0..<1 << s.count).map { bits in s.indices.filter { bits >> $0 & 1 == 1 }.map { s[$0] } })
        }
        for _ in 0..<30 {
            let a = (0..<7).map { _ in generator.integer(below: 3) }, b = (0..<6).map { _ in generator.integer(below: 3) }
            let common = subsequences(a).intersection(subsequences(b))
            let found = longestCommonSubsequence(a, b)
            #expect(common.contains(found) && found.count == common.map(\.count).max())
        }
    }

    // nltk.translate.bleu_score.corpus_bleu of the textbook example: p₁ = 5/6, p₂ = 3/5, p₃ = 1/4, p₄ → with order 2
    // the score is √(5/6 · 3/5) = 0.7071067811865476, as both have six words.
    @Test func bleuByHand() {
        let reference = "the cat is on the mat".split(separator: " "), candidate = "the cat sat on the mat".split(separator: " ")
        #expect(abs(bleu([candidate], references: [[reference]], order: 2) - 0.7071067811865476) < 1e-15)
        #expect(abs(bleu([candidate], references: [[reference]], order: 3) - 0.5) < 1e-15)    // (5/6 · 3/5 · 1/4)^⅓
        #expect(bleu([candidate], references: [[reference]], order: 4) == 0)
        #expect(bleu([reference], references: [[reference]]) == 1)
        // Clipping: "the" occurs twice in the reference at most. A short candidate is penalised by e^(1 − 6/2).
        #expect(abs(bleu([["the", "the", "the"]], references: [["the cat the".split(separator: " ").map(String.init)]], order: 1) - 2.0 / 3) < 1e-15)
        #expect(abs(bleu([reference.prefix(2).map { $0 }], references: [[reference]], order: 1) - 0.1353352832366127) < 1e-15)
        #expect(selfBLEU([[1, 2, 3, 4], [1, 2, 3, 4]], smooths: false) == 1)
        #expect(selfBLEU([[1, 2], [3, 4]], order: 1, smooths: false) == 0)
        #expect(distinctNGrams([[1, 2, 1, 2]], order: 2) == 2.0 / 3)
    }

    /// Against the mean over all choices of k among n samples.
    @Test func passAndMajorityByEnumeration() {
        var generator = Philox(seed: 1)
        for n in 1...7 {
            for c in 0...n {
                for k in 1...n {
                    let choices = (0..<1 << n).filter { $0.nonzeroBitCount == k }
                    let right = choices.count { $0 & ((1 << c) - 1) != 0 }
                    #expect(abs(passAtK(samples: n, correct: c, k: k) - Double(right) / Double(choices.count)) < 1e-12)
                }
            }
        }
        // Two of the three choices of two among a, a, b tie between a and b; the third is a for sure.
        let answers: [String?] = ["a", "a", "b"]
        #expect(abs(majorityAtK(answers, k: 2, using: &generator) { $0 == "a" } - 2.0 / 3) < 1e-12)
        #expect(majorityAtK(answers, k: 3, using: &generator) { $0 == "a" } == 1)
        #expect(abs(majorityAtK(answers + [nil], k: 1, using: &generator) { $0 == "a" } - 0.5) < 1e-12)
        let many = (0..<40).map { $0 < 24 ? "a" : "b" } as [String?]
        #expect(majorityAtK(many, k: 15, using: &generator) { $0 == "a" } > 0.8)
    }
}
