import Testing

/// What a person expects of cells that follow each other: the table on which the engine stands. Each row is
/// a session; each step a cell and what it shows, or how it fails.
struct CellSequence: CustomTestStringConvertible, Sendable {
    enum Step: Sendable {
        /// The cell succeeds and shows exactly this, without the last newline.
        case shows(String, _ expected: String)
        /// The cell fails, and the failure contains each of these.
        case fails(String, _ parts: [String])
    }

    var name: String
    var steps: [Step]
    var testDescription: String { name }

    init(_ name: String, _ steps: Step...) {
        self.name = name
        self.steps = steps
    }
}

@Suite(.serialized) struct CellSequenceTests {
    @Test(arguments: CellSequence.table)
    func behavesAsExpected(_ sequence: CellSequence) throws {
        let session = try SessionHarness()
        for (index, step) in sequence.steps.enumerated() {
            switch step {
            case .shows(let source, let expected):
                let result = session.run(source)
                #expect(result.failure == nil, "step \(index): \(source)")
                var shown = result.shown
                if shown.hasSuffix("\n") { shown.removeLast() }
                #expect(shown == expected, "step \(index): \(source)")
            case .fails(let source, let parts):
                let result = session.run(source)
                for part in parts {
                    #expect(result.failure?.contains(part) == true, "step \(index): \(source): \(result.failure ?? "succeeded")")
                }
            }
        }
    }
}

extension CellSequence {
    static let table: [CellSequence] = definitions + shadowing + lastExpressions + failures + asynchrony + libraries

    // MARK: - Definitions and variables

    static let definitions: [CellSequence] = [
        CellSequence(
            "a variable is seen and changed by later cells",
            .shows("var count = 1", ""), .shows("count += 41", ""), .shows("count", "42")),
        CellSequence(
            "functions, generics and overloads are used across cells",
            .shows("func twice<T: AdditiveArithmetic>(_ x: T) -> T { x + x }", ""),
            .shows("func name(_ x: Int) -> String { \"int\" }", ""),
            .shows("func name(_ x: String) -> String { \"string\" }", ""),
            .shows("print(twice(21), twice(1.5), name(1), name(\"a\"))", "42 3.0 int string")),
        CellSequence(
            "private and fileprivate declarations belong to the notebook",
            .shows("private func hidden() -> Int { 7 }\nfileprivate let secret = 5", ""), .shows("hidden() + secret", "12")),
        CellSequence(
            "closures capture variables of earlier cells by reference",
            .shows("var base = 10", ""), .shows("let add = { (x: Int) in x + base }", ""), .shows("base = 20", ""),
            .shows("add(1)", "21")),
        CellSequence(
            "an extension of an earlier type, and of a library's",
            .shows("struct V { var x: Double }", ""), .shows("extension V { var doubled: Double { x * 2 } }", ""),
            .shows("extension Array where Element == Int { var total: Int { reduce(0, +) } }", ""),
            .shows("print(V(x: 1.5).doubled, [1, 2, 3].total)", "3.0 6")),
        CellSequence(
            "conformances, protocols and existentials",
            .shows("protocol Shape { var area: Double { get } }", ""),
            .shows("struct Square: Shape { var side: Double; var area: Double { side * side } }", ""),
            .shows("extension Int: Shape { var area: Double { Double(self) } }", ""),
            .shows("let shapes: [any Shape] = [Square(side: 3), 4]\nshapes.map(\\.area)", "[9.0, 4.0]"),
            .shows("(5 as Any) is any Shape", "true")),
        CellSequence(
            "operators with precedence of their own",
            .shows(
                "precedencegroup Power { higherThan: MultiplicationPrecedence associativity: right }\ninfix operator **: Power", ""),
            .shows("func ** (b: Int, e: Int) -> Int { (0..<e).reduce(1) { a, _ in a * b } }", ""),
            .shows("2 * 3 ** 2 ** 2", "162")),
        CellSequence(
            "a class is released when its last variable lets go",
            .shows("class Box { let n: Int; init(_ n: Int) { self.n = n }; deinit { print(\"bye\", n) } }", ""),
            .shows("var box: Box? = Box(1)", ""), .shows("box = Box(2)", "bye 1"), .shows("box = nil", "bye 2")),
        CellSequence(
            "enums, pattern matching and a switch as the last statement",
            .shows("indirect enum Tree { case leaf(Int); case node(Tree, Tree) }", ""),
            .shows(
                "func sum(_ t: Tree) -> Int { switch t { case .leaf(let n): n; case .node(let l, let r): sum(l) + sum(r) } }", ""),
            .shows("sum(.node(.leaf(1), .node(.leaf(2), .leaf(3))))", "6"),
            .shows("switch Tree.leaf(3) { case .leaf(let n): print(\"leaf\", n); default: print(\"node\") }", "leaf 3")),
        CellSequence(
            "tuples are taken apart at top level",
            .shows("let (low, high) = (1, 9)", ""), .shows("high - low", "8")),
        CellSequence(
            "computed variables and observers at top level",
            .shows("var raw = 2\nvar squared: Int { raw * raw }", ""),
            .shows("var watched = 0 { didSet { print(\"was\", oldValue) } }", ""), .shows("raw = 3\nwatched = 5", "was 0"),
            .shows("squared", "9")),
        CellSequence(
            "generic types, key paths and property wrappers inside types",
            .shows("struct Pair<A, B> { var a: A; var b: B }", ""),
            .shows("@propertyWrapper struct Clamped { var wrappedValue: Int { didSet { wrappedValue = min(wrappedValue, 10) } } }", ""),
            .shows("struct Level { @Clamped var value = 3 }\nvar level = Level()\nlevel.value = 99", ""),
            .shows("let p = Pair(a: 1, b: \"x\")\nprint(p[keyPath: \\.a], level.value)", "1 10")),
        CellSequence(
            "many cells see each other",
            .shows("let a1 = 1", ""), .shows("let a2 = a1 + 1", ""), .shows("let a3 = a2 + 1", ""), .shows("let a4 = a3 + 1", ""),
            .shows("let a5 = a4 + 1", ""), .shows("let a6 = a5 + 1", ""), .shows("[a1, a2, a3, a4, a5, a6]", "[1, 2, 3, 4, 5, 6]")),
    ]

    // MARK: - Shadowing and running again

    static let shadowing: [CellSequence] = [
        CellSequence(
            "a later variable hides an earlier one, also of another type",
            .shows("let x = 1", ""), .shows("let x = \"one\"", ""), .shows("x", "\"one\"")),
        CellSequence(
            "a cell uses the earlier value for its new variable of the same name",
            .shows("let n = 2", ""), .shows("func next() -> Int { n + 1 }", ""), .shows("let m = next()\nm", "3")),
        CellSequence(
            "a redefined function counts from then on; earlier callers keep theirs",
            .shows("func f() -> Int { 1 }", ""), .shows("func g() -> Int { f() * 10 }", ""), .shows("func f() -> Int { 2 }", ""),
            .shows("print(f(), g())", "2 10")),
        CellSequence(
            "a redefined type is new; old values keep the old one",
            .shows("struct V { var x = 1 }\nlet old = V()", ""), .shows("struct V { var y = \"new\" }\nlet new = V()", ""),
            .shows("print(old.x, new.y)", "1 new")),
        CellSequence(
            "a redefined extension method wins",
            .shows("extension Int { func word() -> String { \"first\" } }", ""), .shows("1.word()", "\"first\""),
            .shows("extension Int { func word() -> String { \"second\" } }", ""), .shows("1.word()", "\"second\"")),
        CellSequence(
            "a conformance is declared again with another body",
            .shows("protocol Named { var name: String { get } }", ""),
            .shows("struct S {}", ""),
            .shows("extension S: Named { var name: String { \"first\" } }", ""), .shows("S().name", "\"first\""),
            .shows("extension S: Named { var name: String { \"second\" } }", ""), .shows("S().name", "\"second\""),
            .shows("func tell(_ n: some Named) -> String { n.name }\ntell(S())", "\"second\"")),
        CellSequence(
            "a protocol is declared again, with the types that conform to it",
            .shows("protocol P { func go() -> Int }", ""), .shows("struct A: P { func go() -> Int { 1 } }", ""),
            .shows("protocol P { func go() -> Int; func stop() -> Int }", ""),
            .shows("struct A: P { func go() -> Int { 2 }; func stop() -> Int { 3 } }", ""),
            .shows("func both(_ p: any P) -> Int { p.go() + p.stop() }\nboth(A())", "5")),
        CellSequence(
            "an operator is declared again",
            .shows("infix operator <+>\nfunc <+> (a: Int, b: Int) -> Int { a + b }", ""),
            .shows("func <+> (a: Int, b: Int) -> Int { a * b }", ""), .shows("3 <+> 4", "12")),
        CellSequence(
            "the same cell run again starts anew",
            .shows("var hits = 0\nhits += 1\nprint(hits)", "1"), .shows("var hits = 0\nhits += 1\nprint(hits)", "1"),
            .shows("hits += 1\nhits", "2")),
        CellSequence(
            "a variable hides a function and a type hides a variable",
            .shows("func rate() -> Int { 1 }", ""), .shows("let rate = 3", ""), .shows("rate", "3")),
    ]

    // MARK: - The last expression

    static let lastExpressions: [CellSequence] = [
        CellSequence("the last expression is shown", .shows("let x = 1; x", "1"), .shows("x + 1", "2")),
        CellSequence("a semicolon hides it", .shows("1 + 1;", "")),
        CellSequence("assignments and void calls show nothing", .shows("var x = 1\nx = 2", ""), .shows("x += 1", ""), .shows("print(x)", "3")),
        CellSequence("strings are quoted, optionals unwrapped, nil said",
            .shows("\"a\\nb\"", "\"a\\nb\""), .shows("Optional(3)", "3"), .shows("Int(\"x\")", "nil")),
        CellSequence("a failing try as last expression throws",
            .shows("struct E: Error {}\nfunc f(_ ok: Bool) throws -> Int { if ok { return 1 }; throw E() }", ""),
            .shows("try f(true)", "1"), .fails("try f(false)", ["threw", "E"])),
        CellSequence("a trailing closure, a ternary and a multi-line chain",
            .shows("[3, 1, 2].sorted { $0 > $1 }", "[3, 2, 1]"), .shows("true ? 1 : 2", "1"),
            .shows("[1, 2, 3]\n    .map { $0 + 1 }\n    .filter { $0 > 2 }", "[3, 4]")),
        CellSequence("a value that says how it is displayed",
            .shows("struct Note: Displayable { var displayed: MimeBundle { MimeBundle([MimeBundle.plainText: \"a note\"]) } }", ""),
            .shows("Note()", "a note"), .shows("display(Note())", "a note")),
        CellSequence("a move-only value is not shown and does not hurt",
            .shows("struct Token: ~Copyable { let n = 1 }\nfunc make() -> Token { Token() }", ""), .shows("make()", "")),
        CellSequence("comments and empty cells", .shows("// nothing here", ""), .shows("", ""), .shows("1 // one", "1"), .shows("2 /* two\n */", "2")),
        CellSequence("if as the last statement", .shows("let big = 3 > 2\nif big { print(\"yes\") } else { print(\"no\") }", "yes")),
    ]

    // MARK: - Failures

    static let failures: [CellSequence] = [
        CellSequence(
            "a compile error names its line and leaves the session as it was",
            .shows("let x = 1", ""), .fails("let a = 2\nlet y: String = x", ["3:17: error: cannot convert value of type 'Int'"]),
            .shows("x", "1"), .fails("a", ["cannot find 'a' in scope"])),
        CellSequence(
            "columns are right behind what the engine inserted",
            .fails("let q = 1; q.nothing", ["1:14: error: value of type 'Int' has no member 'nothing'"])),
        CellSequence(
            "an error at the very end of a cell lies in the cell",
            .fails("func f() {\n  print(1)", ["2:11: error: expected '}'"])),
        CellSequence(
            "a thrown error shows its value; later cells go on without the failed one",
            .shows("struct Oops: Error, CustomStringConvertible { var description: String { \"spilled\" } }", ""),
            .fails("print(\"before\")\nlet half = 1\nthrow Oops()", ["threw", "Oops: spilled"]), .shows("1 + 1", "2"),
            .fails("half", ["cannot find 'half'"])),
        CellSequence(
            "a trap names the line and the notebook's frames; what succeeded before is there again",
            .shows("let list = [1, 2, 3]", ""),
            .shows("func third(_ a: [Int], _ i: Int) -> Int {\n  a[i]\n}", ""),
            .fails("let i = 7\nprint(third(list, i))", ["trapped", "Index out of range", "third", "line 3", "line 6"]), .shows("list", "[1, 2, 3]")),
        CellSequence("fatalError and force unwrap", .fails("let n: Int? = nil\nn!", ["trapped", "Unexpectedly found nil", "line 2"]), .fails("fatalError(\"gone\")", ["trapped", "gone", "line 3"])),
        CellSequence("endless recursion", .fails("func down(_ n: Int) -> Int { n == -1 ? 0 : down(n + 1) + 1 }\ndown(0)", ["SIGSEGV", "down"]), .shows("1", "1")),
        CellSequence("exit does not end the session", .shows("import Foundation\nlet x = 5", ""), .fails("exit(3)", ["exited 3"]), .shows("x", "5")),
        CellSequence("lazy and property wrappers at top level are refused",
            .fails("lazy var x = 1", ["lazy"]),
            .fails("@propertyWrapper struct W { var wrappedValue: Int }\n@W var y = 1", ["property wrappers are not"])),
    ]

    // MARK: - Asynchrony

    static let asynchrony: [CellSequence] = [
        CellSequence(
            "await at top level, and later synchronous cells that use the result",
            .shows("func slow() async -> Int { try? await Task.sleep(nanoseconds: 1_000_000); return 5 }", ""),
            .shows("let v = await slow()\nv", "5"), .shows("v + 1", "6"), .shows("func useV() -> Int { v * 2 }\nuseV()", "10")),
        CellSequence(
            "async let, task groups and for await",
            .shows("func f(_ n: Int) async -> Int { n * n }", ""),
            .shows("async let a = f(2)\nasync let b = f(3)\nlet s = await a + b\ns", "13"),
            .shows("let t = await withTaskGroup(of: Int.self) { g in for i in 1...4 { g.addTask { await f(i) } }; var r = 0; for await x in g { r += x }; return r }\nt", "30"),
            .shows("var seen: [Int] = []\nfor await i in AsyncStream<Int> { c in for i in 0..<3 { c.yield(i) }; c.finish() } { seen.append(i) }\nseen", "[0, 1, 2]")),
        CellSequence(
            "an actor and the main actor",
            .shows("actor Counter { var n = 0; func hit() -> Int { n += 1; return n } }\nlet counter = Counter()", ""),
            .shows("await counter.hit();", ""), .shows("await counter.hit()", "2"),
            .shows("let onMain = await MainActor.run { 7 }\nonMain", "7")),
        CellSequence(
            "an error thrown in a cell that awaits",
            .shows("struct Late: Error {}\nfunc fail() async throws -> Int { throw Late() }", ""),
            .fails("print(\"begun\")\nlet z = try await fail()", ["threw", "Late"]), .shows("1", "1"),
            .shows("func ok() async -> Int { 3 }", ""), .shows("await ok()", "3")),
        CellSequence(
            "a cell that awaits traps, and the session goes on",
            .shows("func g() async -> Int { 1 }", ""), .fails("let w = await g()\nlet e: [Int] = []\nprint(e[w])", ["trapped", "line"]),
            .shows("2", "2")),
    ]

    // MARK: - Libraries

    static let libraries: [CellSequence] = [
        CellSequence(
            "an import holds for later cells, and may be repeated",
            .shows("import Foundation", ""), .shows("Int(sqrt(16.0))", "4"), .shows("import Foundation\nDate(timeIntervalSince1970: 0).timeIntervalSince1970", "0.0")),
        CellSequence(
            "a notebook's own names beside the library's",
            .shows("import Core", ""), .shows("struct Matrix { var own = true }", ""), .shows("Matrix().own", "true"),
            .shows("func sum(_ x: [Double]) -> String { \"mine\" }\nfunc softmax(_ x: [Double]) -> String { \"my softmax\" }", ""),
            .shows("print(sum([1, 2]), softmax([1]))", "mine my softmax"), .shows("import Core\nMatrix().own", "true"),
            .shows("print(Matrix().own, sum([1]))", "true mine")),
        CellSequence(
            "a notebook's own display and claim-free names beside the runtime's",
            .shows("func progress(_ x: Int) -> Int { x + 1 }", ""), .shows("progress(1)", "2"),
            .shows("struct Table { var rows = 3 }\nTable().rows", "3")),
        CellSequence(
            "a macro of the standard library",
            .shows("import Observation\n@Observable class Model { var n = 1 }\nlet model = Model()", ""), .shows("model.n = 4\nmodel.n", "4")),
        CellSequence(
            "Codable, regular expressions and string processing",
            .shows("import Foundation\nstruct R: Codable { var a: Int }", ""),
            .shows("try JSONDecoder().decode(R.self, from: Data(\"{\\\"a\\\": 3}\".utf8)).a", "3"),
            .shows("\"2026-11-21\".firstMatch(of: /(\\d+)-(\\d+)/)!.2", "11")),
    ]
}
