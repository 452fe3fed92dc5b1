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
    .target(name: "CNamespaces"),
    .target(
      name: "LabNode",
      dependencies: [nioCore, nioPosix, nioHTTP1, systemPackage, subprocess],
      swiftSettings: strict),
    .executableTarget(
      name: "cnitriage-lab",
      dependencies: ["LabNode", "CNamespaces", systemPackage], path: "Sources/lab",
      swiftSettings: strict),
    .testTarget(
      name: "LabNodeTests", dependencies: ["LabNode", nioCore, nioPosix], swiftSettings: strict),
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .target(
      name: "BundleReader", dependencies: ["BundleModel", "BundleArchive", systemPackage],
      swiftSettings: strict),
    .target(
      name: "BundleArchive", dependencies: ["CArchive", systemPackage], swiftSettings: strict),
    .testTarget(name: "BundleModelTests", dependencies: ["BundleModel"], swiftSettings: strict),
  ]
)
