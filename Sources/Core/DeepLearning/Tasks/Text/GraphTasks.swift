import Mathematics

/// Finding a way in a random undirected graph: "a-c,b-d,c-d|a>b:", answer "acdb". The difficulty is the number of
/// vertices.
///
/// The graph is connected: a random tree and some more edges.
public struct GraphPaths: VerifiableTask {
    /// How many edges there are besides those of the tree, as a part of the number of vertices.
    public let extraEdges: Double
    /// Whether only shortest ways count.
    public let requiresShortest: Bool

    public init(extraEdges: Double = 0.5, requiresShortest: Bool = true) throws(TaskError) {
        guard extraEdges >= 0, extraEdges <= 5 else {
            throw .invalidArgument(task: "graph paths", name: "extraEdges", value: "\(extraEdges)", expected: "a number in [0, 5]")
        }
        self.extraEdges = extraEdges
        self.requiresShortest = requiresShortest
    }

    public var name: String { "graph paths" }
    public var characters: String { "abcdefghijklmnopqrstuvwxyz-,|>:" }
    public var difficulties: ClosedRange<Int> { 3...26 }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyz")

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let names = generator.permutation(difficulty)
        var edges: Set<[Int]> = []
        for vertex in 1..<difficulty { edges.insert([names[vertex], names[generator.integer(below: vertex)]].sorted()) }
        let wanted = min(
            difficulty - 1 + Int(extraEdges * Double(difficulty)), difficulty * (difficulty - 1) / 2)
        while edges.count < wanted {
            let pair = generator.sample(2, withoutReplacementBelow: difficulty)
            edges.insert(pair.sorted())
        }
        var list = edges.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        generator.shuffle(&list)
        let ends = generator.sample(2, withoutReplacementBelow: difficulty)
        let text = list.map { edge in
            let flipped = generator.bernoulli(0.5) ? [edge[1], edge[0]] : edge
            return "\(Self.letters[flipped[0]])-\(Self.letters[flipped[1]])"
        }
        let prompt = text.joined(separator: ",") + "|\(Self.letters[ends[0]])>\(Self.letters[ends[1]]):"
        return TaskExample(prompt: prompt, answer: Self.problem(prompt).flatMap(Self.shortestPath) ?? "")
    }

    public func isCorrectAnswer(_ answer: String, for example: TaskExample) -> Bool {
        guard let problem = Self.problem(example.prompt), answer.first == problem.start, answer.last == problem.goal,
            zip(answer, answer.dropFirst()).allSatisfy({ problem.neighbors[$0]?.contains($1) ?? false })
        else { return false }
        return !requiresShortest || answer.count == Self.shortestPath(problem)?.count
    }

    private struct Problem {
        var neighbors: [Character: [Character]] = [:]
        var start: Character, goal: Character
    }

    private static func problem(_ prompt: String) -> Problem? {
        let parts = prompt.split(separator: "|")
        guard parts.count == 2, parts[1].count == 4, let start = parts[1].first else { return nil }
        var problem = Problem(start: start, goal: parts[1].dropFirst(2).first ?? start)
        for edge in parts[0].split(separator: ",") {
            guard edge.count == 3, let a = edge.first, let b = edge.last else { return nil }
            problem.neighbors[a, default: []].append(b)
            problem.neighbors[b, default: []].append(a)
        }
        return problem
    }

    /// Breadth-first; among equally short ways the first in the alphabet.
    private static func shortestPath(_ problem: Problem) -> String? {
        var previous: [Character: Character] = [problem.start: problem.start]
        var queue = [problem.start]
        var next = 0
        while next < queue.count {
            let vertex = queue[next]
            next += 1
            if vertex == problem.goal { break }
            for neighbor in (problem.neighbors[vertex] ?? []).sorted() where previous[neighbor] == nil {
                previous[neighbor] = vertex
                queue.append(neighbor)
            }
        }
        guard previous[problem.goal] != nil else { return nil }
        var path = [problem.goal]
        while let last = path.last, last != problem.start, let before = previous[last] { path.append(before) }
        return String(path.reversed())
    }
}

/// Finding the way through a maze from S to G: rows of "." and "x" (walls) between "/", answered by moves U, D, L
/// and R. The difficulty is how many cells a side has; with the walls between them a row has 2 · difficulty − 1 places.
public struct Mazes: VerifiableTask {
    /// The part of inner walls that are opened besides those of the tree; more than 0 allows several ways.
    public let openings: Double
    /// Whether only shortest ways count.
    public let requiresShortest: Bool

    public init(openings: Double = 0, requiresShortest: Bool = false) throws(TaskError) {
        guard openings >= 0, openings <= 1 else {
            throw .invalidArgument(task: "mazes", name: "openings", value: "\(openings)", expected: "a number in [0, 1]")
        }
        self.openings = openings
        self.requiresShortest = requiresShortest
    }

    public var name: String { "mazes" }
    public var characters: String { ".x/SG:UDLR" }
    public var difficulties: ClosedRange<Int> { 2...16 }

    public func makeExample<G: RandomNumberGenerator>(difficulty: Int, using generator: inout G) -> TaskExample {
        let side = 2 * difficulty - 1
        var grid = [[Character]](repeating: [Character](repeating: "x", count: side), count: side)
        // A spanning tree of the cells by a depth-first walk.
        var stack = [(generator.integer(below: difficulty), generator.integer(below: difficulty))]
        grid[2 * stack[0].0][2 * stack[0].1] = "."
        while let (row, column) = stack.last {
            let free = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)].filter {
                0..<difficulty ~= $0.0 && 0..<difficulty ~= $0.1 && grid[2 * $0.0][2 * $0.1] == "x"
            }
            guard !free.isEmpty else {
                stack.removeLast()
                continue
            }
            let next = generator.element(of: free)
            grid[row + next.0][column + next.1] = "."
            grid[2 * next.0][2 * next.1] = "."
            stack.append(next)
        }
        for row in 0..<side {
            for column in 0..<side where grid[row][column] == "x" && (row + column) % 2 == 1 {
                if openings > 0, generator.bernoulli(openings) { grid[row][column] = "." }
            }
        }
        let ends = generator.sample(2, withoutReplacementBelow: difficulty * difficulty)
        grid[2 * (ends[0] / difficulty)][2 * (ends[0] % difficulty)] = "S"
        grid[2 * (ends[1] / difficulty)][2 * (ends[1] % difficulty)] = "G"
        let prompt = grid.map { String($0) }.joined(separator: "/") + ":"
        return TaskExample(prompt: prompt, answer: Self.shortestWay(Self.grid(prompt)) ?? "")
    }

    public func isCorrectAnswer(_ answer: String, for example: TaskExample) -> Bool {
        let grid = Self.grid(example.prompt)
        guard var place = Self.place(of: "S", in: grid) else { return false }
        for move in answer {
            guard let step = Self.moves.first(where: { $0.name == move }) else { return false }
            place = (place.0 + step.row, place.1 + step.column)
            guard grid.indices ~= place.0, grid[place.0].indices ~= place.1, grid[place.0][place.1] != "x" else { return false }
        }
        guard grid[place.0][place.1] == "G" else { return false }
        return !requiresShortest || answer.count == Self.shortestWay(grid)?.count
    }

    private static let moves: [(name: Character, row: Int, column: Int)] = [
        ("U", -1, 0), ("D", 1, 0), ("L", 0, -1), ("R", 0, 1),
    ]

    private static func grid(_ prompt: String) -> [[Character]] {
        prompt.filter { $0 != ":" }.split(separator: "/").map(Array.init)
    }

    private static func place(of mark: Character, in grid: [[Character]]) -> (Int, Int)? {
        for (row, line) in grid.enumerated() {
            if let column = line.firstIndex(of: mark) { return (row, column) }
        }
        return nil
    }

    private static func shortestWay(_ grid: [[Character]]) -> String? {
        guard let start = place(of: "S", in: grid) else { return nil }
        var ways = [[Int]: String]()
        ways[[start.0, start.1]] = ""
        var queue = [start]
        var next = 0
        while next < queue.count {
            let (row, column) = queue[next]
            next += 1
            let way = ways[[row, column]] ?? ""
            if grid[row][column] == "G" { return way }
            for move in moves {
                let place = (row + move.row, column + move.column)
                guard grid.indices ~= place.0, grid[place.0].indices ~= place.1, grid[place.0][place.1] != "x",
                    ways[[place.0, place.1]] == nil
                else { continue }
                ways[[place.0, place.1]] = way + String(move.name)
                queue.append(place)
            }
        }
        return nil
    }
}
