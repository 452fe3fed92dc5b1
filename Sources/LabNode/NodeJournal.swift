import Foundation

/// The journal of a node: every unit's entries of this boot, and some of the boot before.
struct NodeJournal {
  let node: NodeModel

  /// One entry.
  struct Entry: Sendable {
    /// Who wrote it.
    enum Source: Sendable {
      /// A service: its unit, the name under which it logs, its process.
      case service(unit: String, identifier: String, process: Int)
      /// systemd, about a unit.
      case manager(unit: String)
      case kernel
    }

    let at: Moment
    let source: Source
    let message: String
    /// Of syslog: 3 is an error, 4 a warning, 6 information.
    var priority = 6
  }

  /// Entries of this boot in the order of their times.
  var entries: [Entry] {
    let unit = node.variant.image.kubeletUnit
    let ofKubelet = node.variant.image.hasKubelet ? KubeletJournal(node: node).entries : []
    let kubelet = ofKubelet.map { entry in
      Entry(
        at: entry.at,
        source: entry.isManager
          ? .manager(unit: unit)
          : .service(
            unit: unit, identifier: "kubelet", process: KubeletJournal.processID),
        message: entry.message, priority: entry.priority)
    }
    return (kubelet + UnitJournals(node: node).entries).sorted { $0.at < $1.at }
  }

  /// What `systemd-journal-remote` reads.
  var export: String {
    let before = UnitJournals(node: node).previousBoot
    let past = before.map { text($0, boot: Invented.bootID("previous"), booted: before[0].at) }
    return (past + entries.map { text($0, boot: node.bootID, booted: node.booted) }).joined()
  }

  private func text(_ entry: Entry, boot: String, booted: Moment) -> String {
    let monotonic = max(1, entry.at.microseconds - booted.microseconds)
    var fields = [
      "__REALTIME_TIMESTAMP=\(entry.at.microseconds)", "__MONOTONIC_TIMESTAMP=\(monotonic)",
      "_BOOT_ID=\(boot)", "_MACHINE_ID=\(node.instance.machineID)",
      "_HOSTNAME=\(node.instance.name)", "PRIORITY=\(entry.priority)",
    ]
    switch entry.source {
    case .manager(let unit):
      fields += [
        "SYSLOG_FACILITY=3", "SYSLOG_IDENTIFIER=systemd", "_PID=1", "_COMM=systemd",
        "_TRANSPORT=journal", "_SYSTEMD_UNIT=init.scope", "UNIT=\(unit)", "_UID=0", "_GID=0",
      ]
    case .service(let unit, let identifier, let process):
      let slice = unit == node.variant.image.kubeletUnit ? "runtime.slice" : "system.slice"
      fields += [
        "SYSLOG_FACILITY=3", "SYSLOG_IDENTIFIER=\(identifier)", "_PID=\(process)",
        "_COMM=\(identifier.prefix(15))", "_TRANSPORT=stdout", "_EXE=/usr/bin/\(identifier)",
        "_SYSTEMD_CGROUP=/\(slice)/\(unit)", "_SYSTEMD_UNIT=\(unit)", "_SYSTEMD_SLICE=\(slice)",
        "_UID=0", "_GID=0",
      ]
    case .kernel:
      fields += ["SYSLOG_FACILITY=0", "SYSLOG_IDENTIFIER=kernel", "_TRANSPORT=kernel"]
    }
    fields.append("MESSAGE=\(entry.message)")
    return fields.joined(separator: "\n") + "\n\n"
  }

  /// Writes the journal with systemd's own tool, in the place of an older one.
  func write(to folder: String, export path: String) async throws(LabError) {
    do {
      try export.write(toFile: path, atomically: false, encoding: .utf8)
    } catch {
      throw LabError(
        .environment, "cannot write \(path)", why: "\(error)", try: "make room, then try again")
    }
    let file = "\(folder)/system.journal"
    let made = await LabHost.shell(
      "mkdir -p '\(folder)' && rm -f '\(file)' && "
        + "/lib/systemd/systemd-journal-remote -o '\(file)' '\(path)'")
    guard made.succeeded else {
      throw LabError(
        .environment, "cannot make the node's journal", why: made.output,
        try: "apt-get install systemd-journal-remote")
    }
  }
}
