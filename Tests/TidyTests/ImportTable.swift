/// Who may import whom: the architecture's table as data. Modules of the system and of the
/// standard library are free for everyone but where the table of node-side targets forbids them.
enum ImportTable {
  /// Own targets and packages that a target may import.
  static let allowed: [String: Set<String>] = [
    "BundleModel": [],
    "Redaction": [],
    "WireFormats": [],
    "IPAMEngine": [],
    "ReportModel": [],
    "BundleArchive": ["CArchive", "SystemPackage"],
    "NodeCollector": [
      "BundleModel", "BundleArchive", "BundleReader", "Redaction", "WireFormats", "CLinux",
      "SystemPackage", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOHTTP2", "NIOHPACK",
      "Logging", "Crypto",
    ],
    "CollectCommand": [
      "BundleModel", "BundleReader", "NodeCollector", "ArgumentParser", "SystemPackage", "Logging",
    ],
    "BundleReader": ["BundleModel", "BundleArchive", "SystemPackage"],
    "Facts": ["BundleModel"],
    "FactStore": ["BundleModel", "Facts", "GRDB", "GRDBSQLite"],
    "IPAMPlanner": ["IPAMEngine"],
    // Addresses and CIDRs are what it takes from there.
    "PacketPath": ["IPAMEngine"],
    "IPAMReplay": ["BundleModel", "Facts", "IPAMEngine", "IPAMPlanner"],
    "RuleEngine": ["BundleModel", "Facts", "FactStore", "ReportModel", "BuiltinRules", "Yams"],
    "ReportRendering": ["ReportModel"],
    "FactRendering": ["BundleModel", "Facts", "ReportRendering"],
    "Analysis": [
      "FactRendering",
      "BundleModel", "BundleArchive", "BundleReader", "Facts", "FactStore", "RuleEngine",
      "IPAMEngine", "IPAMReplay", "PacketPath", "PathRendering", "ReplayRendering",
      "ReportModel", "ReportRendering", "BuiltinRules", "Crypto", "SystemPackage",
    ],
    "ReplayRendering": ["BundleModel", "IPAMEngine", "IPAMReplay", "ReportRendering"],
    "PathRendering": ["PacketPath", "ReportModel", "ReportRendering"],
    "cnitriage": [
      "FactRendering", "IPAMReplay", "PathRendering", "ReplayRendering",
      "Analysis", "BundleModel", "BundleReader", "CollectCommand", "FactStore", "Facts",
      "ReportModel", "ReportRendering", "RuleEngine", "ArgumentParser", "SystemPackage",
    ],
    "cnitriage-node": ["BundleModel", "CollectCommand", "ArgumentParser"],
  ]

  /// Targets of the node side: whatever they link lands in the small static binary.
  static let nodeSide: Set<String> = [
    "BundleModel", "BundleArchive", "BundleReader", "Redaction", "WireFormats", "NodeCollector",
    "CollectCommand",
    "cnitriage-node",
  ]

  /// Modules that cost tens of megabytes in a static binary.
  static let tooLargeForNodes: Set<String> = ["Foundation", "GRDB", "Yams", "FoundationNetworking"]

  /// Modules of the toolchain and the system.
  static let system: Set<String> = [
    "Swift", "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
  ]

  /// Where the word `unsafe` may stand.
  static func mayBeUnsafe(_ path: String) -> Bool {
    path.hasPrefix("Sources/BundleArchive/") || path.hasPrefix("Sources/NodeCollector/Sources/")
      || path == "Sources/FactStore/SQLiteInterface.swift"
  }

  /// Targets that serve tests and development only; the table doesn't bind them.
  static let development: Set<String> = [
    "TestSupport", "LabNode", "lab", "CNamespaces", "RuleEmbedder", "EmbedRules", "generate-docs",
    "ConformanceKit", "conformance", "replay-check", "bench-engine", "bench-redaction",
    "bench-analyze", "CPackets", "PathOracle", "path-oracle", "bench-path",
    "FuzzFacts", "FuzzRedaction", "FuzzWire", "FuzzArchive", "FuzzReplay", "FuzzPath", "FuzzDriver",
  ]
}
