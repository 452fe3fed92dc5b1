/// Masks string values of JSON by the place where they stand. It keeps only the path of the current
/// value, so that documents of any size pass; text that is no JSON passes as it is.
struct JSONFilter: Sendable {
  private(set) var counts = RedactionCounts()
  private let rules: RedactionRules
  private var frames: [Frame] = []
  /// Containers that are open beyond the depth that is followed.
  private var excess = 0
  private var string: Text?

  static let depthLimit = 128
  static let captureLimit = 512

  init(_ rules: RedactionRules) {
    self.rules = rules
  }

  /// An open object or list.
  private struct Frame: Sendable {
    var role: Role
    var isObject: Bool
    /// The name of the current member; a list has that of its parent.
    var name: [UInt8] = []
    var expectsName = false
    /// The number of elements that ended in a list.
    var position = 0
    /// Whether it belongs to a pod of the cluster's own.
    var isSystem = false
    /// Whether values in it may stay, as far as that is known.
    var isAllowed = false
  }

  private enum Role: Sendable {
    case plain, metadata, annotations, authProvider, masked
    case environment, variable, command, arguments
  }

  /// A string that is open.
  private struct Text: Sendable {
    var isName: Bool
    /// The rule that masks it from the current byte on.
    var rule: RedactionRule?
    var isEscaped = false
    /// What stood in it, up to a limit.
    var content: [UInt8] = []
    /// A `NAME=value` text, whose value is judged when the name has passed.
    var isAssignment = false
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    for byte in bytes {
      if string != nil {
        continueString(byte, into: &output)
        continue
      }
      switch byte {
      case Byte.quote: string = openString()
      case Byte.openBrace, Byte.openBracket: open(isObject: byte == Byte.openBrace)
      case Byte.closeBrace, Byte.closeBracket: close()
      case Byte.comma: separate()
      case Byte.colon:
        if let top = frames.indices.last { frames[top].expectsName = false }
      default: break
      }
      output.append(byte)
    }
  }

  private mutating func continueString(_ byte: UInt8, into output: inout [UInt8]) {
    guard var text = string else { return }
    string = nil
    if byte == Byte.newline || (byte == Byte.quote && !text.isEscaped) {
      writeMask(of: text, into: &output)
      endString(text)
      output.append(byte)
      return
    }
    text.isEscaped = byte == Byte.backslash && !text.isEscaped
    if text.content.count < Self.captureLimit { text.content.append(byte) }
    if text.rule == nil {
      output.append(byte)
    }
    if text.isAssignment, byte == Byte.equals {
      text.isAssignment = false
      let name = text.content.dropLast()
      if !isAllowedVariable(Array(name)) { text.rule = .environment }
      text.content = []
    }
    string = text
  }

  /// Writes the mask when the string ends: an empty one stays empty, a masked one stays as it is.
  private mutating func writeMask(of text: Text, into output: inout [UInt8]) {
    guard let rule = text.rule, !text.content.isEmpty else { return }
    if text.content.starts(with: ConfigurationNames.mark) {
      output.append(contentsOf: text.content)
    } else {
      output.append(contentsOf: rule.mask)
      counts[rule] += 1
    }
  }

  private func openString() -> Text {
    guard excess == 0, let frame = frames.last else { return Text(isName: false) }
    if frame.isObject, frame.expectsName { return Text(isName: true) }
    var text = Text(isName: false)
    switch frame.role {
    case .masked: text.rule = .configuration
    case .environment: text.isAssignment = true
    case .variable:
      if frame.name.elementsEqual("value".utf8), !frame.isAllowed { text.rule = .environment }
    case .annotations:
      if !isKeptAnnotation(frame.name) { text.rule = .kubernetesObjects }
    case .command, .arguments:
      let isKept =
        frame.isSystem || frame.isAllowed || (frame.role == .command && frame.position == 0)
      if !isKept { text.rule = .commandLines }
    case .plain, .metadata, .authProvider:
      let isSecret =
        rules.contains(.configuration) && frame.isObject
        && ConfigurationNames.isSecret(frame.name)
      if isSecret { text.rule = .configuration }
    }
    return text
  }

  private mutating func endString(_ text: Text) {
    guard excess == 0, let top = frames.indices.last else { return }
    if text.isName {
      frames[top].name = text.content
      return
    }
    switch frames[top].role {
    case .variable:
      let name = frames[top].name
      if name.elementsEqual("name".utf8) || name.elementsEqual("key".utf8) {
        frames[top].isAllowed = isAllowedVariable(text.content)
      }
    case .command where frames[top].position == 0:
      frames[top].isAllowed = CommandLineRedaction.isAllowed(executable: text.content[...])
    case .metadata where frames[top].name.elementsEqual("namespace".utf8) && top > 0:
      frames[top - 1].isSystem = text.content.elementsEqual("kube-system".utf8)
      judgeRuntimeObject(at: top - 2, by: text)
    case .plain where frames[top].name.elementsEqual("io.kubernetes.pod.namespace".utf8):
      if top > 1, frames[top - 1].name.elementsEqual("labels".utf8) {
        judgeRuntimeObject(at: top - 2, by: text)
      }
    default: break
    }
  }

  /// What a container runtime says about a pod or a container has a `status`, whose labels are the
  /// kubelet's own, and behind it the runtime's data about the same, with its environment.
  private mutating func judgeRuntimeObject(at index: Int, by namespace: Text) {
    guard rules.contains(.kubernetesObjects), index >= 0,
      frames[index].name.elementsEqual("status".utf8)
    else { return }
    frames[index].isSystem = namespace.content.elementsEqual("kube-system".utf8)
  }

  /// User pods keep only the names of variables.
  private func isAllowedVariable(_ name: [UInt8]) -> Bool {
    let isSystem = frames.last?.isSystem ?? false
    return (isSystem || !rules.contains(.kubernetesObjects))
      && EnvironmentRedaction.isAllowed(name: name[...])
  }

  private func isKeptAnnotation(_ name: [UInt8]) -> Bool {
    Self.annotationDomains.contains { name.starts(with: $0.utf8) }
  }

  private static let annotationDomains = [
    "vpc.amazonaws.com/", "eks.amazonaws.com/", "k8s.v1.cni.cncf.io/", "kubernetes.io/",
    "k8s.amazonaws.com/",
  ]

  private mutating func open(isObject: Bool) {
    guard frames.count < Self.depthLimit, excess == 0 else {
      excess += 1
      return
    }
    var frame = Frame(role: .plain, isObject: isObject)
    frame.expectsName = isObject
    if let parent = frames.last {
      frame.role = role(in: parent, isObject: isObject)
      frame.isSystem = parent.isSystem
      if !isObject { frame.name = parent.name }
    }
    frames.append(frame)
  }

  private func role(in parent: Frame, isObject: Bool) -> Role {
    func isNamed(_ name: String) -> Bool {
      parent.isObject && parent.name.elementsEqual(name.utf8)
    }
    if parent.role == .masked { return .masked }
    if isObject {
      if parent.role == .environment { return .variable }
      if rules.contains(.configuration) {
        if isNamed("auth-provider") { return .authProvider }
        if parent.role == .authProvider, isNamed("config") { return .masked }
      }
      if rules.contains(.kubernetesObjects) {
        if isNamed("metadata") { return .metadata }
        if isNamed("annotations") { return .annotations }
      }
      return .plain
    }
    if isNamed("env") || isNamed("envs") { return .environment }
    if rules.contains(.kubernetesObjects) {
      if isNamed("command") { return .command }
      if isNamed("args") { return .arguments }
    }
    return .plain
  }

  private mutating func close() {
    if excess > 0 {
      excess -= 1
    } else {
      _ = frames.popLast()
    }
  }

  private mutating func separate() {
    guard excess == 0, let top = frames.indices.last else { return }
    frames[top].position += 1
    frames[top].expectsName = frames[top].isObject
  }
}
