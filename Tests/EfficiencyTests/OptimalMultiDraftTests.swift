import DeepLearning
import Efficiency
import Foundation
import Mathematics
import Testing

/// Random distributions with some small and some large probabilities.
private func pair(_ size: Int, _ generator: inout Philox, concentration: Double = 0.7) -> (p: [Double], q: [Double]) {
    let weights = [Double](repeating: concentration, count: size)
    return (Array(generator.dirichlet(concentrations: weights)), Array(generator.dirichlet(concentrations: weights)))
}

/// Pr(the first n sequential draws lie in H), by all ordered draws.
private func enumerated(_ members: Set<Int>, _ q: [Double], _ n: Int, replacing: Bool) -> Double {
    func extend(_ used: [Int], _ left: Double) -> Double {
        if used.count == n { return 1 }
        return members.reduce(0) { sum, token in
            if !replacing, used.contains(token) { return sum }
            let rest = replacing ? 1 : q.indices.reduce(0) { used.contains($1) || $1 == token ? $0 : $0 + q[$1] }
            return sum + q[token] / left * extend(used + [token], rest)
        }
    }
    return extend([], 1)
}

private func subsets(_ size: Int) -> [Set<Int>] {
    (0..<1 << size).map { bits in Set((0..<size).filter { bits >> $0 & 1 == 1 }) }
}

@Suite struct OptimalMultiDraftTests {
    private let p = [0.5, 0.3, 0.2], q = [0.2, 0.3, 0.5]

    /// By hand. With replacement H = {1, 2}: 1 + 0.5 − 0.64. Without: 1 + 0.5 − (0.3 · 0.5/0.7 + 0.5 · 0.3/0.5). Greedy:
    /// T = {2}, q′ = (0.4, 0.6): 0.2 + 0.4 + 0.3. Recursive rejection: 1 − 0.3 · 0.8, and without replacement the
    /// rejected token is 2, so that the second draft is 0 with 0.4: 1 − 0.3 · 0.6. K-SEQ: γ² − 1.8γ + 0.5 = 0 and
    /// 0.2γ + 0.5.
    @Test func valuesByHand() throws {
        func bound(_ scheme: DraftScheme) throws -> OptimalAcceptance {
            try optimalAcceptance(target: p, draft: q, drafts: 2, scheme: scheme)
        }
        let with = try bound(.withReplacement), without = try bound(.withoutReplacement), greedy = try bound(.greedy)
        #expect(abs(with.probability - 0.86) < 1e-15 && with.bottleneck == [1, 2])
        #expect(abs(without.probability - (1.5 - 0.15 / 0.7 - 0.3)) < 1e-13 && without.bottleneck == [1, 2])
        #expect(abs(greedy.probability - 0.9) < 1e-15 && greedy.bottleneck == [1, 2])
        func acceptance(_ verifier: DraftVerifier) throws -> Double {
            try draftAcceptance(of: verifier, target: p, draft: q, drafts: 2)
        }
        #expect(abs(try acceptance(.single) - 0.7) < 1e-15)
        #expect(abs(try acceptance(.recursiveRejection) - 0.76) < 1e-15)
        #expect(abs(try acceptance(.recursiveRejectionWithoutReplacement) - 0.82) < 1e-15)
        #expect(abs(try acceptance(.greedy) - 0.9) < 1e-15)
        let gamma = (1.8 + (1.8 * 1.8 - 2).squareRoot()) / 2
        #expect(abs(try kSequentialFactor(target: p, draft: q, drafts: 2) - gamma) < 1e-14)
        #expect(abs(try acceptance(.kSequential) - (0.2 * gamma + 0.5)) < 1e-14)
    }

    /// Weights need not sum to 1, and tokens that are never drafted do not matter.
    @Test func weightsAreNormalised() throws {
        let bound = try optimalAcceptance(
            target: [5, 0, 3, 2], draft: [4, 0, 6, 10], drafts: 2, scheme: .withoutReplacement)
        #expect(abs(bound.probability - (1.5 - 0.15 / 0.7 - 0.3)) < 1e-13 && bound.bottleneck == [2, 3])
    }

    /// The prefix formula against the linear program, the transport and the minimum over all subsets with
    /// probabilities summed over all ordered draws.
    @Test(arguments: [2, 3], [DraftScheme.withReplacement, .withoutReplacement])
    func prefixFormulaIsTheLinearProgram(_ n: Int, _ scheme: DraftScheme) throws {
        var generator = Philox(seed: UInt64(n))
        for trial in 0..<30 {
            let (p, q) = pair(n + trial % (6 - n), &generator)
            let bound = try optimalAcceptance(target: p, draft: q, drafts: n, scheme: scheme)
            #expect(abs(try acceptanceByLinearProgram(target: p, draft: q, drafts: n, scheme: scheme) - bound.probability) < 1e-8)
            #expect(abs(try DraftCoupling(target: p, draft: q, drafts: n, scheme: scheme).acceptance - bound.probability) < 1e-12)
            let cut = subsets(p.count).map { set in
                1 + set.reduce(0) { $0 + p[$1] } - enumerated(set, q, n, replacing: scheme == .withReplacement)
            }.min()
            #expect(abs((cut ?? 0) - bound.probability) < 1e-11)
        }
    }

    /// min(1, p/q) on the rest and all of p on the fixed tokens is what the linear program of greedy drafts gives.
    @Test func greedyIsTheLinearProgram() throws {
        var generator = Philox(seed: 7)
        for trial in 0..<40 {
            let n = 1 + trial % 3
            let (p, q) = pair(4 + trial % 2, &generator)
            let bound = try optimalAcceptance(target: p, draft: q, drafts: n, scheme: .greedy).probability
            #expect(abs(try acceptanceByLinearProgram(target: p, draft: q, drafts: n, scheme: .greedy) - bound) < 1e-8)
            #expect(abs(try draftAcceptance(of: .greedy, target: p, draft: q, drafts: n) - bound) < 1e-14)
        }
    }

    /// Draws of 8 from 20 equal tokens lie in H with C(|H|, 8)/C(20, 8); n = 2 has Σ qᵢ(q(H) − qᵢ)/(1 − qᵢ); others by
    /// all ordered draws, with probabilities down to 1e-12.
    @Test func sequentialDraws() throws {
        let uniform = [Double](repeating: 1, count: 20)
        for size in 8...20 {
            let exact = (0..<8).reduce(1.0) { $0 * Double(size - $1) / Double(20 - $1) }
            let q = try probabilityOfDrafting(within: Array(0..<size), draft: uniform, drafts: 8, scheme: .withoutReplacement)
            #expect(abs(q - exact) < 1e-12)
        }
        var generator = Philox(seed: 3)
        for trial in 0..<40 {
            var q = Array(generator.dirichlet(concentrations: [Double](repeating: trial % 2 == 0 ? 1 : 0.1, count: 7)))
            q = q.map { max($0, 1e-12) }
            let total = q.reduce(0, +)
            q = q.map { $0 / total }
            let members = (0..<7).filter { _ in generator.uniform() < 0.7 }
            for n in 2...4 {
                let exact = enumerated(Set(members), q, n, replacing: false)
                let found = try probabilityOfDrafting(within: members, draft: q, drafts: n, scheme: .withoutReplacement)
                #expect(abs(found - exact) < 1e-11)
            }
            // Summed over the others, so that nothing cancels where one probability is nearly 1.
            let closed = members.reduce(0.0) { sum, token in
                let inside = members.reduce(0.0) { $1 == token ? $0 : $0 + q[$1] }
                return sum + q[token] * inside / q.indices.reduce(0.0) { $1 == token ? $0 : $0 + q[$1] }
            }
            let found = try probabilityOfDrafting(within: members, draft: q, drafts: 2, scheme: .withoutReplacement)
            #expect(abs(found - closed) < 1e-11)
        }
    }

    /// One draft leaves nothing to choose: Σ min(p, q), whatever the verification.
    @Test func oneDraft() throws {
        var generator = Philox(seed: 4)
        for _ in 0..<20 {
            let (p, q) = pair(5, &generator)
            let overlap = zip(p, q).reduce(0) { $0 + min($1.0, $1.1) }
            for scheme in DraftScheme.allCases {
                #expect(abs(try optimalAcceptance(target: p, draft: q, drafts: 1, scheme: scheme).probability - overlap) < 1e-14)
            }
            for verifier in DraftVerifier.allCases {
                #expect(abs(try draftAcceptance(of: verifier, target: p, draft: q, drafts: 1) - overlap) < 1e-12)
            }
        }
    }

    /// No verification is above the bound of its drafts; K-SEQ is at least 1 − 1/e of it; drafts without replacement are
    /// better; the estimate has the exact mean.
    @Test func acceptancesKeepTheirOrder() throws {
        var generator = Philox(seed: 5)
        for trial in 0..<60 {
            let n = 2 + trial % 3
            let (p, q) = pair(6 + trial % 3, &generator)
            var bounds: [DraftScheme: Double] = [:]
            for scheme in DraftScheme.allCases {
                bounds[scheme] = try optimalAcceptance(target: p, draft: q, drafts: n, scheme: scheme).probability
            }
            for verifier in DraftVerifier.allCases where n < 4 || !verifier.rawValue.hasPrefix("coupling") {
                let acceptance = try draftAcceptance(of: verifier, target: p, draft: q, drafts: n)
                #expect(acceptance <= (bounds[verifier.scheme] ?? 0) + 1e-12)
                if verifier == .kSequential { #expect(acceptance >= (1 - exp(-1)) * (bounds[.withReplacement] ?? 1)) }
            }
            #expect((bounds[.withoutReplacement] ?? 0) >= (bounds[.withReplacement] ?? 1) - 1e-12)
            if trial < 6 {
                let step = try MultiDraftStep(.recursiveRejectionWithoutReplacement, target: p, draft: q, drafts: n)
                let estimate = step.estimatedAcceptance(paths: 20_000, using: &generator)
                #expect(abs(estimate - step.acceptance) < 0.005)
            }
        }
    }

    /// 10⁵ emitted tokens follow p, and as many are accepted drafts as the closed form says.
    @Test(arguments: DraftVerifier.allCases) func emittedTokensFollowTheTarget(_ verifier: DraftVerifier) throws {
        var generator = Philox(seed: 6)
        let p = [0.35, 0.05, 0.2, 0.25, 0.15], q = [0.1, 0.3, 0.3, 0.05, 0.25]
        let step = try MultiDraftStep(verifier, target: p, draft: q, drafts: 3)
        var counts = [Double](repeating: 0, count: 5), accepted = 0.0
        for _ in 0..<100_000 {
            let drafts = step.drafts(using: &generator)
            let emitted = step.verify(drafts, using: &generator)
            counts[emitted.token] += 1
            if let index = emitted.acceptedDraft {
                accepted += 1
                if drafts[index] != emitted.token { Issue.record("draft \(index) of \(drafts) is not \(emitted.token)") }
            }
        }
        #expect(try chiSquaredTest(observed: counts, expected: p).pValue > 0.01)
        #expect(abs(accepted / 100_000 - step.acceptance) < 0.005)
    }

    @Test func errorsNameTheArgument() {
        func failure(_ p: [Double], _ q: [Double], _ n: Int, _ scheme: DraftScheme = .withReplacement) -> String {
            do {
                _ = try optimalAcceptance(target: p, draft: q, drafts: n, scheme: scheme)
                return ""
            } catch { return error.description }
        }
        #expect(failure([1], [0.5, 0.5], 1).hasPrefix("draft is 2 probabilities"))
        #expect(failure([1, -1], [0.5, 0.5], 1).hasPrefix("target[1] is -1.0"))
        #expect(failure([0.5, 0.5], [0, 0], 1).hasPrefix("draft is 2 numbers with the sum 0"))
        #expect(failure([0.5, 0.5], [0.5, 0.5], 0).hasPrefix("drafts is 0"))
        #expect(failure([0.5, 0.5], [1, 0], 2, .withoutReplacement).hasPrefix("drafts is 2: expected at most 1"))
        #expect(failure([0.5, 0.5], [1, 0], 2, .greedy).hasPrefix("drafts is 2: expected at most 1"))
        #expect(throws: LanguageModelError.self) {
            try DraftCoupling(
                target: [Double](repeating: 1, count: 30), draft: [Double](repeating: 1, count: 30), drafts: 3,
                scheme: .withReplacement)
        }
        #expect(throws: LanguageModelError.self) {
            try probabilityOfDrafting(within: [0, 0], draft: [0.5, 0.5], drafts: 1, scheme: .withReplacement)
        }
    }
}
