import BundleModel

/// A record of the address manager's log, with the event it stands for.
///
/// What is stated over and over is one row with a count: statistics and decisions as long as no
/// event comes between, lists of a reconcile run as long as what they list is there. So rows are
/// bounded by what happens, not by how long nothing does. Records without a known event are rows of
/// `log_shape`; of complaints among them the first ones of each shape are rows here as well.
public struct IPAMDEvent: RepeatableRow {
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
  var count: Int64 = 1
  var lastUs: Int64?
  var lastLine: Int64?

  /// The declaration of `ipamd_event`.
  public static let schema = Schema<Self>(
    "ipamd_event",
    "Events of the address manager's log. Repeated statements are one row; `line` gives the order.",
    from: [.ipamdLog, .ipamdRotatedLogs, .agentPodLogs],
    columns: [
      Column("time_us", \.timeUs, "When it was written, in microseconds since 1970 UTC."),
      Column("level", \.level, "debug, info, warn, error, fatal, panic or trace."),
      Column(
        "event", \.event,
        "What happened, such as NO_IP, ASSIGN or TICK; NULL for a complaint of unknown shape."),
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
      Column(
        "count", \.count,
        "How often it was stated; above 1 only for statements that repeat, with the first one's time."
      ),
      Column(
        "last_us", \.lastUs, "When it was stated last, in microseconds since 1970 UTC."),
      Column("last_line", \.lastLine, "Line of the last statement; NULL for a single one."),
    ])
}

extension IPAMDEvent {
  /// What a record has to do with those around it, because one of them doesn't name its subject.
  enum Context {
    case none
    /// Names what the next record calls known.
    case adding
    /// Names the ENI that the next records are about.
    case reconciling
    /// Is about the ENI that was named before.
    case mismatch
    /// Names a setting, if it is one.
    case setting

    init(_ event: String) {
      switch event {
      case "CIDR_ADDING": self = .adding
      case "REC_ENI": self = .reconciling
      case "REC_MISMATCH": self = .mismatch
      case "CFG_TARGET": self = .setting
      default: self = .none
      }
    }
  }

  /// Turns records into rows. Keeps its scratch space between records.
  struct Classifier {
    private let catalogue = IPAMDPatterns.catalogue
    private let roles: [Role]
    private var gaps: [PatternGap] = []
    private let statements = IPAMDStatementReader(IPAMDPatterns.catalogue)

    /// For each shape what its repeats mean.
    private let repetitions: [Repetition]
    private let contexts: [Context]
    private let isStatistics: [Bool]
    /// For each name of a gap whether its content means no change.
    private let isVolatile: [Bool]

    init() {
      roles = IPAMDPatterns.catalogue.names.map { Role(rawValue: $0) ?? .field }
      repetitions = catalogue.patterns.map { IPAMDPatterns.repetition(of: $0.event) }
      contexts = catalogue.patterns.map { Context($0.event) }
      isStatistics = catalogue.patterns.map { IPAMDPatterns.statistics.contains($0.event) }
      isVolatile = catalogue.names.map { IPAMDPatterns.volatile.contains($0) }
    }

    /// The shape of a message; nil for one of no known event.
    mutating func match(_ message: Bytes) -> Int? {
      guard let pattern = catalogue.match(message, &gaps) else { return nil }
      // Too many messages begin like a setting.
      let isSetting = contexts[pattern] == .setting
      guard !isSetting || message.contains("_TARGET ") || message.contains("MAX_ENI ") else {
        gaps.removeAll(keepingCapacity: true)
        return nil
      }
      return pattern
    }

    /// Adds the record that `match` looked at last to a journal; answers its place there.
    func takeDown(
      _ record: LogRecord, _ pattern: Int, in journal: inout IPAMDJournal?
    ) -> Int? {
      guard let kind = statements.kind(pattern), var open = journal.take() else { return nil }
      defer { journal = open }
      return open.append(statements.statement(kind, record, gaps, &open), record)
    }

    func event(_ pattern: Int) -> String { catalogue.patterns[pattern].event }

    func repetition(_ pattern: Int) -> Repetition { repetitions[pattern] }

    func context(_ pattern: Int) -> Context { contexts[pattern] }

    /// Whether a new statement of this shape takes the place of the one before.
    func isStatistic(_ pattern: Int) -> Bool { isStatistics[pattern] }

    /// The row of a message alone.
    mutating func row(of message: Bytes) -> IPAMDEvent? {
      guard let pattern = match(message) else { return nil }
      return row(LogRecord(line: 0, message: message, encoding: .json), pattern)
    }

    /// The message without what differs each time.
    func statement(_ message: Bytes) -> Bytes {
      guard gaps.contains(where: { isVolatile[$0.name] }) else { return message }
      var text: [UInt8] = []
      var at = 0
      for gap in gaps where isVolatile[gap.name] {
        text += message[(message.startIndex + at)..<(message.startIndex + gap.start)]
        at = gap.end
      }
      return (text + message[(message.startIndex + at)...])[...]
    }

    /// Which column takes the content of a gap.
    enum Role: String {
      case eni, ip, card, total, assigned, cooling, cid, ns, pod, key, err, code, v4, pb
      case eniTail = "eni_tail"
      case field
    }

    /// The row of the record that `match` looked at last.
    func row(_ record: LogRecord, _ pattern: Int?) -> IPAMDEvent {
      var row = IPAMDEvent(
        timeUs: record.timeUs, level: record.level?.text,
        event: pattern.map { event($0) }, message: String.text(of: record.message),
        lastUs: record.timeUs)
      var fields = FieldText()
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
            fields.add("err", bytes)
          }
        // The text of a protobuf message is in the message already.
        case .pb: break
        case .field:
          guard !bytes.isEmpty else { continue }
          fields.add(catalogue.names[gap.name], bytes, isNumber: gap.isNumber)
        }
      }
      row.fields = fields.text
      if let event = row.event { row.complete(event, record.message) }
      let isComplaint = record.level?.isComplaint ?? true
      let mayHoldError = isComplaint && (row.event == nil || row.event == "ADD_FAIL")
      row.readError(failure ?? (mayHoldError ? record.message : nil))
      return row
    }

    /// `network/container/interface`.
    private static func containerID(_ key: Bytes) -> String? {
      let parts = key.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      guard parts.count == 3, !parts[1].isEmpty else { return nil }
      return String(parts[1])
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
