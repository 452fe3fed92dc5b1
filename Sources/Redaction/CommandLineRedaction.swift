/// R5: which programs keep their arguments.
public enum CommandLineRedaction {
  /// The names of programs whose arguments decide a diagnosis and are known to hold no secrets.
  public static let executables = [
    "kubelet", "containerd", "containerd-shim-runc-v2", "containerd-shim", "aws-k8s-agent",
    "aws-vpc-cni", "controller", "kube-proxy", "coredns", "chronyd", "NetworkManager",
    "grpc-health-probe",
  ]

  /// Whether a program keeps its arguments, by the last part of its path.
  public static func isAllowed(executable path: some StringProtocol) -> Bool {
    isAllowed(executable: Array(path.utf8)[...])
  }

  static func isAllowed(executable path: ArraySlice<UInt8>) -> Bool {
    let name = path.lastIndex(of: Byte.slash).map { path[($0 + 1)...] } ?? path
    return name.starts(with: "systemd".utf8)
      || executables.contains { $0.utf8.elementsEqual(name) }
  }

  /// The arguments of a process as a bundle may hold them: all of them for an allowed program, else
  /// its name and how many there were. What stays must still pass R1.
  public static func masked(_ arguments: [String]) -> [String] {
    guard let program = arguments.first, arguments.count > 1, !isAllowed(executable: program) else {
      return arguments
    }
    return [program, "<redacted:R5>", "(\(arguments.count - 1) arguments)"]
  }

  /// The part of a command line that goes.
  static func masks(_ window: Window) -> [Match] {
    let start = window.runEnd(from: 0) { $0.isBlank }
    let end = window.runEnd(from: start) { !$0.isSpace }
    let next = window.runEnd(from: end) { $0.isBlank }
    var last = window.end
    if last > next, window[last - 1] == Byte.carriageReturn { last -= 1 }
    guard next < last, !isAllowed(executable: window.bytes[start..<end]) else { return [] }
    var count = 0
    var index = next
    while index < last {
      count += 1
      index = window.runEnd(from: index) { !$0.isSpace }
      index = window.runEnd(from: index) { $0.isSpace }
    }
    var match = Match(next, last, rule: .commandLines)
    match.replacement = match.rule.mask + Array(" (\(count) arguments)".utf8)
    return [match]
  }
}
