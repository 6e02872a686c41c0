import Foundation
import PyBridge
import Testing

extension PyBridgeTests {
    @Suite struct FigureTests {
        let plt: PythonObject

        init() throws { plt = try Python.import("matplotlib.pyplot") }

        /// A folder of its own, whose name has a space and letters beyond ASCII.
        func folder() -> String {
            FileManager.default.temporaryDirectory.path + "/Bilder für \(UUID().uuidString)/tief"
        }

        func sample() throws -> PythonObject {
            let (figure, axes) = try plt.subplots(1, 2, figsize: (8, 3)).tuple2
            let x = (0..<50).map { Double($0) / 10 }
            try axes[0].plot(x, x.map(sin), label: "größe $x^2$", marker: "o", markevery: 5)
            try axes[0].fill_between(x, x.map(cos), alpha: 0.3)
            try axes[0].legend()
            let image = try axes[1].imshow([[1.0, 2], [3, 4]])
            try figure.colorbar(image, ax: axes[1])
            return figure
        }

        @Test func theStyleIsApplied() throws {
            let matplotlib = try Python.import("matplotlib")
            #expect(try String(matplotlib.get_backend()).lowercased() == "agg")
            let settings = matplotlib.rcParams
            #expect(try Double(settings["font.size"]) >= 12)
            for size in ["xtick.labelsize", "ytick.labelsize", "legend.fontsize", "axes.labelsize", "axes.titlesize"] {
                #expect(try Double(settings[size]) >= 12)
            }
            #expect(try Double(settings["lines.linewidth"]) >= 1.8)
            #expect(try Bool(settings["figure.constrained_layout.use"]))
            #expect(try String(settings["image.cmap"]) == "viridis")
            // Okabe and Ito, "Color Universal Design" (2008).
            let published: Set = [
                "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
            ]
            let cycle = try PythonSequence(settings["axes.prop_cycle"]).map { try String($0["color"]) }
            #expect(Set(cycle) == published)
            try plt.show()  // no display, and no complaint
        }

        @Test func savesTheSameBytesTwice() throws {
            let (first, second) = (folder(), folder())
            defer {
                for folder in [first, second] {
                    try? FileManager.default.removeItem(at: URL(fileURLWithPath: folder).deletingLastPathComponent())
                }
            }
            for folder in [first, second] {
                let figure = try sample()
                let paths = try Python.save(figure: figure, to: folder, name: "Größe 1")
                #expect(paths == ["\(folder)/Größe 1.png", "\(folder)/Größe 1.svg"])
                try Python.closeFigures([figure])
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["Größe 1.png", "Größe 1.svg"])
            }
            for kind in ["png", "svg"] {
                let bytes = try [first, second].map { try Data(contentsOf: URL(fileURLWithPath: "\($0)/Größe 1.\(kind)")) }
                #expect(bytes[0].count > 5_000 && bytes[0] == bytes[1])
            }
            let svg = try String(contentsOfFile: first + "/Größe 1.svg", encoding: .utf8)
            #expect(!svg.contains("<dc:date>") && !svg.contains("<text"))
            let png = try Data(contentsOf: URL(fileURLWithPath: first + "/Größe 1.png"))
            #expect(png.range(of: Data("Software".utf8)) == nil)
            // Width and height of the PNG, from its header: 8 by 3 inches at 150 dots an inch.
            let sizes = [16, 20].map { offset in png[offset..<offset + 4].reduce(0) { $0 * 256 + Int($1) } }
            #expect(sizes == [1200, 450])
        }

        @Test func refusesBadArguments() throws {
            let figure = try plt.figure()
            defer { try? Python.closeFigures([figure]) }
            let name = #expect(throws: PythonError.self) { try Python.save(figure: figure, to: folder(), name: "a/b") }
            #expect(name?.message == "name: expected a file name without folder or leading dot, got 'a/b'")
            let kind = #expect(throws: PythonError.self) { try Python.save(figure: PythonObject(3), to: folder(), name: "a") }
            #expect(kind?.message == "figure: expected a matplotlib Figure, got int")
            let file = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"
            _ = FileManager.default.createFile(atPath: file, contents: nil)
            defer { try? FileManager.default.removeItem(atPath: file) }
            #expect(throws: PythonError.self) { try Python.save(figure: figure, to: file + "/inside", name: "a") }
        }

        @Test func knowsTheOpenFigures() throws {
            try Python.closeFigures()
            #expect(try Python.openFigures().isEmpty)
            try Python.run(source: "import matplotlib.pyplot as plt\nplt.figure(num=7)\nplt.figure(num=3);")
            let open = try Python.openFigures()
            #expect(try open.map { try Int($0.number) } == [3, 7])
            try Python.closeFigures([open[0]])
            #expect(try Python.openFigures().map { try Int($0.number) } == [7])
            try Python.closeFigures()
            #expect(try Python.openFigures().isEmpty)
        }
    }
}
