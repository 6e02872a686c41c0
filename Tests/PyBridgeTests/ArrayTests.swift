import Numerics
import PyBridge
import Testing

extension PyBridgeTests {
    @Suite struct ArrayTests {
        let np: PythonObject

        init() throws { np = try Python.import("numpy") }

        @Test func sharesNumbersWithoutACopy() throws {
            let values = (0..<1000).map { Double($0) * 0.5 }
            let array = try NumPyArray(values)
            #expect(array.transfer == .shared)
            #expect(try array.shape == [1000])
            let address = try Int(array.pythonObject.ctypes.data)
            #expect(values.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } == address)
            #expect(try String(array.pythonObject.dtype.name) == "float64")
            #expect(try Double(np.sum(values)) == 0.5 * 999 * 1000 / 2)
        }

        @Test func theSharedViewIsReadOnlyAndKeepsItsValues() throws {
            var values = [1.0, 2.0, 3.0]
            let array = PythonObject(values)
            #expect(try !Bool(array.flags.writeable))
            let refused = #expect(throws: PythonError.self) { try array.setItem(at: 0, to: 9.0) }
            #expect(refused?.message == "assignment destination is read-only")
            #expect(throws: PythonError.self) { try array.setflags(write: true) }
            values[0] = 100
            #expect(try [Double](array) == [1, 2, 3])
            #expect(values == [100, 2, 3])
        }

        @Test func theMemoryLivesAsLongAsNumPyNeedsIt() throws {
            func tail() throws -> PythonObject { try NumPyArray((0..<100_000).map(Double.init)).pythonObject[99_998...] }
            let kept = try tail()
            // Memory that had been freed would be overwritten by now.
            for _ in 0..<20 { _ = try np.full(100_000, 7.0) }
            #expect(try [Double](kept) == [99_998, 99_999])
        }

        @Test func everyElementTypeArrives() throws {
            func check<T: PythonScalar & ConvertibleFromPython & Equatable>(_ values: [T], _ type: String) throws {
                let array = try NumPyArray(values)
                #expect(try String(array.pythonObject.dtype.name) == type)
                #expect(try [T](array.pythonObject) == values)
                #expect(try [T](Python.list(array.pythonObject)) == values)
                #expect(try [T](array.pythonObject[PythonSlice(by: -2)]) == [values[2], values[0]])
            }
            try check([1.5, -2, .infinity] as [Double], "float64")
            try check([1.5, -2, 3] as [Float], "float32")
            try check([true, false, true], "bool")
            try check([Int.min, 0, .max], "int64")
            try check([Int8.min, 0, .max], "int8")
            try check([Int16.min, 0, .max], "int16")
            try check([Int32.min, 0, .max], "int32")
            try check([Int64.min, 0, .max], "int64")
            try check([UInt.min, 1, .max], "uint64")
            try check([UInt8.min, 1, .max], "uint8")
            try check([UInt16.min, 1, .max], "uint16")
            try check([UInt32.min, 1, .max], "uint32")
            try check([UInt64.min, 1, .max], "uint64")
            try check([Complex(1, 2), Complex(-3, 4), Complex(0, -1)] as [Complex<Double>], "complex128")
            try check([Complex(1, 2), Complex(-3, 4), Complex(0, -1)] as [Complex<Float>], "complex64")
        }

        @Test func emptyArraysHaveTheirType() throws {
            let empty = try NumPyArray([Double]())
            #expect(try empty.shape == [0])
            #expect(try [Double](empty.pythonObject) == [])
            #expect(try [Double](np.array(PythonList([Int]()))) == [])
            #expect(try NumPyArray([Float](), shape: [0, 3]).shape == [0, 3])
        }

        @Test func rowsBecomeAMatrix() throws {
            let rows = [[1.0, 2, 3], [4, 5, 6]]
            let array = try NumPyArray(rows: rows)
            #expect(try array.shape == [2, 3])
            #expect(!array.transfer.isShared)
            #expect(try [Double](np.sum(rows, axis: 0)) == [5, 7, 9])
            #expect(try [[Double]](np.transpose(rows)) == [[1, 4], [2, 5], [3, 6]])
            let ragged = #expect(throws: PythonError.self) { try NumPyArray(rows: [[1.0], [1, 2]]) }
            #expect(ragged?.message == "rows: expected 1 elements in each row, got 2 in row 1")
            #expect(try Int(Python.len([[1.0], [1, 2]])) == 2)  // a list of arrays
            let shaped = try NumPyArray(Array(0..<24), shape: [2, 3, 4])
            #expect(shaped.transfer == .shared)
            #expect(try Bool(np.array_equal(shaped, np.arange(24).reshape(2, 3, 4))))
            #expect(throws: PythonError.self) { try NumPyArray([1.0, 2], shape: [3]) }
        }

        @Test func readsArraysOfOtherLayouts() throws {
            #expect(try [Double](np.arange(5)) == [0, 1, 2, 3, 4])
            #expect(try [Double](np.arange(10.0)[PythonSlice(by: 3)]) == [0, 3, 6, 9])
            #expect(try [Double](np.array([1, 2], dtype: ">f8")) == [1, 2])  // the other byte order
            #expect(try [Float](np.array([0.1])) == [0.1 as Float])
            #expect(try [Int](np.array([1, 2], dtype: "int16")) == [1, 2])
            #expect(try [Double](np.array([true, false])) == [1, 0])
            #expect(try [[Double]](np.asfortranarray(np.arange(6).reshape(2, 3))) == [[0, 1, 2], [3, 4, 5]])
            #expect(try [UInt8](Python.bytes([1, 2, 255] as [UInt8])) == [1, 2, 255])
            let mismatch = #expect(throws: PythonError.self) { try [Int](np.array([1.5])) }
            #expect(mismatch?.message == "expected elements of type int64, got float64")
            let shape = #expect(throws: PythonError.self) { try [Double](np.zeros([2, 2])) }
            #expect(shape?.message == "expected 1 dimension, got shape (2, 2)")
        }

        @Test func saysWhetherItCopied() throws {
            let own = try np.arange(4.0)
            let shared = try NumPyArray(converting: own, to: Double.self)
            #expect(shared.transfer == .shared)
            try own.setItem(at: 0, to: 42.0)
            #expect(try shared.withUnsafeBufferPointer(of: Double.self) { $0[0] } == 42)
            #expect(throws: PythonError.self) { try shared.withUnsafeBufferPointer(of: Int.self) { $0.count } }
            #expect(try NumPyArray(converting: np.arange(4), to: Double.self).transfer
                == .copied(reason: "its elements are int64, not float64"))
            #expect(try NumPyArray(converting: own[PythonSlice(by: 2)], to: Double.self).transfer
                == .copied(reason: "its elements lie (16,) bytes apart"))
            #expect(try NumPyArray(converting: Python.list(own), to: Double.self).transfer
                == .copied(reason: "it is a list, not an array"))
        }
    }
}
