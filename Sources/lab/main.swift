import Dispatch
import Foundation
import Glibc
import LabNode

// No `await` before a command was run inside a node: that needs a process of a single thread, and the
// first suspension makes more.

let words = CommandLine.arguments

if let first = words.first, let process = LabProcess(programName: first) {
  Task { @Sendable in
    do {
      try await process.run()
      exit(0)
    } catch {
      report("error: \(process.rawValue) cannot serve: \(error)")
      exit(1)
    }
  }
} else {
  do throws(LabError) {
    let action = try CommandLineAction(Array(words.dropFirst()))
    if let code = try action.runInside() { exit(code) }
    Task { @Sendable in
      exit(await action.run())
    }
  } catch {
    report(error.description)
    exit(error.code.rawValue)
  }
}
dispatchMain()
