import BundleModel
import FoundationEssentials
import SystemPackage

/// Which container runtime the node has, and where it listens.
struct RuntimeEndpoint: Sendable {
  let host: Host

  /// What was found.
  struct Detection: Sendable, Encodable {
    /// What the kubelet is told to use.
    var kubelet_endpoint: String?
    /// The known sockets, and whether they are there.
    var sockets: [Socket]
    /// The runtime's processes.
    var processes: [Process]
    /// The socket that is asked, as the node names it.
    var selected: String?
    /// The runtime behind it: containerd, crio or docker.
    var runtime: String?
  }

  /// A place where a runtime may listen.
  struct Socket: Sendable, Encodable {
    var path: String
    var exists: Bool
  }

  /// A process of a runtime.
  struct Process: Sendable, Encodable {
    var name: String
    var count: Int
    var pid: Int
    var started_at: String?
  }

  /// The sockets in the order in which they are tried. The one of docker speaks another language.
  private static let sockets = [
    "/run/containerd/containerd.sock", "/run/dockershim.sock", "/run/crio/crio.sock",
  ]
  /// The socket of docker.
  static let dockerSocket = "/var/run/docker.sock"

  /// Looks for sockets and processes. Must run on a thread that may block.
  func detect() -> Detection {
    let settings = KubeletEndpoints.read(host)
    let named = settings.runtimeEndpoint.flatMap(Self.path)
    let candidates = (named.map { [$0] } ?? []) + Self.sockets.filter { $0 != named }
    let sockets = (candidates + [Self.dockerSocket]).map { path in
      Socket(path: path, exists: SocketFile.exists(at: host.path(path).string))
    }
    let selected = sockets.first { $0.exists && $0.path != Self.dockerSocket }?.path
    let processes = self.processes()
    return Detection(
      kubelet_endpoint: settings.runtimeEndpoint, sockets: sockets, processes: processes,
      selected: selected, runtime: runtime(behind: selected, processes))
  }

  /// The path of an endpoint; old kubelets write it without a scheme.
  static func path(_ endpoint: String) -> String? {
    let path = endpoint.hasPrefix("unix://") ? String(endpoint.dropFirst(7)) : endpoint
    return path.hasPrefix("/") ? path : nil
  }

  private func processes() -> [Process] {
    let table = ProcessTable(host: host)
    let names = ["containerd", "dockerd", "crio", "containerd-shim", "conmon"]
    return names.compactMap { name in
      let found = table.processes(named: name)
      guard let first = found.first else { return nil }
      return Process(
        name: name, count: found.count, pid: first.pid,
        started_at: table.startTime(of: first).map { RFC3339.string(microseconds: $0) })
    }
  }

  private func runtime(behind socket: String?, _ processes: [Process]) -> String? {
    if let socket {
      if socket.contains("crio") { return "crio" }
      let isDocker =
        socket.contains("dockershim") && processes.contains { $0.name == "dockerd" }
      return isDocker ? "docker" : "containerd"
    }
    return processes.first { ["containerd", "dockerd", "crio"].contains($0.name) }?.name
  }
}
