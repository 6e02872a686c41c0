import Mathematics

extension TabularMDP {
    /// The classical two-state instance of diameter D: from state 0 every action reaches state 1 with probability 1/D,
    /// but the last with 1/D + e; state 1 pays 1 and falls back with probability 1/D.
    ///
    /// The gain is p/(p + 1/D) with p the probability of the action taken: ½ for the others, (1 + eD)/(2 + eD) for the
    /// last. All actions are the same in state 1.
    ///
    /// - Parameters:
    ///   - actionCount: A, at least 2.
    ///   - diameter: D, at least 1.
    ///   - gainGap: the gain of the last action less ½, in (0, ½); e follows from it.
    /// - Throws: `MDPError/invalid(argument:value:expected:)` for an argument out of range, also where 1/D + e would
    ///   exceed 1.
    public static func twoStates(actionCount: Int, diameter: Double, gainGap: Double) throws(MDPError) -> TabularMDP {
        try requireMDP(actionCount >= 2, "actionCount", actionCount, "at least 2")
        try requireMDP(diameter >= 1 && diameter.isFinite, "diameter", diameter, "a finite number of at least 1")
        try requireMDP(gainGap > 0 && gainGap < 0.5, "gainGap", gainGap, "a number between 0 and ½")
        // (1 + x)/(2 + x) = ½ + gap with x = eD.
        let advantage = 4 * gainGap / (1 - 2 * gainGap) / diameter
        let better = 1 / diameter + advantage
        try requireMDP(better <= 1, "1/D + e", better, "a probability; take a larger diameter or a smaller gap")
        let transition = Matrix(rows: 2 * actionCount, columns: 2) { row, next in
            let up = row >= actionCount ? 1 - 1 / diameter : row == actionCount - 1 ? better : 1 / diameter
            return next == 1 ? up : 1 - up
        }
        return try TabularMDP(
            transition: transition, reward: Matrix(rows: 2, columns: actionCount) { state, _ in Double(state) })
    }

    /// An instance whose better loop starts after a delay.
    ///
    /// State 0 pays ½ for action 0, which stays. Action 1 sets out on a way of D steps through states that pay
    /// nothing, to the last state, which pays 1 for action 0, which stays; there action 1 returns to state 0. On the
    /// way both actions go on, with probability 1 − slip, and stay otherwise; so does action 1 in state 0.
    ///
    /// The optimal gain is 1 from everywhere, the span of the bias D/(1 − slip). With discount γ (and slip 0) the way
    /// is worth taking only if γᴰ > ½.
    ///
    /// - Parameters:
    ///   - delay: D, at least 1; the process has D + 1 states.
    ///   - slip: in [0, 1).
    /// - Throws: `MDPError/invalid(argument:value:expected:)` for an argument out of range.
    public static func delayedLoop(delay: Int, slip: Double = 0.1) throws(MDPError) -> TabularMDP {
        try requireMDP(delay >= 1, "delay", delay, "at least 1")
        try requireMDP(slip >= 0 && slip < 1, "slip", slip, "a number in [0, 1)")
        var transition = Matrix.zeros(2 * (delay + 1), delay + 1)
        var reward = Matrix.zeros(delay + 1, 2)
        for state in 0...delay {
            for action in 0..<2 {
                let row = 2 * state + action
                let stays = action == 0 && (state == 0 || state == delay)
                if stays {
                    transition[row, state] = 1
                } else {
                    transition[row, state] = slip
                    transition[row, state == delay ? 0 : state + 1] = 1 - slip
                }
            }
        }
        reward[0, 0] = 0.5
        reward[delay, 0] = 1
        return try TabularMDP(transition: transition, reward: reward)
    }

    /// A random process that moves only now and then.
    ///
    /// Every row is 1 − 1/laziness on its own state and 1/laziness times a distribution uniform on the simplex;
    /// rewards are uniform in [0, 1]. Diameter, mixing times and bias grow in proportion to the laziness.
    ///
    /// - Parameters:
    ///   - stateCount: S, at least 2.
    ///   - actionCount: A, positive.
    ///   - laziness: at least 1.
    ///   - generator: draws transitions and rewards.
    /// - Throws: `MDPError/invalid(argument:value:expected:)` for an argument out of range.
    public static func lazyRandom(
        stateCount: Int, actionCount: Int, laziness: Double = 1, using generator: inout some RandomNumberGenerator
    ) throws(MDPError) -> TabularMDP {
        try requireMDP(stateCount >= 2, "stateCount", stateCount, "at least 2")
        try requireMDP(actionCount > 0, "actionCount", actionCount, "a positive number")
        try requireMDP(laziness >= 1 && laziness.isFinite, "laziness", laziness, "a finite number of at least 1")
        // Normalised exponential numbers are uniform on the simplex.
        var transition = Matrix(rows: stateCount * actionCount, columns: stateCount) { _, _ in generator.exponential() }
        transition.scaleRows(by: transition.rowSums.map { 1 / ($0 * laziness) })
        for row in 0..<transition.rows { transition[row, row / actionCount] += 1 - 1 / laziness }
        return try TabularMDP(
            transition: transition, reward: generator.uniformMatrix(rows: stateCount, columns: actionCount))
    }
}
