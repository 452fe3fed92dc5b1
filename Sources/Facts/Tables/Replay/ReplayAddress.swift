import BundleModel

/// A pod's hold of an address.
public struct ReplayAddress: FactRow {
  /// The process.
  public var epoch: Int
  /// The address.
  public var address: String
  /// The ENI.
  public var eni: String?
  /// Name of the network in the key.
  public var network: String?
  /// The sandbox.
  public var containerID: String?
  /// Namespace of the pod.
  public var namespace: String?
  /// Name of the pod.
  public var pod: String?
  /// When the pod got it.
  public var fromUs: Int64?
  /// When it was taken back.
  public var toUs: Int64?
  /// How the beginning is known.
  public var origin: String
  /// How it ended.
  public var ended: String?
  /// Line of the end.
  public var endLine: Int?

  /// A hold that is not over.
  public init(epoch: Int, address: String, origin: String) {
    self.epoch = epoch
    self.address = address
    self.origin = origin
  }

  /// The declaration of `replay_address`.
  public static let schema = Schema<Self>(
    "replay_address", "Which pod held which address when.",
    from: [.ipamdLog, .ipamdRotatedLogs],
    columns: [
      Column("epoch", \.epoch, "The process; see replay_epoch."),
      Column("address", \.address, "The address."),
      Column("eni", \.eni, "ENI of the address."),
      Column("network", \.network, "Name of the network in the holder's key."),
      Column("container_id", \.containerID, "Sandbox that held it."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column(
        "from_us", \.fromUs,
        "When the pod got it, microseconds since 1970 UTC; NULL if that was before the log or before"
          + " a restart."),
      Column(
        "to_us", \.toUs,
        "When it was taken back, microseconds since 1970 UTC; NULL while it is held."),
      Column(
        "origin", \.origin,
        "seen (in the log), restored (from the checkpoint at a start) or inferred."),
      Column(
        "ended", \.ended,
        "released (a DEL), forced (address or ENI was gone), lost (its release is in no line), or"
          + " restart; NULL while it is held."),
      Column("end_line", \.endLine, "Line of its end in the log."),
    ])
}
