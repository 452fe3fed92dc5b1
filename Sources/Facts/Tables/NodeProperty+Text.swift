/// Properties that stand in plain text.
extension NodeProperty {
  /// The first line that says something.
  static func readLine(
    _ name: String, _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      rows.append(Self(name: name, value: String(line)), line: input.lineNumber)
      return
    }
  }

  /// The one word of a short file. An error page of the metadata service is no answer.
  static func readWord(
    _ name: String, _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      let words = line.words
      guard !words.isEmpty, !ShellPrompt.matches(line) else { continue }
      guard words.count == 1, words[0].count <= 64, words[0].first != UInt8(ascii: "<") else {
        return rows.unreadable("not one word", line: input.lineNumber)
      }
      return rows.append(Self(name: name, value: String(words[0])), line: input.lineNumber)
    }
  }

  static func readRelease(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    let names = ["ID": "os_id", "VERSION_ID": "os_version", "PRETTY_NAME": "os_name"]
    while let line = try input.nextLine() {
      guard let (key, value) = line.trimmed.cut(at: UInt8(ascii: "=")),
        let name = names[String(key)]
      else { continue }
      var text = value
      if let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        text = text.dropFirst()
        if text.last == quote { text = text.dropLast() }
      }
      rows.append(Self(name: name, value: String(text)), line: input.lineNumber)
    }
  }

  /// Files of /etc/eks: versions in files of their own, and `KEY="value"` lines in `release`.
  static func readImage(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    switch input.fileName {
    case "kubelet-version.txt": try readVersion("kubelet_version", "v", &input, &rows)
    case "containerd-version.txt": try readVersion("containerd_version", "", &input, &rows)
    case "release":
      while let line = try input.nextLine() {
        guard let (key, value) = line.trimmed.cut(at: UInt8(ascii: "=")),
          key.equals("BASE_AMI_ID") || key.equals("BUILD_TIME") || key.equals("ARCH")
        else { continue }
        let text = String(value.filter { $0 != UInt8(ascii: "\"") })
        let name = "ami_release_" + String(key).lowercased()
        if !text.isEmpty { rows.append(Self(name: name, value: text), line: input.lineNumber) }
      }
    default: break
    }
  }

  /// The first word of a line that is a version, such as `Kubernetes v1.31.2` or
  /// `containerd github.com/containerd/containerd 1.7.22 7f7f`.
  private static func readVersion(
    _ name: String, _ mark: String, _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      for word in line.words {
        let digits = word.first == UInt8(ascii: "v") ? word.dropFirst() : word
        guard digits.first?.isASCIIDigit == true, digits.contains(UInt8(ascii: ".")) else {
          continue
        }
        rows.append(Self(name: name, value: mark + String(digits)), line: input.lineNumber)
        return
      }
    }
    rows.unreadable("no version", line: nil)
  }

  /// The packages whose versions rules ask for.
  static func readPackages(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    let names = [
      "systemd": ("systemd_version", ""), "kubelet": ("kubelet_version", "v"),
      "containerd": ("containerd_version", ""), "containerd.io": ("containerd_version", ""),
    ]
    try PackageText.forEach(&input, &rows, complains: false) { package, line, rows in
      guard let (name, mark) = names[package.name] else { return }
      rows.append(Self(name: name, value: mark + package.version), line: line)
    }
  }

  /// The line `btime 1932886800` of /proc/stat.
  static func readBootTime(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      guard line.starts("btime "), let seconds = line.dropFirst(6).trimmed.integer,
        let us = NodeLoad.product(seconds, 1_000_000)
      else { continue }
      rows.append(Self(name: "btime_us", value: String(us)), line: input.lineNumber)
    }
  }

  /// A heading, then the mode in a line of its own.
  static func readSELinux(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    let modes = ["enforcing", "permissive", "disabled"]
    while let line = try input.nextLine() {
      let text = String(line.trimmed).lowercased()
      if text == "not installed" {
        rows.append(Self(name: "selinux", value: "disabled"), line: input.lineNumber)
      } else if let mode = modes.first(where: { text == $0 }) {
        rows.append(Self(name: "selinux", value: mode), line: input.lineNumber)
      }
    }
  }

  /// `Linux ip-10-42-7-19 6.1.112-124.190.amzn2023.x86_64 #1 SMP … x86_64 x86_64 x86_64 GNU/Linux`,
  /// as `uname -a` prints it. The kernel's name tells the system where nothing else does.
  static func readKernelName(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      let words = line.words
      guard !words.isEmpty, !ShellPrompt.matches(line) else { continue }
      guard words.count >= 3, words[0].equals("Linux") else {
        return rows.unreadable("not the output of uname", line: input.lineNumber)
      }
      var found = [("hostname", String(words[1])), ("kernel", String(words[2]))]
      if let machine = words.last(where: { $0.equals("x86_64") || $0.equals("aarch64") }) {
        found.append(("machine", String(machine)))
      }
      if words[2].contains(".amzn2023.") {
        found += [("os_id", "amzn"), ("os_version", "2023")]
      } else if words[2].contains(".amzn2.") {
        found += [("os_id", "amzn"), ("os_version", "2")]
      } else if words[2].hasSuffix("-aws") || line.contains("-Ubuntu ") {
        found.append(("os_id", "ubuntu"))
      }
      for (name, value) in found {
        rows.append(Self(name: name, value: value), line: input.lineNumber)
      }
      return
    }
  }
}
