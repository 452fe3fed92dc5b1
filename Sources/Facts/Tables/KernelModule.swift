import BundleModel

/// A limit of the whole system, and how far it is used.
public struct SystemLimit: FactTable {
  var name: String
  var value: Int64?
  var used: Int64?

  /// The declaration of `system_limit`.
  public static let schema = Schema<Self>(
    "system_limit", "Limits of the whole system, and how far they are used.", from: [.systemLimits],
    columns: [
      Column(
        "name", \.name,
        "open_files, open_files_per_process, processes, threads, watches, watch_instances,"
          + " watch_events or memory_maps_per_process."),
      Column("value", \.value, "The limit; NULL if it is larger than a number can hold."),
      Column("used", \.used, "How much of it is used; NULL where the kernel does not say."),
    ])

  private static let names = [
    ("/proc/sys/fs/nr_open", "open_files_per_process"),
    ("/proc/sys/kernel/pid_max", "processes"),
    ("/proc/sys/fs/inotify/max_user_watches", "watches"),
    ("/proc/sys/fs/inotify/max_user_instances", "watch_instances"),
    ("/proc/sys/fs/inotify/max_queued_events", "watch_events"),
    ("/proc/sys/vm/max_map_count", "memory_maps_per_process"),
  ]

  /// Reads the collector's values.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    func words(_ path: String) -> [Bytes] {
      Array((document["values"]?[path]?.string ?? "").utf8)[...].words
    }
    let line = document.object?.line
    // Allocated, free and most file handles; the second has been 0 for long.
    let files = words("/proc/sys/fs/file-nr")
    if files.count == 3 {
      rows.append(
        Self(name: "open_files", value: files[2].integer, used: files[0].integer), line: line)
    }
    if let most = words("/proc/sys/kernel/threads-max").first {
      // The fourth word of the load average is `runnable/existing`.
      let load = words("/proc/loadavg")
      let existing = load.count > 3 ? load[3].cut(at: UInt8(ascii: "/"))?.1.integer : nil
      rows.append(Self(name: "threads", value: most.integer, used: existing), line: line)
    }
    for (path, name) in names {
      if let value = words(path).first {
        rows.append(Self(name: name, value: value.integer), line: line)
      }
    }
  }
}

/// A kernel module.
public struct KernelModule: FactTable {
  var name: String
  var isPresent: Bool
  var size: Int64?
  var references: Int64?
  var state: String?

  /// The declaration of `kernel_module`.
  public static let schema = Schema<Self>(
    "kernel_module", "Loaded kernel modules, and decisive ones that are built in or absent.",
    from: [.kernelModules, .foreignModules],
    columns: [
      Column("name", \.name, "Name of the module."),
      Column("is_present", \.isPresent, "1 if the kernel has it, loaded or built in; else 0."),
      Column("size", \.size, "Memory that it takes, in bytes; NULL if it is not loaded."),
      Column("references", \.references, "How often it is used."),
      Column("state", \.state, "Live, Loading or Unloading; NULL where it is not printed."),
    ])

  /// Reads `/proc/modules`, with our remarks in front, or `lsmod`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var remarks: [(name: String, isPresent: Bool, line: Int)] = []
    var loaded = Set<String>()
    while let line = try input.nextLine() {
      let words = line.words
      guard let first = words.first else { continue }
      if first.equals("#") {
        // `# /sys/module/br_netfilter: present`.
        guard words.count == 3, words[1].starts("/sys/module/"), words[1].last == 0x3a,
          remarks.count < FactLimits.fieldsPerRecord
        else { continue }
        let name = String(words[1].dropFirst(12).dropLast())
        remarks.append((name, words[2].equals("present"), input.lineNumber))
        continue
      }
      if first.equals("Module") { continue }
      guard words.count >= 3, let size = words[1].integer else {
        if !ShellPrompt.matches(line) {
          rows.unreadable("not a kernel module", line: input.lineNumber)
        }
        continue
      }
      if remarks.contains(where: { first.equals($0.name) }) { loaded.insert(String(first)) }
      rows.append(
        Self(
          name: String(first), isPresent: true, size: size, references: words[2].integer,
          state: words.count > 4 ? String(words[4]) : nil), line: input.lineNumber)
    }
    for remark in remarks where !loaded.contains(remark.name) {
      rows.append(Self(name: remark.name, isPresent: remark.isPresent), line: remark.line)
    }
  }
}

/// An option that the kernel was built with.
public struct KernelOption: FactTable {
  var name: String
  var value: String

  /// The declaration of `kernel_option`.
  public static let schema = Schema<Self>(
    "kernel_option", "Options that the kernel was built with, as far as networking needs them.",
    from: [.kernelConfiguration],
    columns: [
      Column("name", \.name, "Name of the option, such as CONFIG_IP_MULTIPLE_TABLES."),
      Column("value", \.value, "y (built in), m (module), n (not set), a number or a text."),
    ])

  /// Reads `CONFIG_A=y` and `# CONFIG_B is not set`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      if line.starts("# CONFIG_"), line.hasSuffix(" is not set") {
        let name = line.dropFirst(2).dropLast(11)
        rows.append(Self(name: String(name), value: "n"), line: input.lineNumber)
      } else if let (name, value) = line.cut(at: UInt8(ascii: "=")), name.starts("CONFIG_") {
        rows.append(Self(name: String(name), value: String(value)), line: input.lineNumber)
      } else if let first = line.first, first != UInt8(ascii: "#"), !ShellPrompt.matches(line) {
        rows.unreadable("not an option of the kernel", line: input.lineNumber)
      }
    }
  }
}
