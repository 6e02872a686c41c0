import ComplexModule
import Mathematics
import RealModule
import Testing

@Suite struct ViewTests {
    private let a = Matrix(rows: 6, columns: 5) { Double(($0 * 7 + $1 * 3) % 11 - 5) }

    @Test func viewsShowWithoutCopying() {
        #expect(a.view.row(2).elementsEqual([a[2, 0], a[2, 1], a[2, 2], a[2, 3], a[2, 4]]))
        #expect(a.view.column(3).elementsEqual((0..<6).map { a[$0, 3] }))
        #expect(a.view[1..<4, 2..<5].transposed[0, 2] == a[3, 2])
        #expect(a.view[1..<4, 1..<5].diagonal.elementsEqual([a[1, 1], a[2, 2], a[3, 3]]))
        #expect(a[1..<3, 2..<4] == Matrix(a.view[1..<3, 2..<4]))
        #expect(Matrix(a.view[1..<4, 2..<5].transposed) == a[1..<4, 2..<5].transposed)
        #expect(a.view.column(1).dot(a.view.column(4)) == (0..<6).reduce(0) { $0 + a[$1, 1] * a[$1, 4] })
        #expect(a.view.column(1).sum == (0..<6).reduce(0) { $0 + a[$1, 1] })
        let v = Vector(count: 10) { Double($0) }
        #expect(v.view(from: 1, stride: 4).elementsEqual([1, 5, 9]))
        #expect(v.view(from: 10, stride: 4).isEmpty)
        #expect(Vector(v.view(3..<5)) == [3, 4])
        // Memory of somebody else's: overlapping windows of a sequence are a Hankel matrix.
        let windows = MatrixView(storage: v.storage, rows: 7, columns: 4, rowStride: 1)
        #expect(Matrix(windows) == Matrix.hankel(v, rows: 7))
        #expect(windows * Matrix.identity(4).view == Matrix.hankel(v, rows: 7))
        #expect(windows.transposed * Matrix.identity(7).view == Matrix.hankel(v, rows: 7).transposed)
    }

    @Test func aViewKeepsShowingWhatItShowed() {
        var b = a
        let row = b.view.row(0)
        b[0, 0] = 100
        #expect(row[0] == a[0, 0])
        #expect(b[0, 0] == 100)
    }

    @Test func productsOfAnyViewsAgreeWithTheDefinition() {
        func check<S: BLASScalar>(_ matrix: DenseMatrix<S>) {
            let view = matrix.view
            let strided = MatrixView(storage: matrix.storage, offset: 1, rows: 3, columns: 2, rowStride: 10, columnStride: 2)
            let lefts = [view, view[1..<4, 0..<5], view[1..<5, 0..<6 - 1], strided.transposed, view[2..<3, 0..<5], view[0..<0, 0..<3]]
            let rights = [view.transposed, view[0..<5, 1..<3], strided, view.transposed[1..<4, 2..<3], view.transposed[0..<3, 0..<6]]
            var checked = 0
            for left in lefts {
                for right in rights where left.columns == right.rows {
                    let expected = productByDefinition(DenseMatrix(left), DenseMatrix(right))
                    expectNear(left * right, expected)
                    var target = DenseMatrix<S>(repeating: 2, rows: left.rows, columns: right.columns)
                    target.accumulateProduct(left, right, factor: 3, scale: -1)
                    expectNear(target, expected * 3 - DenseMatrix(repeating: 2, rows: left.rows, columns: right.columns))
                    if right.columns > 0 {
                        expectNear(left * right.column(0), expected.column(0))
                        var vector = DenseVector<S>(repeating: 2, count: left.rows)
                        vector.accumulateProduct(left, right.column(0), factor: 3, scale: -1)
                        expectNear(vector, target.column(0))
                    }
                    checked += 1
                }
            }
            #expect(checked >= 8)
        }
        check(a)
        check(randomMatrix(Complex<Double>.self, 6, 5, seed: 1))
    }

    @Test func changesInPlace() {
        var b = a
        b[1..<3, 2..<4] = [[10, 11], [12, 13]]
        b.setColumn(0, to: Vector(count: 6) { Double($0) })
        b.mapInPlace { $0 * 2 }
        b.withUnsafeMutableRow(5) { $0[4] = 99 }
        b.addOuterProduct(1, [1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0])
        #expect(b[1, 2] == 20 && b[2, 3] == 26 && b[4, 0] == 8 && b[5, 4] == 99 && b[0, 1] == 2 * a[0, 1] + 1)
        #expect(b[3, 3] == 2 * a[3, 3])
        var c = Matrix.zeros(2, 2)
        let own = c.storage.pointer
        c.mapInPlace { _ in 1 }
        c += [[1, 2], [3, 4]]
        c.scaleRows(by: [2, 3])
        c.scaleColumns(by: [1, -1])
        c.accumulateProduct(Matrix.identity(2).view, Matrix.identity(2).view)
        #expect(c.storage.pointer == own)
        #expect(c == [[5, -6], [12, -14]])
        c.accumulateProduct(c.view, c.view, scale: 0)
        #expect(c == [[-47, 54], [-108, 124]])
        var x: Vector = [1, 2]
        x.add(2, times: c.view.column(1))
        #expect(x == [109, 250])
        x.combineInPlace(with: [1, 2]) { $0 - $1 }
        #expect(x == [108, 248])
    }

    @Test func arrayLiteralsAreAddedNotAppended() {
        let x: Vector = [1, 2]
        let sum = x + [10, 20]
        let reversed = [10, 20] + x
        #expect(type(of: sum) == Vector.self && type(of: reversed) == Vector.self)
        #expect(sum == [11, 22] as Vector && reversed == [11, 22] as Vector)
        let array = [10.0, 20.0]
        #expect(x + array == [11, 22] as Vector)
        #expect(x - [10, 20] == [-9, -18] as Vector)
        #expect(x .* [10, 20] == [10, 40] as Vector)
        let z: DenseVector<Complex<Double>> = [1, .i]
        #expect(z + [.i, 1] == [Complex(1, 1), Complex(1, 1)])
        var y = x
        y += [1, 1]
        #expect(y == [2, 3])
    }

    @Test func innerProductsConjugateTheLeftSide() {
        let x: DenseVector<Complex<Double>> = [.i, 2]
        #expect(x.dot([1, .i]) == Complex(0, -1) + Complex(0, 2))
        #expect(x.squaredNorm == 5 && x.absoluteSum == 3 && x.maximumMagnitude == 2)
        #expect(x.outerProduct([1, .i]) == [[.i, -1], [2, Complex(0, 2)]])
        #expect(x.realParts == [0, 2] && x.imaginaryParts == [1, 0] && x.conjugated == [Complex(0, -1), 2])
        #expect(DenseVector(real: [0, 2] as Vector, imaginary: [1, 0]) == x)
        #expect(x.description == "Vector(2) [0 + 1i, 2 + 0i]")
        #expect(x.mean == Complex(1, 0.5))
    }
}
