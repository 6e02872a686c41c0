import Core
import Numerics
import PyBridge
import Testing

extension PyBridgeTests {
    @Suite struct ObjectTests {
        @Test func convertsScalarsBothWays() throws {
            let json = try Python.import("json")
            // Python's own text of each value says what arrived.
            #expect(try String(json.dumps(3)) == "3")
            #expect(try String(json.dumps(-2.5)) == "-2.5")
            #expect(try String(json.dumps(true)) == "true")
            #expect(try String(json.dumps(nil)) == "null")
            #expect(try String(json.dumps("größe ✓ \u{0}", ensure_ascii: false)) == "\"größe ✓ \\u0000\"")
            #expect(try String(json.dumps("")) == "\"\"")
            #expect(try String(Python.repr(UInt64.max)) == "18446744073709551615")
            #expect(try UInt64(Python.int("18446744073709551615")) == .max)
            #expect(try Int(Python.int("-9223372036854775808")) == .min)
            #expect(try Double(Python.float("1e-300")) == 1e-300)
            #expect(try Complex<Double>(Python.complex("1-2j")) == Complex(1, -2))
            #expect(try String(Python.repr(Complex(1.0, -2.0))) == "(1-2j)")
            #expect(try Int(Python.float("7")) == 7)
            #expect(try Int8(Python.int("-128")) == -128)
            #expect(try Int?(Python.None) == nil)
            #expect(try Int?(Python.int("4")) == 4)
            let missing: Double? = nil
            #expect(try Bool(Python.isinstance(missing, Python.type(nil))))
        }

        @Test func refusesConversionsThatWouldLoseAValue() throws {
            #expect(throws: PythonError.self) { try Int8(Python.int("128")) }
            #expect(throws: PythonError.self) { try Int(Python.int("9223372036854775808")) }
            #expect(throws: PythonError.self) { try UInt(Python.int("-1")) }
            let fraction = #expect(throws: PythonError.self) { try Int(Python.float("3.7")) }
            #expect(fraction?.message == "expected an integer, got float: 3.7")
            let text = #expect(throws: PythonError.self) { try Double(PythonObject("abc")) }
            #expect(text?.message == "expected a number, got str: 'abc'")
            let number = #expect(throws: PythonError.self) { try String(PythonObject(3)) }
            #expect(number?.message == "expected a str, got int: 3")
            #expect(throws: PythonError.self) { try [Int](Python.run(source: "import numpy; numpy.array([1.5])")!) }
            #expect(throws: PythonError.self) { try [Double](PythonObject("12")) }
        }

        @Test func convertsContainers() throws {
            let json = try Python.import("json")
            #expect(try String(json.dumps(["b": 1, "a": 2])) == #"{"a": 2, "b": 1}"#)
            #expect(try String(json.dumps(["one", "two"])) == #"["one", "two"]"#)
            let mixed: [String: Any] = ["x": 1, "y": [1, "b", 2.5] as [Any]]
            #expect(try String(json.dumps(mixed)) == #"{"x": 1, "y": [1, "b", 2.5]}"#)
            #expect(try String(json.dumps(Python.dict(x: 1, y: nil))) == #"{"x": 1, "y": null}"#)
            #expect(try String(json.dumps(["n": 1, "s": "t"] as [String: Any])) == #"{"n": 1, "s": "t"}"#)
            #expect(try String(json.dumps(["z": 1, "a": 2] as KeyValuePairs)) == #"{"z": 1, "a": 2}"#)
            #expect(try String(Python.repr((1, "two", (3.5, nil as Int?)))) == "(1, 'two', (3.5, None))")
            #expect(try String(Python.repr([(1, 2), (3, 4)])) == "[(1, 2), (3, 4)]")
            #expect(try String(Python.repr(PythonTuple(1))) == "(1,)")
            #expect(try String(Python.repr(PythonTuple())) == "()")
            #expect(try String(Python.repr(PythonList([1, 2]))) == "[1, 2]")
            #expect(try String(Python.repr([1, nil, 3] as [Int?])) == "[1, None, 3]")
            #expect(try [String: [Int]](Python.run(source: "{'a': [1, 2], 'b': []}")!) == ["a": [1, 2], "b": []])
            #expect(try Set<Int>(Python.run(source: "{3, 1, 3}")!) == [1, 3])
            #expect(try Set<Int>(Python.set([1, 2, 2])) == [1, 2])
            #expect(try Int(Python.len(Set([4, 5]))) == 2)
            let (number, name) = try Python.run(source: "(3, 'x')")!.convertedTuple(Int.self, String.self)
            #expect(number == 3 && name == "x")
            #expect(throws: PythonError.self) { try Python.run(source: "(3, 'x')")!.convertedTuple(Int.self) }
            #expect(throws: PythonError.self) { try Python.run(source: "(3, 4)")!.tuple3 }
        }

        @Test func refusesValuesThatPythonCannotTake() throws {
            struct Own {}
            let error = #expect(throws: PythonError.self) { try Python.len(Own()) }
            #expect(error?.message == "a Swift value of type Own cannot be passed to Python: make the type PythonConvertible")
        }

        @Test func passesOwnTypes() throws {
            struct Point: PythonConvertible, ConvertibleFromPython, Equatable {
                var x: Double, y: Double
                var pythonObject: PythonObject { PythonObject(["x": x, "y": y]) }
                init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
                init(_ object: PythonObject) throws { self.init(x: try Double(object["x"]), y: try Double(object["y"])) }
            }
            let json = try Python.import("json")
            let text = try json.dumps([Point(x: 1, y: 2), Point(x: 3, y: 4)])
            #expect(try String(text) == #"[{"x": 1.0, "y": 2.0}, {"x": 3.0, "y": 4.0}]"#)
            #expect(try [Point](json.loads(text)) == [Point(x: 1, y: 2), Point(x: 3, y: 4)])
        }

        @Test func callsWithKeywordArguments() throws {
            try Python.run(source: """
                def shown(*args, **kwargs):
                    return f"{args} {sorted(kwargs.items())}"
                """)
            let shown = try Python.published("shown")
            #expect(try String(shown(1, "a", in: true, default: nil)) == "(1, 'a') [('default', None), ('in', True)]")
            #expect(try String(shown.callFunction(arguments: [1, nil], keywords: ["b": 2, "a": 1]))
                == "(1, None) [('a', 1), ('b', 2)]")
            #expect(try String(shown()) == "() []")
            #expect(try String(shown(größe: 1)) == "() [('größe', 1)]")
            let repeated = #expect(throws: PythonError.self) { try shown(a: 1, a: 2) }
            #expect(repeated?.message == "keyword argument repeated: a")
        }

        @Test func readsAndWritesItemsAndAttributes() throws {
            let list = try Python.list(Python.range(10))
            #expect(try [Int](list[2..<5]) == [2, 3, 4])
            #expect(try [Int](list[2...4]) == [2, 3, 4])
            #expect(try [Int](list[7...]) == [7, 8, 9])
            #expect(try [Int](list[..<2]) == [0, 1])
            #expect(try [Int](list[...1]) == [0, 1])
            #expect(try [Int](list[PythonSlice(from: -3)]) == [7, 8, 9])
            #expect(try [Int](list[PythonSlice(by: -3)]) == [9, 6, 3, 0])
            #expect(try [Int](list[stride(from: 1, to: 8, by: 3)]) == [1, 4, 7])
            #expect(try [Int](list[stride(from: 4, through: 0, by: -2)]) == [4, 2, 0])
            #expect(try [Int](list[stride(from: 3, to: 3, by: 1)]) == [])
            #expect(try Int(list[-1]) == 9)
            #expect(try [Int](Python.list(stride(from: 9, through: 1, by: -4))) == [9, 5, 1])
            #expect(try [Int](Python.list(3..<6)) == [3, 4, 5])
            list[0] = PythonObject(100)
            try list.setItem(at: 1, to: "one")
            #expect(try String(Python.repr(list[0..<3])) == "[100, 'one', 2]")
            try list.deleteItem(at: 0)
            #expect(try list.elementCount == 9)
            #expect(try list.containsElement("one"))
            #expect(try !list.containsElement(100))

            let np = try Python.import("numpy")
            let grid = try np.arange(24).reshape(2, 3, 4)
            #expect(try Int(grid[1, 2, 3]) == 23)
            #expect(try [Int](grid[..., 0, 1]) == [1, 13])
            #expect(try [Int](grid[0, PythonSlice.all, 0]) == [0, 4, 8])
            #expect(try [[Int]](grid[0, 0..<2, 2...]) == [[2, 3], [6, 7]])
            #expect(try [Int](grid[0, 0][[true, false, true, false]]) == [0, 2])

            let space = try Python.import("types").SimpleNamespace(a: 1)
            space.b = PythonObject("two")
            try space.setAttribute("c", to: [1.5])
            #expect(try String(Python.repr(space)) == "namespace(a=1, b='two', c=array([1.5]))")
            try space.deleteAttribute("a")
            #expect(!space.hasAttribute("a") && space.hasAttribute("b"))
            let refused = #expect(throws: PythonError.self) { try PythonObject(3).setAttribute("x", to: 1) }
            #expect(refused?.typeName == "AttributeError")
            #expect(throws: PythonError.self) { try PythonObject("text").setItem(at: 0, to: "a") }
        }

        @Test func wordsOfSwiftSequencesBelongToPython() throws {
            let np = try Python.import("numpy")
            let values = try np.array([3, 1, 2])
            #expect(try Int(values.max()) == 3)
            #expect(try Int(values.min(axis: 0)) == 1)
            #expect(try [String](PythonObject("a b").split()) == ["a", "b"])
            let space = try Python.import("types").SimpleNamespace(first: 1, count: 2, map: 3, reversed: 4, set: 5)
            #expect(try [space.first, space.count, space.map, space.reversed, space.set].map { try Int($0) } == [1, 2, 3, 4, 5])
        }

        @Test func operatorsDoWhatPythonsDo() throws {
            let seven = PythonObject(7), two = PythonObject(2)
            #expect(try Int(seven + two) == 9)
            #expect(try Int(seven - two) == 5)
            #expect(try Int(seven * two) == 14)
            #expect(try Double(seven / two) == 3.5)
            #expect(try Int(PythonObject(-7).floorDivided(by: 2)) == -4)
            #expect(try Int(PythonObject(-7) % two) == 1)
            #expect(try Int(two ** 10) == 1024)
            #expect(try Int(2 ** seven) == 128)
            #expect(try Int(two ** PythonObject(3) ** 2) == 512)
            #expect(try Int(-seven) == -7)
            #expect(try Int(~seven) == -8)
            #expect(try Int(seven & PythonObject(3)) == 3)
            #expect(try Int(seven | PythonObject(8)) == 15)
            #expect(try Int(seven ^ two) == 5)
            #expect(try Int(two << PythonObject(3)) == 16)
            #expect(try Int(seven >> PythonObject(1)) == 3)
            #expect(try Bool(two < seven) && Bool(seven >= 7) && Bool(two != seven) && !Bool(two == seven))
            let factor = 1.5
            #expect(try Double(seven * factor) == 10.5)
            #expect(try Double(factor - two) == -0.5)
            #expect(try String(PythonObject("a") + "b") == "ab")

            let np = try Python.import("numpy")
            let x = try np.linspace(0, 1, 5)
            #expect(try [Double](1 - 2 * x ** 2) == [1, 0.875, 0.5, -0.125, -1])
            let limit = 0.5
            #expect(try [Double](x[x > limit]) == [0.75, 1])
            #expect(try [Bool](~((x < 0.3) | (x >= 1))) == [false, false, true, true, false])
            #expect(try Double(x.matrixProduct(with: x)) == 1.875)
            #expect(throws: PythonError.self) { try Bool(x == x) }  // the truth of an array is ambiguous

            var list = PythonObject(PythonList([1]))
            let same = list
            try list += PythonList([2])
            #expect(try same.elementCount == 2)  // in place, as in Python
            var sum = PythonObject(1)
            try sum += 2
            try sum *= factor
            try sum -= 0.5
            try sum /= 2
            #expect(try Double(sum) == 2)
            #expect(try list.isIdentical(to: same))
        }

        @Test func swiftArithmeticKeepsItsTypes() {
            // With PyBridge imported, plain expressions still mean what they did.
            let single: Float = 2, byte: UInt8 = 3
            #expect(type(of: single + 1) == Float.self)
            #expect(type(of: 2 * byte + 1) == UInt8.self)
            #expect(type(of: 1 + 2.5) == Double.self)
            let matrix = Matrix(rows: [[1, 2], [3, 4]]), vector: Vector = [1, 2]
            let sum = 2 * matrix + matrix * matrix - 1 * matrix
            #expect(sum == Matrix(rows: [[8, 12], [18, 26]]))
            let line = 1 - 2 * vector / 4
            #expect(line == [0.5, 0])
            #expect(byte == 3 && single < 3)
        }

        @Test func iterates() throws {
            var seen: [String] = []
            for word in try PythonSequence(PythonObject("b a c").split()) { seen.append(try String(word)) }
            #expect(seen == ["b", "a", "c"])
            let generator = try Python.run(source: "(n * n for n in range(4))")!
            #expect(try PythonSequence(generator).map { try Int($0) } == [0, 1, 4, 9])
            #expect(throws: PythonError.self) { try PythonSequence(PythonObject(3)) }
            // An exception between two elements arrives with one last element.
            let failing = try Python.run(source: "(1 // n for n in (1, 0))")!
            let elements = Array(try PythonSequence(failing))
            #expect(elements.count == 2)
            #expect(throws: PythonError.self) { try Int(elements[1]) }
            #expect(throws: PythonError.self) { try [Int](Python.run(source: "(1 // n for n in (1, 0))")!) }
        }

        @Test func contextManagersAreLeft() throws {
            try Python.run(source: """
                class Recorder:
                    def __enter__(self):
                        self.left = None
                        return "entered"
                    def __exit__(self, kind, value, traceback):
                        self.left = (kind.__name__ if kind else "", str(value))
                recorder = Recorder()
                """)
            let recorder = try Python.published("recorder")
            #expect(try Python.with(recorder) { try String($0) } == "entered")
            #expect(try String(recorder.left[0]) == "")
            struct Own: Error {}
            #expect(throws: Own.self) { try Python.with(recorder) { _ in throw Own() } }
            #expect(try String(recorder.left[1]) == "Own()")
            #expect(throws: PythonError.self) { try Python.with(recorder) { _ in try Python.int("x") } }
            #expect(try String(recorder.left[0]) == "ValueError")
        }

        @Test func pythonCallsSwift() throws {
            let square = PythonFunction { arguments in try Double(arguments[0]) * Double(arguments[0]) }
            #expect(try [Double](Python.list(Python.map(square, [1.0, 2.0, 3.0]))) == [1, 4, 9])
            let named = PythonFunction { (_: [PythonObject], keywords: [String: PythonObject]) in
                keywords.keys.sorted().joined(separator: ",")
            }
            #expect(try String(named.pythonObject(b: 1, a: 2)) == "a,b")
            // An error passes through Python and comes back as it was.
            struct Own: Error {}
            let failing = PythonFunction { _ in throw Own() }
            let error = #expect(throws: PythonError.self) { try Python.list(Python.map(failing, [1])) }
            #expect(error?.message == "Own()" && error?.typeName == "_replkit.SwiftError")
            let raising = PythonFunction { _ in try Python.int("x") }
            let caught = #expect(throws: PythonError.self) { try Python.list(Python.map(raising, [1])) }
            #expect(caught?.typeName == "ValueError")
        }
    }
}
