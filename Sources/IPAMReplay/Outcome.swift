/// What came of some settings.
public struct Outcome: Sendable, Equatable {
  /// Pods that got no address when they first asked.
  public var failedStarts = 0
  /// Addresses of the subnet that the node held on average: the pool and the ENIs' own.
  public var meanHeld = 0
  /// The same at most.
  public var peakHeld = 0
  /// ENIs of the pool at most.
  public var peakENIs = 0
  /// Requests that change something at EC2; nil if the log does not tell.
  public var ec2Calls: Int?
  /// How long no address was free, in microseconds, as far as ticks show it.
  public var emptyUs: Int64 = 0

  /// Nothing happened yet.
  public init() {}
}

/// Other settings for a recorded workload.
public struct Alternative: Sendable {
  /// Variables that differ; an empty text unsets one.
  public var environment: [String: String]
  /// Another type of instance.
  public var instanceType: String?
  /// Another pod capacity.
  public var maxPods: Int?

  /// Settings that differ from those recorded in some variables.
  public init(environment: [String: String], instanceType: String? = nil, maxPods: Int? = nil) {
    self.environment = environment
    self.instanceType = instanceType
    self.maxPods = maxPods
  }

  /// The settings in words.
  public var words: String {
    var words = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    if let instanceType { words.append(instanceType) }
    if let maxPods { words.append("max-pods \(maxPods)") }
    return words.isEmpty ? "the same settings" : words.joined(separator: " ")
  }
}
