import FoundationEssentials

/// The kubelet's unit as it stands on disk.
struct KubeletUnitFile {
  let host: Host

  private static let names = ["kubelet.service", "snap.kubelet-eks.daemon.service"]

  /// Lines of the unit and of its drop-ins, later ones last; the folders in the order of systemd.
  var lines: [String] {
    let patterns = UnitFolders.all.reversed().flatMap { folder in
      Self.names.map { "\(folder)/\($0)" } + Self.names.map { "\(folder)/\($0).d" }
    }
    return FileListing(host: host, limit: 100).files(matching: patterns).files
      .compactMap { SmallFile.text(at: $0.place, limit: 256 << 10) }
      .flatMap { $0.split(separator: "\n").map(String.init) }
  }

  /// The files that `EnvironmentFile=` names; a minus sign before the path allows that it is absent.
  var environmentFiles: [String] {
    lines.compactMap { line in
      guard line.hasPrefix("EnvironmentFile=") else { return nil }
      let path = line.dropFirst("EnvironmentFile=".utf8.count).drop { $0 == "-" || $0 == " " }
      return path.hasPrefix("/") ? String(path.prefix { $0 != " " && $0 != "\t" }) : nil
    }
  }

  /// Words of `ExecStart=` and of the files that the unit takes its environment from.
  var words: [String] {
    let starts = lines.filter {
      $0.hasPrefix("ExecStart=") || $0.drop { $0 == " " }.hasPrefix("--")
    }
    let files = environmentFiles + ["/etc/eks/kubelet/environment"]
    let environments = files.compactMap { SmallFile(host: host).text($0) }
    return (starts + environments).flatMap { text in
      text.split { " \t\n\"'\\".contains($0) }.map(String.init)
    }
  }
}

/// The folders of unit files, the strongest first.
enum UnitFolders {
  static let all = [
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system",
  ]
}

/// The kubelet's arguments: of the running process, or else what its unit would start.
struct KubeletArguments {
  /// Where the arguments come from.
  enum Origin: String, Sendable {
    case process, unit
  }

  let words: [String]
  let origin: Origin

  init(host: Host) {
    let table = ProcessTable(host: host)
    if let process = table.processes(named: "kubelet").last,
      let arguments = table.strings("cmdline", of: process.pid), arguments.count > 1
    {
      words = arguments
      origin = .process
    } else {
      words = KubeletUnitFile(host: host).words
      origin = .unit
    }
  }

  /// The value of a flag, written `--name=value` or `--name value`; the last one is in force.
  func value(of name: String) -> String? {
    let flag = "--\(name)"
    for (index, word) in words.enumerated().reversed() {
      // Inside an environment file the first flag stands behind the variable's name.
      let text =
        word.firstRange(of: "=--").map { word[word.index(after: $0.lowerBound)...] } ?? word[...]
      if text.hasPrefix(flag + "=") { return String(text.dropFirst(flag.utf8.count + 1)) }
      if text == flag, index + 1 < words.count { return words[index + 1] }
    }
    return nil
  }
}
