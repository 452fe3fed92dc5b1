import Foundation
import Glibc
import LabNode

/// Writes a line to standard error.
func report(_ text: String) {
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}

/// What the user asked for.
enum CommandLineAction: Sendable {
  case up(
    name: String, variant: Variant, faults: [ToolFault], serverFaults: [ServerFault], pods: Int?,
    logMiB: Int)
  /// `first` is the place of the command's first word on the command line.
  case exec(name: String, first: Int)
  case down(name: String)
  case downAll
  case list
  case variants
  case help

  static let usage = """
    Makes test nodes out of namespaces of this machine.

      lab up NAME [--variant V] [--with FAULT:COMMAND]… [--with-server FAULT:SERVER]…
                  [--pods N] [--log-mib N]
      lab exec NAME -- COMMAND…
      lab down NAME | --all
      lab list
      lab variants

    V is NAME if it is not given. FAULT of a command: hanging, flooding,
    failing, missing. FAULT of a server: hanging, slow, refusing, not-serving, garbage,
    endless. SERVER: imds, introspection, ipamd-grpc, kubelet-healthz.
    Exit codes: 1 failed, 2 wrong use, 5 not root, 6 the machine cannot do it;
    exec ends as its command does.
    """

  init(_ words: [String]) throws(LabError) {
    var words = words[...]
    switch words.popFirst() {
    case "up": self = try Self.up(words)
    case "exec":
      guard let name = words.popFirst() else { throw Self.wrong("exec needs a name") }
      if words.first == "--" { words.removeFirst() }
      guard !words.isEmpty else { throw Self.wrong("exec needs a command") }
      self = .exec(name: name, first: words.startIndex + 1)
    case "down":
      guard let name = words.popFirst(), words.isEmpty else {
        throw Self.wrong("down needs one name or --all")
      }
      self = name == "--all" ? .downAll : .down(name: name)
    case "list": self = .list
    case "variants": self = .variants
    case "help", "--help", "-h", nil: self = .help
    case .some(let word): throw Self.wrong("\(word) is not a command of the lab")
    }
  }

  private static func wrong(_ what: String) -> LabError {
    LabError(
      .usage, what, why: "the lab knows up, exec, down, list and variants",
      try: "scripts/lab help")
  }

  private static func number(
    _ text: String, of option: String, in range: ClosedRange<Int>
  ) throws(LabError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw wrong(
        "\(option) takes a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
    }
    return number
  }

  private static func up(_ words: ArraySlice<String>) throws(LabError) -> Self {
    var words = words
    guard let name = words.popFirst() else { throw wrong("up needs a name") }
    var variantName = name
    var faults: [ToolFault] = []
    var serverFaults: [ServerFault] = []
    var pods: Int?
    var logMiB = 0
    while let word = words.popFirst() {
      guard let value = words.popFirst() else { throw wrong("\(word) needs a value") }
      switch word {
      case "--variant": variantName = value
      case "--with":
        guard let fault = ToolFault(value) else {
          throw wrong("\(value) is not of the form FAULT:COMMAND")
        }
        faults.append(fault)
      case "--with-server":
        guard let fault = ServerFault(value) else {
          throw wrong("\(value) is not of the form FAULT:SERVER")
        }
        serverFaults.append(fault)
      case "--pods": pods = try number(value, of: word, in: 1...230)
      case "--log-mib": logMiB = try number(value, of: word, in: 0...16_384)
      default: throw wrong("\(word) is not an option of up")
      }
    }
    guard let variant = Variant.named(variantName) else {
      throw LabError(
        .usage, "there is no variant \(variantName)",
        why: "known are \(Variant.all.map(\.name).joined(separator: ", "))",
        try: "scripts/lab up \(name) --variant healthy")
    }
    return .up(
      name: name, variant: variant, faults: faults, serverFaults: serverFaults, pods: pods,
      logMiB: logMiB)
  }

  private var lab: Lab {
    // The node's processes are started from the program's file, not from the name it was called by.
    do {
      return Lab(
        program: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    } catch {
      // Without /proc there are no namespaces either; `LabHost.check` says so.
      return Lab(program: CommandLine.arguments.first ?? "cnitriage-lab")
    }
  }

  /// Runs a command in a node and returns its exit code; nothing for every other action.
  func runInside() throws(LabError) -> Int32? {
    guard case .exec(let name, let first) = self else { return nil }
    guard geteuid() == 0 else {
      throw LabError(
        .notAllowed, "entering a lab node needs root",
        why: "only root may enter the namespaces of another process", try: "sudo scripts/lab …")
    }
    guard let running = lab.find(name) else {
      let up = lab.names().filter { lab.find($0) != nil }
      throw LabError(
        .failed, "no node named \(name) is up",
        why: up.isEmpty ? "no node is up" : "up are: \(up.joined(separator: ", "))",
        try: "scripts/lab up \(name)")
    }
    return try Entrance.run(wordsFrom: first, in: running.process)
  }

  func run() async -> Int32 {
    do throws(LabError) {
      switch self {
      case .up(let name, let variant, let faults, let serverFaults, let pods, let logMiB):
        let running = try await lab.up(
          name, variant: variant, faults: faults, serverFaults: serverFaults, pods: pods,
          logMiB: logMiB)
        print("\(running.name) is up (\(running.variant): \(variant.summary))")
        print("  scripts/lab exec \(name) -- ip addr")
      case .exec: return try runInside() ?? 1
      case .down(let name):
        guard await lab.down(name) else {
          throw LabError(
            .failed, "there is no node named \(name)", why: "it was never up, or is down already",
            try: "scripts/lab list")
        }
      case .downAll:
        for name in lab.names() where await lab.down(name) { print("\(name) is down") }
      case .list: list()
      case .variants:
        for variant in Variant.all { print(column(variant.name) + variant.summary) }
      case .help: print(Self.usage)
      }
      return 0
    } catch {
      report(error.description)
      return error.code.rawValue
    }
  }

  private func list() {
    for name in lab.names() {
      if let node = lab.find(name) {
        print(column(name) + column(node.variant) + "up since \(node.since.zulu)")
      } else {
        print(column(name) + column("-") + "broken; scripts/lab down \(name)")
      }
    }
  }

  private func column(_ text: String) -> String {
    text + String(repeating: " ", count: max(2, 24 - text.count))
  }
}
