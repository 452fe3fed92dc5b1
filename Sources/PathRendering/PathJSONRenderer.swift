import FoundationEssentials
import PacketPath

/// Writes the way of a packet as one JSON object.
public struct PathJSONRenderer: Sendable {
  /// Makes the renderer.
  public init() {}

  /// The object with sorted keys.
  public func text(_ report: PathReport) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(PathDocument(report))
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

private struct PathDocument: Encodable {
  var schema = "cnitriage.path/1"
  var node: String
  var from: String?
  var to: String?
  var protocolName: String
  var source: String
  var destination: String
  var forward: WayDocument
  var reply: WayDocument?

  enum CodingKeys: String, CodingKey {
    case schema, node, from, to, source, destination, forward, reply
    case protocolName = "protocol"
  }

  init(_ report: PathReport) {
    node = report.node
    from = report.names.from
    to = report.names.to
    protocolName = report.packet.transport.name
    let ends = report.packet.text.split(separator: " ").map { String($0) }
    source = ends.first ?? ""
    destination = ends.last ?? ""
    forward = WayDocument(report.forward)
    reply = report.reply.map { WayDocument($0) }
  }
}

private struct WayDocument: Encodable {
  var verdict: String
  var detail: String
  var cause: StepDocument?
  var receivers: [String]?
  var steps: [StepDocument]

  init(_ way: PathReport.Way) {
    verdict = way.word
    detail = way.detail
    cause = way.cause.map { StepDocument($0) }
    receivers = way.receivers.count > 1 ? way.receivers : nil
    steps = way.steps.map { StepDocument($0) }
  }
}

private struct StepDocument: Encodable {
  var place: String
  var text: String
  var packet: String
  var mark: String
  var interface: String?
  var path: String?
  var line: Int?

  init(_ step: PathStep) {
    place = step.place
    text = step.text
    packet = step.packet
    mark = "0x" + String(step.mark, radix: 16)
    interface = step.interface
    path = step.evidence?.artifact
    line = step.evidence?.line
  }
}
