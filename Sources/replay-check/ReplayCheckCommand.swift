import BundleArchive
import BundleModel
import ConformanceKit
import Facts
import FoundationEssentials
import IPAMReplay
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `replay-check LOGDIR SCENARIODIR`: replays every log of a folder and compares the states with those
/// recorded in the scenario of the same name. `replay-check --faults LOGDIR` lists what went wrong
/// instead.
@main
struct ReplayCheckCommand {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 2 else {
      print("usage: replay-check LOGDIR SCENARIODIR | replay-check --faults LOGDIR")
      exit(2)
    }
    if arguments[0] == "--faults" { exit(listFaults(arguments[1])) }
    exit(run(arguments[0], arguments[1]))
  }

  private static func run(_ logs: String, _ scenarios: String) -> Int32 {
    guard let groups = groups(logs) else { return 2 }
    var states = 0
    var differences = 0
    var failed = 0
    for group in groups {
      do {
        let journals = try group.files.map { try journal("\(logs)/\($0)") }
        let result = try ReplayCheck.run(journals, scenario: "\(scenarios)/\(group.name).json")
        states += result.steps
        differences += result.mismatchCount
        if result.steps == 0 {
          failed += 1
          print("\(group.name): the scenario holds no states")
        }
        print("\(group.name): \(result.steps) states, \(result.mismatchCount) differences")
        if let first = result.failures.first { show(first) }
      } catch {
        failed += 1
        print("\(group.name): cannot be compared: \(error)")
      }
    }
    print("\(groups.count - failed) logs, \(states) states compared, \(differences) differences")
    return differences == 0 && failed == 0 ? 0 : 1
  }

  private static func listFaults(_ logs: String) -> Int32 {
    guard let groups = groups(logs) else { return 2 }
    var failed = 0
    for group in groups {
      do {
        var replay = LogReplay(try group.files.map { try journal("\(logs)/\($0)") })
        let result = replay.finish()
        print(
          "\(group.name): \(result.faults.count) faults, \(result.divergences.count) divergences")
        for divergence in result.divergences {
          print(
            "  line \(divergence.line) \(divergence.event): \(divergence.said); replayed"
              + " \(divergence.replayed)")
        }
        for fault in result.faults {
          print(
            "  \(fault.id.rawValue) \(fault.confidence.rawValue) \(fault.count)x"
              + " \(fault.cause ?? "-") line \(fault.line): \(fault.detail)")
        }
      } catch {
        failed += 1
        print("\(group.name): cannot be replayed: \(error)")
      }
    }
    return failed == 0 ? 0 : 1
  }

  /// A log with its rotated files.
  private struct Group {
    var name: String
    var files: [String]
  }

  /// `NAME.log` and `NAME-2000-01-01T00-00-00.000.log` are one log.
  private static func groups(_ folder: String) -> [Group]? {
    // Whatever the reason, the user can only name another folder.
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      print("\(folder) is not a folder that can be read")
      return nil
    }
    var groups: [Group] = []
    for file in names.filter({ name in ends.contains { name.hasSuffix($0) } }).sorted() {
      let name = base(file)
      if let index = groups.firstIndex(where: { $0.name == name }) {
        groups[index].files.append(file)
      } else {
        groups.append(Group(name: name, files: [file]))
      }
    }
    guard !groups.isEmpty else {
      print("\(folder) holds no logs (*.log, *.log.gz)")
      return nil
    }
    return groups
  }

  private static let ends = [".log", ".log.gz"]

  private static func base(_ file: String) -> String {
    var name = file
    for end in ends.reversed() where name.hasSuffix(end) {
      name = String(name.dropLast(end.count))
      break
    }
    let rotated = /-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}$/
    guard let match = try? rotated.firstMatch(in: name) else { return name }
    return String(name[..<match.range.lowerBound])
  }

  private static func show(_ step: ScenarioResult.FailedStep) {
    print("  first at step \(step.index), \(step.event)")
    for mismatch in step.mismatches.prefix(8) {
      print("    \(mismatch.field)")
      print("      recorded  \(mismatch.recorded)")
      print("      replayed  \(mismatch.computed)")
    }
  }

  private static func journal(_ path: String) throws -> IPAMDJournal {
    let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    defer { try? file.close() }  // Nothing was written.
    let source = ArchiveSource {
      let chunk = try file.readChunk(upTo: 1 << 17)
      return chunk.isEmpty ? nil : chunk[...]
    }
    if !path.hasSuffix(".gz") {
      var input = ArtifactInput(artifact: .ipamdLog, path: path) {
        let chunk = try file.readChunk(upTo: 1 << 17)
        return chunk.isEmpty ? nil : chunk[...]
      }
      return try IPAMDJournal.read(&input)
    }
    var reader = try ArchiveReader(source, form: .gzip)
    guard try reader.next() != nil else { return IPAMDJournal() }
    var bytes: [UInt8] = []
    while let chunk = try reader.nextChunk() { bytes += chunk }
    var input = ArtifactInput(artifact: .ipamdLog, path: path, bytes: bytes)
    return try IPAMDJournal.read(&input)
  }
}
