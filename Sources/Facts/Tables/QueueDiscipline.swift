import BundleModel

/// A queueing discipline of an interface, or a class of one.
public struct QueueDiscipline: FactTable {
  var value: JSONValue

  /// The declaration of `queue_discipline`.
  public static let schema = Schema<Self>(
    "queue_discipline", "Queueing disciplines and their classes, with counters.", from: [.queues],
    columns: [
      Column("device", { $0.value["dev"]?.string }, "Interface."),
      Column("ifindex", { $0.value["ifindex"]?.integer }, "Index of the interface."),
      Column("kind", { $0.value["kind"]?.string }, "Kind such as fq_codel, mq or tbf."),
      Column("handle", { $0.value["handle"]?.string }, "Number of the discipline or class."),
      Column("parent", { $0.value["parent"]?.string }, "What it hangs on; root at the interface."),
      Column("is_class", { $0.value["is_class"]?.bool ?? false }, "1 for a class; else 0."),
      Column("bytes", { $0.value["bytes"]?.integer }, "Bytes sent."),
      Column("packets", { $0.value["packets"]?.integer }, "Packets sent."),
      Column("drops", { $0.value["drops"]?.integer }, "Packets dropped."),
      Column("overlimits", { $0.value["overlimits"]?.integer }, "Times that a limit was reached."),
      Column("requeues", { $0.value["requeues"]?.integer }, "Packets that had to be queued again."),
      Column("backlog_bytes", { $0.value["backlog"]?.integer }, "Bytes that wait."),
      Column("queue_length", { $0.value["qlen"]?.integer }, "Packets that wait."),
      Column(
        "rate_bytes_per_s", { $0.value["rate"]?.integer },
        "Rate of a token bucket in bytes per second; NULL for other kinds."),
      Column(
        "limit_bytes", { $0.value["limit"]?.integer }, "Bytes that a token bucket holds back."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for queue in document.array ?? [] where queue["kind"]?.string != nil {
      rows.append(Self(value: queue), line: queue.object?.line)
    }
  }
}
