/// What the user's own configuration says about the cluster: kubectl knows an API server, EKS wants
/// a name and a region.
struct ClusterContext: Sendable, Equatable {
  /// The context's name.
  var name: String?
  /// The cluster's name in EKS.
  var cluster: String?
  /// The region of AWS.
  var region: String?

  init() {}

  /// Reads the output of `kubectl config view --minify -o json`.
  init(_ view: JSONTree) {
    name = view.strings(at: ["current-context"]).first
    let arguments = view.strings(at: ["users", "*", "user", "exec", "args", "*"])
    cluster = Self.value(of: ["--cluster-name", "-i", "--cluster-id"], in: arguments)
    region = Self.value(of: ["--region"], in: arguments)
    let names = view.strings(at: ["clusters", "*", "name"])
    for name in names { takeName(name) }
    for server in view.strings(at: ["clusters", "*", "cluster", "server"]) { takeServer(server) }
  }

  /// `arn:aws:eks:eu-west-2:111122223333:cluster/shop`, or `shop.eu-west-2.eksctl.io`.
  private mutating func takeName(_ name: String) {
    let fields = name.split(separator: ":", omittingEmptySubsequences: false)
    if fields.count == 6, fields[0] == "arn", fields[2] == "eks",
      fields[5].hasPrefix("cluster/")
    {
      region = region ?? String(fields[3])
      cluster = cluster ?? String(fields[5].dropFirst("cluster/".utf8.count))
    } else if name.hasSuffix(".eksctl.io") {
      let parts = name.split(separator: ".")
      guard parts.count == 4 else { return }
      cluster = cluster ?? String(parts[0])
      region = region ?? String(parts[1])
    }
  }

  /// `https://0123.gr7.eu-west-2.eks.amazonaws.com`.
  private mutating func takeServer(_ server: String) {
    let labels = server.split(separator: ".")
    guard let eks = labels.firstIndex(of: "eks"), eks >= 2,
      labels[(eks + 1)...].first == "amazonaws"
    else { return }
    region = region ?? String(labels[eks - 1])
  }

  /// The value behind a flag, or behind its equals sign.
  private static func value(of flags: [String], in arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if flags.contains(argument), index + 1 < arguments.count { return arguments[index + 1] }
      if let flag = flags.first(where: { argument.hasPrefix($0 + "=") }) {
        return String(argument.dropFirst(flag.utf8.count + 1))
      }
    }
    return nil
  }
}
