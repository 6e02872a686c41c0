import Core
import PyBridge
import Testing

extension PyBridgeTests {
    @Suite struct LinearAlgebraArrayTests {
        let np: PythonObject

        init() throws { np = try Python.import("numpy") }

        func address(_ array: PythonObject) throws -> Int { try Int(array.ctypes.data) }

        @Test func vectorsAndMatricesAreShared() throws {
            let vector = Vector([3, 4, 12])
            let matrix = Matrix(rows: [[1, 2, 3], [4, 5, 6]])
            #expect(try NumPyArray(vector).transfer == .shared)
            #expect(try address(PythonObject(vector)) == Int(bitPattern: vector.storage.pointer))
            #expect(try address(PythonObject(matrix)) == Int(bitPattern: matrix.storage.pointer))
            #expect(try Double(np.linalg.norm(vector)) == 13)
            #expect(try [Int](np.shape(matrix)) == [2, 3])
            #expect(try [Double](np.matmul(matrix, vector)) == [47, 104])
            #expect(try String(PythonObject(DenseVector<Float>([1, 2])).dtype.name) == "float32")
            #expect(try [Int](np.shape(Matrix(repeating: 0, rows: 0, columns: 4))) == [0, 4])
        }

        @Test func sharedValuesStayAsTheyWere() throws {
            var vector = Vector([1, 2, 3])
            let array = PythonObject(vector)
            vector[0] = 100
            #expect(try [Double](array) == [1, 2, 3])
            #expect(throws: PythonError.self) { try array.setItem(at: 0, to: 5.0) }
            #expect(vector == [100, 2, 3])
            // The vector may go before the array does.
            let kept = PythonObject(Vector((0..<50_000).map(Double.init)))[49_999...]
            for _ in 0..<20 { _ = Vector(repeating: 7, count: 50_000) }
            #expect(try [Double](kept) == [49_999])
        }

        @Test func copiesFromPython() throws {
            #expect(try Vector(np.arange(4)) == [0, 1, 2, 3])
            #expect(try Vector(Python.list(Python.range(3))) == [0, 1, 2])
            #expect(try Vector(np.arange(10.0)[PythonSlice(by: -4)]) == [9, 5, 1])
            #expect(try Matrix(np.arange(6).reshape(2, 3)) == Matrix(rows: [[0, 1, 2], [3, 4, 5]]))
            #expect(try Matrix(np.arange(6.0).reshape(2, 3).getAttribute("T")) == Matrix(rows: [[0, 3], [1, 4], [2, 5]]))
            #expect(try DenseMatrix<Float>(np.eye(2)) == DenseMatrix<Float>.identity(2))
            let own = try np.zeros(3)
            let copy = try Vector(own)
            try own.setItem(at: 0, to: 1.0)
            #expect(copy == [0, 0, 0])
            let shape = #expect(throws: PythonError.self) { try Matrix(np.zeros(3)) }
            #expect(shape?.message == "expected 2 dimensions, got shape (3,)")
            #expect(throws: PythonError.self) { try Vector(np.array(["a", "b"])) }
            #expect(throws: PythonError.self) { try Vector(np.array(PythonList(["a"]), dtype: "object")) }
        }

        @Test func adoptsWhatIsSafeToAdopt() throws {
            let array = try np.arange(5.0)
            var (vector, transfer) = try Vector.sharing(array)
            #expect(transfer == .shared)
            #expect(try Int(bitPattern: vector.storage.pointer) == address(array))
            #expect(try !Bool(array.flags.writeable))
            vector[0] = 10  // copies
            #expect(try [Double](array) == [0, 1, 2, 3, 4])
            #expect(vector == [10, 1, 2, 3, 4])

            // The memory stays when Python's name for it is gone.
            func made() throws -> Matrix { try Matrix.sharing(np.full([300, 300], 2.5)).matrix }
            let matrix = try made()
            for _ in 0..<20 { _ = try np.zeros([300, 300]) + 1.0 }
            #expect(matrix[299, 299] == 2.5 && matrix[0, 0] == 2.5)

            #expect(try Vector.sharing(np.arange(6.0)[2...]).transfer
                == .copied(reason: "it is a writable view of another array"))
            #expect(try Vector.sharing(np.arange(3)).transfer == .copied(reason: "its elements are int64, not float64"))
            #expect(try Matrix.sharing(np.zeros([2, 3]).getAttribute("T")).transfer.isShared == false)
            // A read-only view of memory that others can write to.
            let base = try np.arange(4.0)
            let view = try base.view()
            try view.setflags(write: false)
            let (seen, how) = try Vector.sharing(view)
            #expect(how == .copied(reason: "its memory can be written through another array"))
            try base.setItem(at: 0, to: 9.0)
            #expect(seen == [0, 1, 2, 3])

            // There and back is the same memory.
            let original = Vector([1, 2])
            #expect(try Vector.sharing(original.pythonObject).vector.storage.pointer == original.storage.pointer)
        }
    }
}
