import IPAMEngine

/// What pods asked of the pool, apart from what the pool made of it.
public struct Workload: Sendable {
  /// Starts and stops in the order in which they happened.
  public private(set) var requests: [Request] = []

  /// A pod's start or stop.
  public struct Request: Sendable {
    /// When, in microseconds since 1970 UTC.
    public var timeUs: Int64
    /// What was asked for.
    public var kind: Kind
    /// Its place among all statements.
    var order: Int
    /// The sandbox.
    public var containerID: String
    /// The pod by namespace and name; empty if no line names it.
    public var pod: String
  }

  /// What pods ask for.
  public enum Kind: Sendable {
    /// An address, which the pod got.
    case started
    /// An address, of which there was none.
    case refused
    /// To take the address back.
    case stopped
  }

  /// The place of the statement that is read.
  var order = 0

  private var pods: [String: String] = [:]
  private var latest: String?

  /// The pod of the request that was read last.
  var latestPod: String? { latest.flatMap { pods[$0] } }

  /// The sandbox of the request that was read last.
  var latestContainer: String? { latest }

  init() {}

  mutating func request(_ containerID: String, at timeUs: Int64?) {
    latest = containerID
  }

  mutating func name(_ pod: String, of containerID: String) {
    if pods.count > 4096 { pods = [:] }
    pods[containerID] = pod
    latest = containerID
  }

  mutating func start(_ containerID: String, _ metadata: PodMetadata, at timeUs: Int64?) {
    let pod =
      metadata.name.isEmpty
      ? pods[containerID] ?? "" : "\(metadata.namespace)/\(metadata.name)"
    add(.started, containerID, pod, timeUs)
  }

  mutating func refuse(at timeUs: Int64?) {
    add(.refused, latest ?? "", latestPod ?? "", timeUs)
  }

  mutating func stop(_ containerID: String, at timeUs: Int64?) {
    add(.stopped, containerID, pods[containerID] ?? "", timeUs)
  }

  private mutating func add(
    _ kind: Kind, _ containerID: String, _ pod: String, _ timeUs: Int64?
  ) {
    guard let timeUs, requests.count < ReplayLimits.workload else { return }
    requests.append(
      Request(timeUs: timeUs, kind: kind, order: order, containerID: containerID, pod: pod))
  }
}
