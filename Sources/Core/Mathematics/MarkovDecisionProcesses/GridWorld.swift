/// A rectangular grid with walls, in which four actions move to a neighbouring cell and may slip sideways.
///
/// ```swift
/// let world = try GridWorld(map: ["S..#", ".X.G"], slip: 0.1)
/// ```
///
/// `S` is the start, `G` the goal, `X` a trap, `#` a wall and `.` free. Goal and trap end an episode: their reward is
/// paid on entering them, and from them nothing leads on. A move into a wall or off the grid stays where it is.
public struct GridWorld: Sendable, Equatable {
    /// The four moves, in the order of the actions.
    public enum Move: Int, Sendable, CaseIterable {
        case up, right, down, left
        var offset: (row: Int, column: Int) {
            switch self {
            case .up: (-1, 0)
            case .right: (0, 1)
            case .down: (1, 0)
            case .left: (0, -1)
            }
        }
    }

    /// What the grid's process is: states are the cells that are not walls, row by row.
    public let process: TabularMDP
    /// Row and column of each state.
    public let cells: [(row: Int, column: Int)]
    /// The state in which an episode begins.
    public let start: Int
    /// The states that end an episode: goals and traps.
    public let terminal: Set<Int>
    /// The goals among them.
    public let goals: Set<Int>
    /// The number of rows and columns.
    public let size: (rows: Int, columns: Int)

    /// A grid from a drawing.
    ///
    /// - Parameters:
    ///   - map: rows of equal length over `S G X # .`, with one S and at least one G.
    ///   - slip: the probability that a move goes to one of its two sides instead, half each; in [0, 1].
    ///   - goalReward: paid on entering a goal.
    ///   - trapReward: paid on entering a trap.
    ///   - stepReward: paid for every move.
    /// - Throws: ``MDPError`` naming what is wrong with the drawing.
    public init(
        map: [String], slip: Double = 0, goalReward: Double = 1, trapReward: Double = -1, stepReward: Double = 0
    ) throws(MDPError) {
        guard slip >= 0, slip <= 1 else {
            throw .invalid(argument: "slip", value: "\(slip)", expected: "a probability in [0, 1]")
        }
        let grid = map.map(Array.init)
        let width = grid.first?.count ?? 0
        var (cells, kinds): ([(row: Int, column: Int)], [Character]) = ([], [])
        var states: [[Int?]] = []
        for (row, line) in grid.enumerated() {
            guard line.count == width, width > 0 else {
                throw .invalid(
                    argument: "map[\(row)]", value: "\(line.count) cells",
                    expected: "\(max(width, 1)), as in the first row")
            }
            states.append([])
            for (column, kind) in line.enumerated() {
                guard "SGX#.".contains(kind) else {
                    throw .invalid(argument: "map[\(row)]", value: "\"\(kind)\"", expected: "one of S G X # .")
                }
                states[row].append(kind == "#" ? nil : cells.count)
                if kind != "#" {
                    cells.append((row, column))
                    kinds.append(kind)
                }
            }
        }
        guard let start = kinds.firstIndex(of: "S"), kinds.lastIndex(of: "S") == start, kinds.contains("G") else {
            throw .invalid(argument: "map", value: map.joined(separator: " / "), expected: "one S and at least one G")
        }
        self.start = start
        self.cells = cells
        size = (grid.count, width)
        let terminal = Set(kinds.indices.filter { kinds[$0] == "G" || kinds[$0] == "X" })
        self.terminal = terminal
        goals = terminal.filter { kinds[$0] == "G" }
        func destination(_ state: Int, _ move: Move) -> Int {
            let (row, column) = (cells[state].row + move.offset.row, cells[state].column + move.offset.column)
            guard 0..<grid.count ~= row, 0..<width ~= column else { return state }
            return states[row][column] ?? state
        }
        var transitions = Matrix.zeros(cells.count * 4, cells.count)
        var rewards = Matrix.zeros(cells.count, 4)
        for state in cells.indices {
            for move in Move.allCases {
                let row = 4 * state + move.rawValue
                guard !terminal.contains(state) else {
                    transitions[row, state] = 1
                    continue
                }
                for (turn, probability) in [(0, 1 - slip), (1, slip / 2), (3, slip / 2)] where probability > 0 {
                    let next = destination(state, Move.allCases[(move.rawValue + turn) % 4])
                    transitions[row, next] += probability
                    let end = kinds[next] == "G" ? goalReward : kinds[next] == "X" ? trapReward : 0
                    rewards[state, move.rawValue] += probability * (stepReward + end)
                }
            }
        }
        process = try TabularMDP(transition: transitions, reward: rewards)
    }

    public static func == (left: GridWorld, right: GridWorld) -> Bool {
        left.process == right.process && left.start == right.start && left.terminal == right.terminal
            && left.goals == right.goals && left.size == right.size && left.cells.elementsEqual(right.cells, by: ==)
    }
}
