// swift-tools-version: 6.1
import Foundation
import PackageDescription

// The toolchain ships SwiftParser and SwiftSyntax beside the compiler. They are used instead of
// the swift-syntax package: the kernel needs the toolchain anyway, so this is exactly its parser.
let toolchain = Toolchain.find()

let package = Package(
    name: "repl-kit",
    products: [
        .library(name: "Core", targets: ["Core"]),
        // What a notebook's cells link against. The worker opens it at start, so that a process
        // holds one copy of Core, whoever calls it.
        .library(name: "ReplKitLibrary", type: .dynamic, targets: ["Core", "PyBridge", "NotebookRuntime"]),
        // The Python module `swiftcore` as an extension of any CPython: what `pip install .` builds.
        .library(name: "SwiftCoreExtension", type: .dynamic, targets: ["SwiftCoreModule"]),
        .executable(name: "repl-kit", targets: ["repl-kit"]),
        .executable(name: "repl-kit-worker", targets: ["repl-kit-worker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Core: one target a field, so that a change rebuilds one field.
        .target(
            name: "Mathematics",
            dependencies: [
                "COpenBLAS", "CCoinOR", "CVectorMath", .product(name: "Numerics", package: "swift-numerics"),
            ],
            path: "Sources/Core/Mathematics"),
        .target(
            name: "DeepLearning",
            dependencies: [
                "Mathematics", "COpenBLAS", "CVectorMath", .product(name: "Numerics", package: "swift-numerics"),
            ],
            path: "Sources/Core/DeepLearning"),
        .target(name: "Alignment", dependencies: ["Mathematics"], path: "Sources/Core/Alignment"),
        .target(
            name: "Architectures", dependencies: ["DeepLearning", "Mathematics", "CVectorMath"],
            path: "Sources/Core/Architectures"),
        .target(name: "Statistics", dependencies: ["DeepLearning", "Mathematics"], path: "Sources/Core/Statistics"),
        .target(name: "Language", dependencies: ["DeepLearning", "Mathematics"], path: "Sources/Core/Language"),
        .target(name: "Decisions", dependencies: ["DeepLearning", "Mathematics"], path: "Sources/Core/Decisions"),
        .target(
            name: "Efficiency", dependencies: ["DeepLearning", "Mathematics", "CVectorMath"],
            path: "Sources/Core/Efficiency"),
        .target(
            name: "ReinforcementLearning", dependencies: ["DeepLearning", "Mathematics"],
            path: "Sources/Core/ReinforcementLearning"),
        .target(name: "Science", dependencies: ["DeepLearning", "Mathematics"], path: "Sources/Core/Science"),
        .target(
            name: "Core",
            dependencies: [
                "Mathematics", "DeepLearning", "Alignment", "Architectures", "Decisions", "Efficiency", "Language",
                "ReinforcementLearning", "Science", "Statistics",
            ],
            path: "Sources/Core/Umbrella"),

        // The one place that knows Python.
        .target(
            name: "PyBridge",
            dependencies: [
                "Core", "CPythonBridge", "SwiftCoreModule", .product(name: "Numerics", package: "swift-numerics"),
            ],
            path: "Sources/PyBridge/Swift"),
        // support.py is embedded in the compiled code.
        .target(
            name: "CPythonBridge", dependencies: ["CPython"], path: "Sources/PyBridge/CPythonBridge",
            exclude: ["support.py"], linkerSettings: [.linkedLibrary("dl")]),
        // The Python module `swiftcore`: what crosses by rule, and the wrappers that the generator writes from the
        // marks in Core's sources. The stable ABI alone, so that it is an extension of any CPython as well.
        .target(
            name: "SwiftCoreModule",
            dependencies: ["Core", "CSwiftCore", .product(name: "Numerics", package: "swift-numerics")],
            path: "Sources/PyBridge/SwiftCore",
            plugins: ["ExportToPython"]),
        // package.py is embedded in the compiled code.
        .target(
            name: "CSwiftCore", dependencies: ["CPythonHeaders"], path: "Sources/PyBridge/CSwiftCore",
            exclude: ["package.py"]),
        .plugin(
            name: "ExportToPython", capability: .buildTool(), dependencies: ["swiftcore-generator"]),
        .executableTarget(
            name: "swiftcore-generator", path: "Sources/PyBridge/Generator",
            swiftSettings: toolchain.parserSwiftSettings,
            linkerSettings: toolchain.parserLinkerSettings),

        // The notebook: file format, engine, what a cell calls, gallery, program.
        .target(
            name: "NotebookFormat",
            dependencies: [.product(name: "Yams", package: "Yams")],
            path: "Sources/repl-kit/Notebook"),
        .target(
            name: "NotebookRuntime", dependencies: ["Core", "PyBridge", "CEngine", "NotebookProtocol"],
            path: "Sources/repl-kit/Runtime"),
        .target(name: "NotebookProtocol", path: "Sources/repl-kit/Protocol"),
        .target(
            name: "NotebookEngine",
            dependencies: ["NotebookFormat", "NotebookProtocol", "CEngine", "CLibCrypto"],
            path: "Sources/repl-kit/Engine",
            swiftSettings: toolchain.parserSwiftSettings,
            linkerSettings: toolchain.parserLinkerSettings),
        .target(
            name: "Gallery", dependencies: ["NotebookFormat", "NotebookProtocol", "CMarkGFM"],
            path: "Sources/repl-kit/Gallery"),
        .target(
            name: "NotebookJupyter",
            dependencies: ["NotebookEngine", "NotebookFormat", "NotebookProtocol", "CEngine", "CZeroMQ", "CLibCrypto"],
            path: "Sources/repl-kit/Jupyter",
            swiftSettings: toolchain.parserSwiftSettings,
            linkerSettings: toolchain.parserLinkerSettings),
        .executableTarget(
            name: "repl-kit",
            dependencies: [
                "NotebookEngine", "NotebookFormat", "NotebookJupyter", "NotebookProtocol", "Gallery", "CLineEditor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/repl-kit/CommandLine",
            swiftSettings: toolchain.parserSwiftSettings,
            linkerSettings: toolchain.parserLinkerSettings),
        // The process that runs cells: a thin program that opens ReplKitLibrary.
        .executableTarget(
            name: "repl-kit-worker", path: "Sources/repl-kit/Worker",
            linkerSettings: [
                .linkedLibrary("dl"),
                // What the library calls or replaces in the program (see threads.c) must be visible to the loader.
                .unsafeFlags(["-Xlinker", "--export-dynamic"]),
            ]),

        // Speed against named peers: what Scripts/bench runs. One target a suite, and what they share.
        .target(name: "BenchmarkMeasuring", path: "Sources/Benchmarks/Measuring"),
        .executableTarget(
            name: "bench-notebooks",
            dependencies: ["BenchmarkMeasuring", "NotebookEngine", "NotebookFormat", "NotebookProtocol"],
            path: "Sources/Benchmarks/Notebooks",
            swiftSettings: toolchain.parserSwiftSettings,
            linkerSettings: toolchain.parserLinkerSettings),
        .executableTarget(
            name: "bench-mathematics",
            dependencies: [
                "BenchmarkMeasuring", "Mathematics", "COpenBLAS", .product(name: "Numerics", package: "swift-numerics"),
            ],
            path: "Sources/Benchmarks/Mathematics"),
        .executableTarget(
            name: "bench-deep-learning",
            dependencies: ["BenchmarkMeasuring", "DeepLearning", "Mathematics", "Science", "COpenBLAS"],
            path: "Sources/Benchmarks/DeepLearning"),

        // System libraries and C.
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/System/COpenBLAS", pkgConfig: "openblas lapacke",
            providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
        // The module map names the libraries: pkg-config would also bring the reference BLAS.
        .systemLibrary(
            name: "CCoinOR", path: "Sources/System/CCoinOR",
            providers: [.apt(["coinor-libclp-dev", "coinor-libcbc-dev"])]),
        .systemLibrary(
            name: "CPython", path: "Sources/System/CPython", pkgConfig: "python3-embed",
            providers: [.apt(["libpython3-dev"])]),
        // The headers alone: an extension is not linked to libpython.
        .systemLibrary(
            name: "CPythonHeaders", path: "Sources/System/CPythonHeaders", pkgConfig: "python3",
            providers: [.apt(["libpython3-dev"])]),
        .systemLibrary(
            name: "CLibCrypto", path: "Sources/System/CLibCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CZeroMQ", path: "Sources/System/CZeroMQ",
            providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CMarkGFM", path: "Sources/System/CMarkGFM", pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
        .target(name: "CEngine", path: "Sources/System/CEngine"),
        .target(
            name: "CVectorMath", path: "Sources/System/CVectorMath",
            exclude: ["clusters.inc", "kernels.inc", "products.inc", "sequences.inc", "transcendental.inc", "windows.inc"],
            linkerSettings: vectorMathLibraries),
        // libedit-dev
        .target(name: "CLineEditor", path: "Sources/System/CLineEditor", linkerSettings: [.linkedLibrary("edit")]),

        .testTarget(
            name: "MathematicsTests",
            dependencies: ["Mathematics", .product(name: "Numerics", package: "swift-numerics")]),
        .testTarget(name: "DeepLearningTests", dependencies: ["DeepLearning", "Mathematics"]),
        .testTarget(name: "AlignmentTests", dependencies: ["Alignment", "Mathematics"]),
        .testTarget(name: "ArchitecturesTests", dependencies: ["Architectures", "DeepLearning", "Mathematics"]),
        .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "DeepLearning", "Mathematics"]),
        .testTarget(name: "LanguageTests", dependencies: ["Language", "DeepLearning", "Mathematics"]),
        .testTarget(name: "DecisionsTests", dependencies: ["Decisions", "DeepLearning", "Mathematics"]),
        .testTarget(name: "EfficiencyTests", dependencies: ["Efficiency", "DeepLearning", "Mathematics"]),
        .testTarget(name: "ReinforcementLearningTests", dependencies: ["ReinforcementLearning", "Mathematics"]),
        .testTarget(name: "ScienceTests", dependencies: ["Science", "Mathematics"], resources: [.copy("Fixtures")]),
        .testTarget(
            name: "PyBridgeTests",
            dependencies: ["PyBridge", "Core", .product(name: "Numerics", package: "swift-numerics")]),
        .testTarget(name: "NotebookFormatTests", dependencies: ["NotebookFormat"]),
        .testTarget(name: "NotebookRuntimeTests", dependencies: ["NotebookRuntime"]),
        .testTarget(name: "GalleryTests", dependencies: ["Gallery", "NotebookFormat", "NotebookProtocol"]),
        .testTarget(
            name: "NotebookJupyterTests",
            dependencies: ["NotebookJupyter", "NotebookFormat", "NotebookProtocol", "Gallery", "CZeroMQ"],
            resources: [.copy("Fixtures")],
            swiftSettings: toolchain.parserSwiftSettings,
            linkerSettings: toolchain.parserLinkerSettings),
        .testTarget(
            name: "NotebookEngineTests", dependencies: ["NotebookEngine", "NotebookFormat", "NotebookProtocol"],
            swiftSettings: toolchain.parserSwiftSettings,
            linkerSettings: toolchain.parserLinkerSettings),
    ]
)

/// glibc's vector functions, which it has on this processor alone.
#if arch(x86_64)
let vectorMathLibraries: [LinkerSetting] = [.linkedLibrary("mvec"), .linkedLibrary("m")]
#else
let vectorMathLibraries: [LinkerSetting] = [.linkedLibrary("m")]
#endif

/// The Swift toolchain that runs this manifest: where `swift` on the path really is.
struct Toolchain {
    /// The folder that holds SwiftSyntax's and SwiftParser's modules and libraries.
    let hostLibraries: String

    static func find() -> Toolchain {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        for folder in path.split(separator: ":") {
            let swift = URL(fileURLWithPath: "\(folder)/swift").resolvingSymlinksInPath()
            let host = swift.deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("lib/swift/host").path
            if FileManager.default.isExecutableFile(atPath: swift.path),
                FileManager.default.fileExists(atPath: host + "/SwiftParser.swiftmodule")
            {
                return Toolchain(hostLibraries: host)
            }
        }
        fatalError("no toolchain on PATH has lib/swift/host/SwiftParser.swiftmodule: install Swift 6 from swift.org")
    }

    var parserSwiftSettings: [SwiftSetting] { [.unsafeFlags(["-I", hostLibraries])] }

    var parserLinkerSettings: [LinkerSetting] {
        [
            .unsafeFlags(["-L", hostLibraries, "-Xlinker", "-rpath", "-Xlinker", hostLibraries]),
            .linkedLibrary("SwiftSyntax"), .linkedLibrary("SwiftParser"), .linkedLibrary("SwiftParserDiagnostics"),
            .linkedLibrary("SwiftDiagnostics"), .linkedLibrary("SwiftOperators"),
        ]
    }
}
