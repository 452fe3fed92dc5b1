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
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
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
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .target(name: "BundleModel", swiftSettings: strict),
    .target(
      name: "Facts", dependencies: ["BundleModel"], swiftSettings: strict + instrumented),
    .target(name: "TestSupport", swiftSettings: strict),
    .testTarget(
      name: "FactsTests", dependencies: ["BundleModel", "Facts", "TestSupport"],
      swiftSettings: strict),
    .target(
      name: "FactStore", dependencies: ["BundleModel", "Facts", grdb, sqlite], swiftSettings: strict
    ),
    .testTarget(
      name: "FactStoreTests", dependencies: ["BundleModel", "Facts", "FactStore"],
      swiftSettings: strict),
    .testTarget(name: "BundleModelTests", dependencies: ["BundleModel"], swiftSettings: strict),
  ]
)

if isFuzzing {
  package.targets.append(
    .executableTarget(
      name: "fuzz-facts", dependencies: ["BundleModel", "Facts"], path: "Sources/FuzzFacts",
      swiftSettings: [
        .swiftLanguageMode(.v6), .unsafeFlags(["-sanitize=fuzzer"]),
      ],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
