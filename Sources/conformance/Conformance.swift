import ConformanceKit
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `conformance [--calls] DIR`: runs every scenario file of a folder.
@main
struct ConformanceCommand {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let comparesCalls = arguments.contains("--calls")
    arguments.removeAll { $0 == "--calls" }
    guard arguments.count == 1, let folder = arguments.first else {
      print("usage: conformance [--calls] DIR")
      exit(2)
    }
    exit(run(folder, comparesCalls))
  }

  private static func run(_ folder: String, _ comparesCalls: Bool) -> Int32 {
    // Whatever the reason, the user can only name another folder.
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      print("\(folder) is not a folder that can be read")
      return 2
    }
    let files = names.filter { $0.hasSuffix(".json") }.sorted()
    guard !files.isEmpty else {
      print("\(folder) holds no scenario files (*.json)")
      return 2
    }
    var steps = 0
    var mismatches = 0
    var unreadable = 0
    var hasShown = false
    for file in files {
      do {
        let result = try Conformance.run(file: "\(folder)/\(file)", comparesCalls: comparesCalls)
        steps += result.steps
        mismatches += result.mismatchCount
        print(summary(file, result))
        if !hasShown, let first = result.failures.first {
          hasShown = true
          show(first)
        }
      } catch {
        unreadable += 1
        print("\(file): cannot be run: \(error)")
      }
    }
    print("\(files.count - unreadable) scenarios, \(steps) steps, \(mismatches) mismatches")
    return mismatches == 0 && unreadable == 0 ? 0 : 1
  }

  private static func summary(_ file: String, _ result: ScenarioResult) -> String {
    guard let first = result.failures.first else { return "\(file): \(result.steps) steps agree" }
    return "\(file): \(result.mismatchCount) mismatches in \(result.failures.count) of "
      + "\(result.steps) steps, first at step \(first.index)"
  }

  private static func show(_ step: ScenarioResult.FailedStep) {
    print("  step \(step.index), \(step.event)")
    for mismatch in step.mismatches {
      print("    \(mismatch.field)")
      print("      recorded  \(mismatch.recorded)")
      print("      computed  \(mismatch.computed)")
    }
  }
}
