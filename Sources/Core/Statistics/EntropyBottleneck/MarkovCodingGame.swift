import Mathematics
import RealModule

/// How a message is compressed before it is sent.
public enum MessageEncoding: String, Sendable, Hashable, CaseIterable {
    /// Greedy entropy-bounded information maximisation.
    case entropyBounded
    /// Uniform quantisation into ⌊2^R⌋ cells.
    case uniformQuantizer
    /// The message itself.
    case uncompressed

    /// The encoder of messages of given probabilities at a rate in bits.
    public func encoder(_ probabilities: [Double], rate: Double) throws(StatisticsError) -> DeterministicEncoder {
        switch self {
        case .entropyBounded: try .greedy(probabilities, rate: rate)
        case .uniformQuantizer: try .uniformQuantizer(probabilities, rate: rate)
        case .uncompressed: try .greedy(probabilities, rate: .infinity)
        }
    }
}

/// A game in which a sender acts in a decision process and tells a receiver, who sees its states and actions, a message
/// without changing how it acts (mec-bottleneck, arXiv:2410.21666, section 5; Sokota et al. 2022, arXiv:2107.08295).
///
/// The message is compressed to a code T. At each step the receiver's belief over T is coupled with the policy's
/// distribution over actions with little entropy; the sender draws its action given T from the coupling. On average
/// over T the action has the policy's law, and it says much about T. The receiver updates its belief by the same coupling.
public struct MarkovCodingGame: Sendable {
    /// Where the sender acts.
    public let world: GridWorld
    /// π(a | s), [states, actions].
    public let policy: Matrix
    /// P(message).
    public let messageProbabilities: [Double]
    /// The message's compression.
    public let encoder: DeterministicEncoder
    /// How belief and policy are coupled.
    public let method: CouplingMethod
    /// At most so many steps an episode.
    public let maximumSteps: Int
    /// γ of the return.
    public let discount: Double

    /// What happened in one episode.
    public struct Episode: Sendable {
        /// The discounted return.
        public let discountedReturn: Double
        /// Whether the receiver's guess was the message.
        public let isCorrect: Bool
        /// The receiver's own probability of its guess: the expectation of the former given all it saw.
        public let confidence: Double
        /// Whether the episode ended at a goal.
        public let reachedGoal: Bool
        /// The states visited, the first included.
        public let states: [Int]
        /// After each number of steps, from 0, the receiver's probability of the code that was sent.
        public let codeBelief: [Double]
        /// The same of the message.
        public let messageBelief: [Double]
    }

    /// A game.
    ///
    /// - Parameters:
    ///   - world: the grid.
    ///   - policy: π(a | s), [states, actions], each row a distribution.
    ///   - messageProbabilities: P(message).
    ///   - encoder: a map of the messages.
    ///   - method: how belief and policy are coupled.
    ///   - maximumSteps: at most so many steps an episode.
    ///   - discount: γ in (0, 1].
    /// - Throws: `StatisticsError` if the shapes do not fit or a row is no distribution.
    public init(
        world: GridWorld, policy: Matrix, messageProbabilities: [Double], encoder: DeterministicEncoder,
        method: CouplingMethod = .maxSeeking, maximumSteps: Int = 100, discount: Double = 0.95
    ) throws(StatisticsError) {
        guard policy.rows == world.process.stateCount, policy.columns == world.process.actionCount else {
            throw .shapeMismatch(
                argument: "policy", shape: "(\(policy.rows), \(policy.columns))", other: "states by actions",
                otherShape: "(\(world.process.stateCount), \(world.process.actionCount))", expected: "one row a state")
        }
        for state in 0..<policy.rows { _ = try distribution(Array(policy.row(state)), "policy, state \(state)") }
        _ = try distribution(messageProbabilities, "messageProbabilities")
        guard encoder.symbolProbabilities == messageProbabilities else {
            throw .undefined(argument: "encoder", reason: "it was made for other probabilities than the messages'")
        }
        guard maximumSteps >= 1, discount > 0, discount <= 1 else {
            throw .outOfRange(
                argument: "maximumSteps \(maximumSteps), discount", value: discount,
                expected: "at least 1 step, in (0, 1]")
        }
        self.world = world
        self.policy = policy
        self.messageProbabilities = messageProbabilities
        self.encoder = encoder
        self.method = method
        self.maximumSteps = maximumSteps
        self.discount = discount
    }

    /// Plays one episode.
    ///
    /// - Complexity: O((cells + actions) log(cells)) a step.
    public func play<G: RandomNumberGenerator>(using generator: inout G) throws(StatisticsError) -> Episode {
        let message = generator.index(weightedBy: messageProbabilities)
        let code = encoder.labels[message]
        let messageShare = messageProbabilities[message] / encoder.cellProbabilities[code]
        var belief = encoder.cellProbabilities
        var state = world.start
        var (states, codeBelief) = ([state], [belief[code]])
        var (total, weight) = (0.0, 1.0)
        while !world.terminal.contains(state), states.count <= maximumSteps {
            let actions = Array(policy.row(state))
            let flows = try greedyCoupling(belief, actions, method: method == .independent ? .maxSeeking : method)
            // P(action | code) of the sender's code.
            var choices = [Double](repeating: 0, count: actions.count)
            if method == .independent {
                choices = actions
            } else {
                for flow in flows where flow.row == code { choices[flow.column] += flow.mass }
            }
            let action = generator.index(weightedBy: choices)
            if method != .independent {
                var next = [Double](repeating: 0, count: belief.count)
                for flow in flows where flow.column == action { next[flow.row] += flow.mass }
                let sum = next.reduce(0, +)
                belief = next.map { $0 / sum }
            }
            total += weight * world.process.reward[state, action]
            weight *= discount
            state = world.process.nextState(from: state, action: action, using: &generator)
            states.append(state)
            codeBelief.append(belief[code])
        }
        // The most probable message: of each code its most probable symbol.
        var best = (probability: -1.0, message: 0)
        for (cell, symbols) in encoder.cells.enumerated() where belief[cell] > 0 {
            for symbol in symbols {
                let probability = belief[cell] * messageProbabilities[symbol] / encoder.cellProbabilities[cell]
                if probability > best.probability { best = (probability, symbol) }
            }
        }
        return Episode(
            discountedReturn: total, isCorrect: best.message == message, confidence: best.probability,
            reachedGoal: world.goals.contains(state), states: states, codeBelief: codeBelief,
            messageBelief: codeBelief.map { $0 * messageShare })
    }
}

/// Means over episodes of a Markov coding game.
public struct CodingGameResult: Sendable, Hashable {
    /// The temperature of the soft-optimal policy.
    public let temperature: Double
    /// The mean discounted return and its standard error.
    public let meanReturn: Double
    public let returnError: Double
    /// The mean of the receiver's probability of its guess, which is the message's accuracy in expectation, and its
    /// standard error.
    public let accuracy: Double
    public let accuracyError: Double
    /// The share of episodes whose message was guessed.
    public let hits: Double
    /// The share of episodes that reached a goal.
    public let goalShare: Double
    /// The mean number of steps.
    public let meanSteps: Double
}

extension MarkovCodingGame {
    /// Plays with the soft-optimal policy of a temperature.
    ///
    /// - Parameters:
    ///   - world: the grid.
    ///   - temperature: of the policy; higher ones leave more room for the message.
    ///   - messageCount: how many equally likely messages.
    ///   - encoding: how the message is compressed.
    ///   - rate: in bits.
    ///   - episodes: how many.
    ///   - discount: γ of the return and of the policy, in (0, 1).
    ///   - maximumSteps: at most so many steps an episode.
    ///   - generator: draws messages, actions and next states.
    /// - Throws: `StatisticsError` naming what is wrong.
    public static func evaluate<G: RandomNumberGenerator>(
        world: GridWorld, temperature: Double, messageCount: Int = 512, encoding: MessageEncoding, rate: Double,
        episodes: Int = 200, discount: Double = 0.95, maximumSteps: Int = 100, using generator: inout G
    ) throws(StatisticsError) -> CodingGameResult {
        guard messageCount >= 1, episodes >= 2 else {
            throw .outOfRange(
                argument: "messageCount or episodes", value: Double(min(messageCount, episodes)),
                expected: "a message and at least 2 episodes")
        }
        let soft: SoftOptimalPolicy
        do {
            soft = try world.process.softQIteration(temperature: temperature, discount: discount)
        } catch {
            throw .undefined(argument: "temperature or discount", reason: "\(error)")
        }
        let messages = [Double](repeating: 1 / Double(messageCount), count: messageCount)
        let game = try MarkovCodingGame(
            world: world, policy: soft.policy, messageProbabilities: messages,
            encoder: try encoding.encoder(messages, rate: rate), maximumSteps: maximumSteps, discount: discount)
        var played: [Episode] = []
        for _ in 0..<episodes { played.append(try game.play(using: &generator)) }
        let n = Double(episodes)
        func mean(_ value: (Episode) -> Double) -> (mean: Double, error: Double) {
            let mean = played.reduce(0) { $0 + value($1) } / n
            let variance = played.reduce(0) { $0 + (value($1) - mean) * (value($1) - mean) } / (n - 1)
            return (mean, (variance / n).squareRoot())
        }
        let returns = mean(\.discountedReturn), accuracy = mean(\.confidence)
        return CodingGameResult(
            temperature: temperature, meanReturn: returns.mean, returnError: returns.error, accuracy: accuracy.mean,
            accuracyError: accuracy.error, hits: mean { $0.isCorrect ? 1 : 0 }.mean,
            goalShare: mean { $0.reachedGoal ? 1 : 0 }.mean, meanSteps: mean { Double($0.states.count - 1) }.mean)
    }
}
