/// What a model keeps between the steps of decoding a batch of sequences.
public protocol DecodingState {
    /// Keeps the given sequences, in this order; one may be kept several times.
    mutating func selectRows(_ rows: [Int])
}

/// A causal language model that continues sequences step by step: what samplers and beam search ask for.
public protocol IncrementalLanguageModel<Scalar>: CausalLanguageModel {
    /// What is kept between steps.
    associatedtype State: DecodingState

    /// The state before any token. Sequences stand right-aligned in a rectangle of tokens.
    ///
    /// - Parameter starts: the column at which each sequence begins; what stands before it is padding.
    func startDecoding(starts: [Int]) -> State

    /// Takes the next columns of tokens in.
    ///
    /// - Parameters:
    ///   - tokens: [batch, time]; padding may hold any token.
    ///   - state: what the model keeps of the columns before; brought up to date.
    /// - Returns: the unnormalised log-probabilities of the token after the last column, [batch, vocabularySize].
    func nextLogits(_ tokens: Tensor<Int>, state: inout State) -> Tensor<Scalar>
}

/// The state of a model that keeps nothing but the tokens and looks at all of them again at each step.
public struct TokenHistory: DecodingState, Sendable {
    /// The tokens of each sequence, without padding.
    public var sequences: [[Int]]
    var starts: [Int]
    var columns = 0

    /// No tokens yet.
    public init(starts: [Int]) {
        self.starts = starts
        sequences = [[Int]](repeating: [], count: starts.count)
    }

    public mutating func selectRows(_ rows: [Int]) {
        sequences = rows.map { sequences[$0] }
        starts = rows.map { starts[$0] }
    }

    mutating func append(_ tokens: Tensor<Int>) {
        let time = tokens.shape[1], flat = tokens.scalars
        for row in sequences.indices {
            let padding = Swift.min(Swift.max(starts[row] - columns, 0), time)
            sequences[row] += flat[row * time + padding..<(row + 1) * time]
        }
        columns += time
    }
}

extension IncrementalLanguageModel where State == TokenHistory {
    /// No tokens.
    public func startDecoding(starts: [Int]) -> TokenHistory { TokenHistory(starts: starts) }

    /// The last logits of the whole sequences, those of equal length together.
    public func nextLogits(_ tokens: Tensor<Int>, state: inout TokenHistory) -> Tensor<Scalar> {
        state.append(tokens)
        var rows = [Tensor<Scalar>?](repeating: nil, count: state.sequences.count)
        for length in Set(state.sequences.map(\.count)).sorted() {
            let members = state.sequences.indices.filter { state.sequences[$0].count == length }
            let batch = Tensor<Int>(shape: [members.count, length], scalars: members.flatMap { state.sequences[$0] })
            let last = logits(batch)[0..., length - 1]
            for (index, row) in members.enumerated() { rows[row] = last[index] }
        }
        return .stacking(rows.compactMap { $0 })
    }
}
