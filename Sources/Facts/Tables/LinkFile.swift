import BundleModel

/// A `.link` file or one of its drop-ins: what udev does to a new interface.
public struct LinkFile: FactTable {
  var path: String
  var directory: String
  var name: String
  var isDropIn: Bool
  var dropInOf: String?
  var isMasked: Bool
  var matchesNewVeth: Bool?
  var policy: String?
  var policyLine: Int?

  /// The declaration of `link_file`.
  public static let schema = Schema<Self>(
    "link_file", "Files that tell udev how to set up a new interface.", from: [.networkdFiles],
    columns: [
      Column("path", \.path, "Absolute path on the node."),
      Column("directory", \.directory, "Folder of the file."),
      Column("name", \.name, "Name of the file in its folder."),
      Column("is_drop_in", \.isDropIn, "1 for a drop-in of another file; else 0."),
      Column("drop_in_of", \.dropInOf, "Name of the file that a drop-in extends."),
      Column("is_masked", \.isMasked, "1 if the file is empty and so switches its name off."),
      Column(
        "matches_new_veth", \.matchesNewVeth,
        "1 if it applies to a new pod interface, 0 if not; NULL if that depends on other things."),
      Column(
        "mac_address_policy", \.policy,
        "MACAddressPolicy as the file sets it, empty for a reset; NULL if it does not set it."),
    ])

  /// Reads files that end in `.link` and the drop-ins below `….link.d`. Other archives have a file
  /// with its drop-ins in one member, each below a line with its path.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let path = input.nodePath
    guard role(path) != nil else { return }
    var issues: [(String, Int)] = []
    let directives = try SystemdFile.read(&input, { issues.append(($0, $1)) })
    var order: [String] = []
    var byPath: [String: [SystemdFile.Directive]] = [:]
    for directive in directives {
      if byPath[directive.path] == nil { order.append(directive.path) }
      byPath[directive.path, default: []].append(directive)
    }
    if order.isEmpty { order = [path] }
    for found in order {
      guard let file = Self(found, byPath[found] ?? []) else { continue }
      let start = found == path ? 1 : byPath[found]?.first?.line
      rows.append(file, line: file.policyLine ?? start)
    }
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }

  /// Whether a path is a `.link` file or a drop-in of one; nil for anything else.
  private static func role(_ path: String) -> (isDropIn: Bool, folder: String)? {
    let folder = Path.name(Path.directory(path))
    let isDropIn = folder.hasSuffix(".link.d") && path.hasSuffix(".conf")
    return isDropIn || path.hasSuffix(".link") ? (isDropIn, folder) : nil
  }

  private init?(_ path: String, _ directives: [SystemdFile.Directive]) {
    guard let (isDropIn, folder) = Self.role(path) else { return nil }
    self.path = path
    self.isDropIn = isDropIn
    directory = Path.directory(path)
    name = Path.name(path)
    dropInOf = isDropIn ? String(folder.dropLast(2)) : nil
    isMasked = directives.isEmpty
    matchesNewVeth = isDropIn ? nil : Self.matchesNewVeth(directives)
    for directive in directives where directive.section == "Link" {
      guard directive.key == "MACAddressPolicy" else { continue }
      policy = directive.value
      policyLine = directive.line
    }
  }

  /// Whether every condition holds for a fresh veth of a pod; nil if one cannot be decided here.
  private static func matchesNewVeth(_ directives: [SystemdFile.Directive]) -> Bool? {
    var isCertain = true
    for directive in directives where directive.section == "Match" && !directive.value.isEmpty {
      let candidate: String? =
        switch directive.key {
        case "Driver", "Kind": "veth"
        case "Type": "ether"
        case "OriginalName": "eni0db7f4ab39c"
        // A veth has neither a permanent address nor a place on a bus.
        case "PermanentMACAddress", "Path": ""
        default: nil
        }
      guard let candidate else {
        isCertain = false
        continue
      }
      var patterns = directive.value.split(separator: " ").map { String($0) }
      let isInverted = patterns.first?.hasPrefix("!") == true
      if isInverted { patterns[0].removeFirst() }
      let fits = patterns.contains { Glob.matches($0, candidate) } && !candidate.isEmpty
      if fits == isInverted { return false }
    }
    return isCertain ? true : nil
  }
}
