// swift-tools-version: 6.2
import PackageDescription

/// The settings of every target of this package: the compiler proves what can be proved.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Fuzzers exist only on request, because their flags keep a package from being a dependency.
let isFuzzing = Context.environment["CNITRIAGE_FUZZ"] == "1"
/// What a library needs so that a fuzzer sees which of its branches an input takes.
let instrumented: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : []

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "cnitriage",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // What both sides share.
    .target(name: "BundleModel", swiftSettings: strict + instrumented),
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .target(
      name: "BundleArchive", dependencies: ["CArchive", systemPackage],
      swiftSettings: strict + instrumented),

    // The node side: small, static where wanted, without full Foundation.
    .systemLibrary(name: "CLinux"),
    .target(name: "Redaction", swiftSettings: strict + instrumented),
    .target(name: "WireFormats", swiftSettings: strict + instrumented),
    .target(
      name: "NodeCollector",
      dependencies: [
        "BundleModel", "BundleArchive", "BundleReader", "CLinux", "Redaction", "WireFormats",

        systemPackage, nioCore, nioPosix, nioHTTP1, nioHTTP2, nioHPACK, crypto,
      ], swiftSettings: strict),
    .target(
      name: "CollectCommand",
      dependencies: [
        "BundleModel", "BundleReader", "NodeCollector", systemPackage, argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "cnitriage-node", dependencies: ["BundleModel", "CollectCommand", argumentParser],
      swiftSettings: strict),

    // The laptop side: bundles to facts to findings to reports.
    .target(
      name: "BundleReader", dependencies: ["BundleModel", "BundleArchive", systemPackage],
      swiftSettings: strict + instrumented),
    .target(
      name: "Facts", dependencies: ["BundleModel"], swiftSettings: strict + instrumented),
    .target(
      name: "FactStore", dependencies: ["BundleModel", "Facts", grdb, sqlite],
      swiftSettings: strict),
    .target(name: "ReportModel", swiftSettings: strict),
    .target(
      name: "ReportRendering", dependencies: ["ReportModel"], swiftSettings: strict),
    .target(
      name: "FactRendering", dependencies: ["BundleModel", "Facts", "ReportRendering"],
      swiftSettings: strict),
    .executableTarget(name: "RuleEmbedder", swiftSettings: strict),
    .plugin(
      name: "EmbedRules", capability: .buildTool(), dependencies: ["RuleEmbedder"],
      path: "Sources/EmbedRules"),
    .target(
      name: "BuiltinRules", path: "Rules", swiftSettings: strict, plugins: ["EmbedRules"]),
    .target(
      name: "RuleEngine",
      dependencies: ["BundleModel", "Facts", "FactStore", "ReportModel", "BuiltinRules", yams],
      swiftSettings: strict),
    .target(
      name: "Analysis",
      dependencies: [
        "BundleArchive", "BundleModel", "BundleReader", "BuiltinRules", "FactRendering", "Facts",
        "FactStore", "IPAMEngine", "IPAMReplay", "PacketPath", "PathRendering", "ReplayRendering",
        "ReportModel",
        "ReportRendering", "RuleEngine", crypto, systemPackage,
      ],
      swiftSettings: strict),
    .target(
      name: "ReplayRendering",
      dependencies: ["BundleModel", "IPAMEngine", "IPAMReplay", "ReportRendering"],
      swiftSettings: strict),
    .target(
      name: "PathRendering", dependencies: ["PacketPath", "ReportModel", "ReportRendering"],
      swiftSettings: strict),
    .executableTarget(
      name: "cnitriage",
      dependencies: [
        "IPAMReplay", "PathRendering", "ReplayRendering",
        "Analysis", "BundleModel", "BundleReader", "CollectCommand", "FactRendering", "FactStore",
        "ReportModel", "ReportRendering", "RuleEngine", argumentParser,
      ],
      swiftSettings: strict),

    // What the kernel does with packets.
    .target(name: "PacketPath", dependencies: ["IPAMEngine"], swiftSettings: strict + instrumented),

    // The address manager's warm pool.
    .target(name: "IPAMEngine", swiftSettings: strict),
    .target(name: "IPAMPlanner", dependencies: ["IPAMEngine"], swiftSettings: strict),
    .target(
      name: "IPAMReplay", dependencies: ["BundleModel", "Facts", "IPAMEngine", "IPAMPlanner"],
      swiftSettings: strict + instrumented),
    .target(
      name: "ConformanceKit",
      dependencies: ["Facts", "IPAMEngine", "IPAMPlanner", "IPAMReplay"], swiftSettings: strict),
    .executableTarget(
      name: "replay-check",
      dependencies: [
        "BundleArchive", "BundleModel", "ConformanceKit", "Facts", "IPAMReplay", systemPackage,
      ], swiftSettings: strict),
    .executableTarget(
      name: "conformance", dependencies: ["ConformanceKit"], swiftSettings: strict),
    .executableTarget(name: "bench-engine", dependencies: ["IPAMEngine"], swiftSettings: strict),
    .executableTarget(
      name: "bench-redaction", dependencies: ["Redaction", crypto], swiftSettings: strict),
    .executableTarget(
      name: "bench-analyze", dependencies: ["BundleArchive", "BundleModel", systemPackage],
      swiftSettings: strict),

    // Test nodes and helpers of tests; never shipped.
    .target(name: "CNamespaces", swiftSettings: strict),
    .target(
      name: "LabNode",
      dependencies: [
        nioCore, nioPosix, nioHTTP1, nioHTTP2, nioHPACK, systemPackage, subprocess,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "cnitriage-lab", dependencies: ["CNamespaces", "LabNode", systemPackage],
      path: "Sources/lab", swiftSettings: strict),

    // The kernel as the judge of what is said of packets.
    .target(name: "CPackets", swiftSettings: strict),
    .target(
      name: "PathOracle",
      dependencies: [
        "Analysis", "BundleModel", "CNamespaces", "CPackets", "FactStore", "Facts", "IPAMEngine",
        "PacketPath", systemPackage,
      ], swiftSettings: strict),
    .executableTarget(
      name: "bench-path", dependencies: ["Analysis", "BundleModel", "FactStore", "Facts"],
      swiftSettings: strict),
    .executableTarget(name: "path-oracle", dependencies: ["PathOracle"], swiftSettings: strict),

    .target(name: "TestSupport", swiftSettings: strict),

    .testTarget(
      name: "PacketPathTests",
      dependencies: [
        "Analysis", "BundleModel", "FactStore", "Facts", "IPAMEngine", "PacketPath",
        "PathOracle", "PathRendering", "ReportModel", "ReportRendering", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(name: "BundleModelTests", dependencies: ["BundleModel"], swiftSettings: strict),
    .testTarget(
      name: "BundleArchiveTests", dependencies: ["BundleArchive", systemPackage],
      swiftSettings: strict),
    .testTarget(
      name: "BundleReaderTests",
      dependencies: ["BundleArchive", "BundleModel", "BundleReader", systemPackage],
      swiftSettings: strict),
    .testTarget(
      name: "RedactionTests", dependencies: ["Redaction", crypto], swiftSettings: strict),
    .testTarget(name: "WireFormatsTests", dependencies: ["WireFormats"], swiftSettings: strict),
    .testTarget(
      name: "NodeCollectorTests",
      dependencies: [
        "BundleArchive", "BundleModel", "BundleReader", "NodeCollector", "Redaction", "WireFormats",
        systemPackage, crypto, nioCore, nioPosix, nioHTTP2, nioHPACK,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FactsTests", dependencies: ["BundleModel", "Facts", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "FactStoreTests", dependencies: ["BundleModel", "Facts", "FactStore"],
      swiftSettings: strict),
    .testTarget(name: "ReportModelTests", dependencies: ["ReportModel"], swiftSettings: strict),
    .testTarget(
      name: "RuleEngineTests",
      dependencies: [
        "Analysis", "BundleModel", "BuiltinRules", "Facts", "FactStore", "ReportModel",
        "TestSupport",
        "RuleEngine",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ReportRenderingTests", dependencies: ["ReportModel", "ReportRendering", crypto],
      swiftSettings: strict),
    .testTarget(
      name: "FactRenderingTests",
      dependencies: ["BundleModel", "FactRendering", "Facts", "ReportRendering", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "AnalysisTests",
      dependencies: [
        "Analysis", "BuiltinRules", "BundleModel", "BundleReader", "FactRendering", "FactStore",
        "Facts", "ReportModel", "ReportRendering", "RuleEngine", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "IPAMEngineTests", dependencies: ["IPAMEngine", "IPAMPlanner", "ConformanceKit"],
      swiftSettings: strict),
    .testTarget(
      name: "IPAMReplayTests",
      dependencies: [
        "BundleArchive", "BundleModel", "ConformanceKit", "Facts", "IPAMEngine", "IPAMReplay",
        "ReplayRendering", "ReportRendering", "TestSupport", systemPackage,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LabNodeTests", dependencies: ["LabNode", nioCore, nioPosix], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Analysis", "BundleModel", "BundleReader", "FactStore", "Facts", "TestSupport", "cnitriage",
        "cnitriage-lab",
      ],
      swiftSettings: strict),
    .testTarget(name: "TidyTests", swiftSettings: strict),
  ]
)

if isFuzzing {
  let fuzzers: [(name: String, target: String, dependencies: [Target.Dependency])] = [
    ("fuzz-redaction", "FuzzRedaction", ["Redaction"]),
    ("fuzz-facts", "FuzzFacts", ["BundleModel", "Facts"]),
    ("fuzz-replay", "FuzzReplay", ["BundleModel", "Facts", "IPAMEngine", "IPAMReplay"]),
    ("fuzz-path", "FuzzPath", ["IPAMEngine", "PacketPath"]),
    ("fuzz-wire", "FuzzWire", ["WireFormats"]),
    ("fuzz-archive", "FuzzArchive", ["BundleReader"]),
  ]
  package.targets.append(
    .target(name: "FuzzDriver", swiftSettings: [.swiftLanguageMode(.v6)] + instrumented))
  package.targets += fuzzers.map { fuzzer in
    .executableTarget(
      name: fuzzer.name, dependencies: fuzzer.dependencies + ["FuzzDriver"],
      path: "Sources/\(fuzzer.target)",
      swiftSettings: [
        .swiftLanguageMode(.v6), .unsafeFlags(["-sanitize=fuzzer"]),
      ],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
  }
}
