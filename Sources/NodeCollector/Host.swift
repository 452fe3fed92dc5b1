public import BundleModel
public import SystemPackage

/// The node as the collector sees it: the one seam that tests replace.
public struct Host: Sendable {
  /// Where the node's file system begins; `/` unless it is mounted elsewhere, as in a container.
  public var root: FilePath
  /// Folders in which programs are looked up, in this order and nowhere else.
  public var commandPath: [String]
  /// Ports that stand in for the declared ones.
  public var ports: [Int: Int]
  /// Address and port of the instance metadata service.
  public var metadata: Endpoint
  /// Wall clock and monotonic clock.
  public var clock: Clock
  /// The user that the collector acts as; 0 is root.
  public var effectiveUserID: UInt32 {
    didSet { isPrivileged = effectiveUserID == 0 }
  }
  /// What this kind of node has; until it is known, everything.
  public var traits: Set<NodeTrait>
  /// The mounts of this process, which tell where network file systems are.
  public var mountInfo: FilePath

  /// Whether the root is the mount of a real node's file system, with that node's `/proc` in it.
  public var hasForeignProcesses = false
  /// Whether the collector may do what root may; a user with the right capabilities may, too.
  public var isPrivileged: Bool

  /// A numeric address and a port; names are never resolved.
  public struct Endpoint: Sendable, Equatable {
    /// IPv4 or IPv6 address in text form.
    public var address: String
    /// TCP port.
    public var port: Int

    /// Puts an endpoint together.
    public init(address: String, port: Int) {
      self.address = address
      self.port = port
    }
  }

  /// Where times come from.
  public struct Clock: Sendable {
    /// Microseconds since 1970, UTC.
    public var wall: @Sendable () -> Int64
    /// Microseconds of a clock that never steps.
    public var monotonic: @Sendable () -> Int64

    /// Puts a clock together.
    public init(
      wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Int64
    ) {
      self.wall = wall
      self.monotonic = monotonic
    }
  }

  /// Describes a node.
  public init(
    root: FilePath = "/",
    commandPath: [String] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"],
    ports: [Int: Int] = [:],
    metadata: Endpoint = Endpoint(address: "169.254.169.254", port: 80),
    clock: Clock, effectiveUserID: UInt32,
    traits: Set<NodeTrait> = Set(NodeTrait.allCases), mountInfo: FilePath = "/proc/self/mountinfo"
  ) {
    self.root = root
    self.commandPath = commandPath
    self.ports = ports
    self.metadata = metadata
    self.clock = clock
    self.effectiveUserID = effectiveUserID
    isPrivileged = effectiveUserID == 0
    self.traits = traits
    self.mountInfo = mountInfo
  }

  /// Where a path of the node stands for this process. Links are resolved inside the node.
  func path(_ absolute: String) -> FilePath {
    guard root != "/", case .found(let place) = rooted().resolve(seen(absolute)) else {
      return FilePath(absolute)
    }
    return place
  }

  /// What a link of the node points to, as it is written there; `nil` for anything else.
  func linkTarget(_ absolute: String) -> String? {
    guard case .found(let place) = rooted().unfollowed(absolute) else { return nil }
    return FileStatus.target(of: place)
  }

  /// Resolves paths of the node; without network file systems where files of any folder are read.
  func rooted(avoidingNetwork: Bool = false) -> RootedPath {
    guard avoidingNetwork else { return RootedPath(root: root) }
    let mounts = SmallFile.text(at: mountInfo, limit: 8 << 20).map { MountTable($0) }
    return RootedPath(root: root, avoiding: mounts ?? MountTable())
  }

  /// The same path in the node's own process table. Through a mount of the node's `/proc` the parts
  /// that belong to the reader lead nowhere; the node's first process has the node's view of them.
  private func seen(_ absolute: String) -> String {
    guard hasForeignProcesses else { return absolute }
    for part in ["/proc/self/", "/proc/thread-self/"] where absolute.hasPrefix(part) {
      return "/proc/1/" + absolute.dropFirst(part.utf8.count)
    }
    if absolute == "/proc/mounts" { return "/proc/1/mounts" }
    return absolute.hasPrefix("/proc/net/") ? "/proc/1" + absolute.dropFirst(5) : absolute
  }

  /// Where programs stand in the node's file system, if that is not the collector's own.
  func foreignPrograms(_ candidates: [FilePath]) -> [FilePath] {
    root != "/" && hasForeignProcesses ? candidates.map { path($0.string) } : []
  }

  /// The root folder that a program needs and its path below that root.
  func place(ofProgram program: FilePath) -> ProgramPlace {
    guard root != "/", hasForeignProcesses, program.starts(with: root) else {
      return ProgramPlace(root: nil, path: program.string)
    }
    return ProgramPlace(
      root: root.string, path: String(program.string.dropFirst(root.string.utf8.count)))
  }

  /// The environment of every program that is run: nothing of the user's reaches it.
  var environment: [String: String] {
    ["PATH": commandPath.joined(separator: ":"), "LC_ALL": "C"]
  }
}
