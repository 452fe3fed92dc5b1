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

  /// Reads files that end in `.link` and the drop-ins below `….link.d`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let path = input.nodePath
    let folder = Path.name(Path.directory(path))
    let isDropIn = folder.hasSuffix(".link.d") && path.hasSuffix(".conf")
    guard isDropIn || path.hasSuffix(".link") else { return }
    var issues: [(String, Int)] = []
    let directives = try SystemdFile.read(&input, { issues.append(($0, $1)) })
    var file = Self(
      path: path, directory: Path.directory(path), name: Path.name(path), isDropIn: isDropIn,
      dropInOf: isDropIn ? String(folder.dropLast(2)) : nil, isMasked: directives.isEmpty,
      matchesNewVeth: nil)
    file.matchesNewVeth = isDropIn ? nil : matchesNewVeth(directives)
    for directive in directives where directive.section == "Link" {
      guard directive.key == "MACAddressPolicy" else { continue }
      file.policy = directive.value
      file.policyLine = directive.line
    }
    rows.append(file, line: file.policyLine ?? 1)
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
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
