import BundleModel

/// A record of the address manager's log, with the event it stands for.
public struct IPAMDEvent: FactTable {
  var timeUs: Int64?
  var level: String?
  var event: String?
  var message: String
  var eni: String?
  var address: String?
  var containerID: String?
  var namespace: String?
  var pod: String?
  var errorCode: String?
  var api: String?
  var total: Int64?
  var assigned: Int64?
  var cooldown: Int64?
  var networkCard: Int64?
  var fields: String?

  /// The declaration of `ipamd_event`.
  public static let schema = Schema<Self>(
    "ipamd_event", "Records of the address manager's log, one row each, in the order of writing.",
    from: [.ipamdLog],
    columns: [
      Column("time_us", \.timeUs, "When it was written, in microseconds since 1970 UTC."),
      Column("level", \.level, "debug, info, warn, error, fatal, panic or trace."),
      Column(
        "event", \.event,
        "What happened, such as NO_IP, ASSIGN or TICK; NULL for a record without a known shape."),
      Column("message", \.message, "The message itself."),
      Column("eni", \.eni, "ENI that the event is about."),
      Column("address", \.address, "Address or CIDR that the event is about."),
      Column("container_id", \.containerID, "Sandbox that the event is about."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column(
        "error_code", \.errorCode, "Error code of the AWS call, such as UnauthorizedOperation."),
      Column("api", \.api, "Operation of the AWS call, such as CreateNetworkInterface."),
      Column("total", \.total, "Addresses in the pool."),
      Column("assigned", \.assigned, "Addresses that pods hold."),
      Column("cooldown", \.cooldown, "Addresses that were released a moment ago."),
      Column(
        "network_card", \.networkCard, "Index of the network card, where the record names it."),
      Column("fields", \.fields, "Everything else in the message as a JSON object by name."),
    ])

  /// Reads every record; records of unknown shape are kept without an event.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var reader = LogReader()
    var classifier = Classifier()
    while let record = try reader.next(&input) {
      if let damage = record.damage { rows.unreadable(damage, line: record.line) }
      rows.append(classifier.row(record), line: record.line)
    }
  }
}

extension IPAMDEvent {
  /// Turns records into rows. Keeps its scratch space between records.
  struct Classifier {
    private let catalogue = IPAMDPatterns.catalogue
    private let roles: [Role]
    private var gaps: [PatternGap] = []

    init() {
      roles = IPAMDPatterns.catalogue.names.map { Role(rawValue: $0) ?? .field }
    }

    /// Which column takes the content of a gap.
    enum Role: String {
      case eni, ip, card, total, assigned, cooling, cid, ns, pod, key, err, code, v4, pb
      case eniTail = "eni_tail"
      case field
    }

    mutating func row(_ record: LogRecord) -> IPAMDEvent {
      var row = IPAMDEvent(
        timeUs: record.timeUs, level: record.level,
        event: catalogue.match(record.message, &gaps), message: String(record.message))
      var fields: [String] = []
      var failure: Bytes?
      for gap in gaps {
        let bytes = gap.bytes(record.message)
        switch roles[gap.name] {
        case .eni: row.eni = String(bytes)
        case .eniTail: row.eni = "eni-" + String(bytes)
        case .ip: row.address = bytes.isEmpty ? nil : String(bytes)
        case .card: row.networkCard = bytes.integer
        case .total: row.total = bytes.integer
        case .assigned: row.assigned = bytes.integer
        case .cooling: row.cooldown = bytes.integer
        case .cid: row.containerID = bytes.isEmpty ? nil : String(bytes)
        case .ns: row.namespace = bytes.isEmpty ? nil : String(bytes)
        case .pod: row.pod = bytes.isEmpty ? nil : String(bytes)
        case .code: row.errorCode = bytes.isEmpty ? nil : String(bytes)
        case .key: row.containerID = Self.containerID(bytes)
        case .v4:
          if !bytes.isEmpty, !bytes.equals("<nil>") { row.address = String(bytes) }
        case .err:
          if !bytes.equals("<nil>") {
            failure = bytes
            fields.append("\"err\":" + JSONValue.quoted(String(bytes)))
          }
        // The text of a protobuf message is in the message already.
        case .pb: break
        case .field:
          guard !bytes.isEmpty else { continue }
          let value = gap.isNumber ? String(bytes) : JSONValue.quoted(String(bytes))
          fields.append("\"\(catalogue.names[gap.name])\":\(value)")
        }
      }
      if !fields.isEmpty { row.fields = "{" + fields.joined(separator: ",") + "}" }
      if let event = row.event { row.complete(event, record.message) }
      row.readError(failure ?? (row.isComplaint ? record.message : nil))
      return row
    }

    /// `network/container/interface`.
    private static func containerID(_ key: Bytes) -> String? {
      let parts = key.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      guard parts.count == 3, !parts[1].isEmpty else { return nil }
      return String(parts[1])
    }
  }

  private var isComplaint: Bool {
    switch level {
    case "debug", "info", "trace": false
    default: event == nil || event == "ADD_FAIL"
    }
  }

  private mutating func readError(_ text: Bytes?) {
    guard let text else { return }
    let error = AWSError(text)
    guard error.code != nil || error.operation != nil else { return }
    errorCode = errorCode ?? error.code
    api = error.operation ?? (error.code == nil ? nil : Self.operation(of: event))
  }

  /// The call that an event is about: the first SDK does not name it in its errors.
  private static func operation(of event: String?) -> String? {
    switch event {
    case "EC2_CREATE_ERR": "CreateNetworkInterface"
    case "EC2_ASSIGN_ERR", "EC2_ASSIGN_RETRY", "EC2_ASSIGN_NEW_ERR": "AssignPrivateIpAddresses"
    case "EC2_UNASSIGN_ERR": "UnassignPrivateIpAddresses"
    case "EC2_ATTACH_ERR": "AttachNetworkInterface"
    case "EC2_DETACH_ERR": "DetachNetworkInterface"
    case "EC2_DELETE_ERR": "DeleteNetworkInterface"
    case "EC2_DESCRIBE_ERR", "EC2_ATTACHMENT_ERR": "DescribeNetworkInterfaces"
    case "EC2_SUBNETS_ERR": "DescribeSubnets"
    case "EC2_TAG_ERR": "CreateTags"
    default: nil
    }
  }

  /// Pod and sandbox from the texts that hold them in a form of their own.
  private mutating func complete(_ event: String, _ message: Bytes) {
    switch event {
    case "CFG_TARGET" where !message.contains("_TARGET ") && !message.contains("MAX_ENI "):
      self.event = nil
      fields = nil
    case "ADD_REQ_PB", "DEL_REQ_PB":
      namespace = ProtobufText.value("K8S_POD_NAMESPACE", message)
      pod = ProtobufText.value("K8S_POD_NAME", message)
      containerID =
        ProtobufText.value("ContainerID", message)
        ?? ProtobufText.value("K8S_POD_INFRA_CONTAINER_ID", message)
    case "ADD_REPLY", "DEL_REPLY":
      address = address ?? ProtobufText.value("IPv4Addr", message)
    default: break
    }
  }
}
