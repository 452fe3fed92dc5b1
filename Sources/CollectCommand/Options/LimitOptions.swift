import ArgumentParser
import NodeCollector

/// How much the run may take of the node, and which part of the logs it wants.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Logs from this time on: 90m, 24h, 7d, an RFC 3339 time, or all.", valueName: "time"))
  var since: String = "48h"

  @Option(help: ArgumentHelp("Logs up to this time, in the same forms.", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Longest time of the whole run.", valueName: "seconds"))
  var timeout: SpanArgument = SpanArgument(seconds: 300)

  @Option(help: "Factor for the time limit of every item.")
  var timeoutScale: Double = 1

  @Option(help: "Items in flight.")
  var jobs: Int = 4

  @Option(help: ArgumentHelp("Most raw bytes in the bundle.", valueName: "size"))
  var maxSize: SizeArgument = SizeArgument(bytes: 1 << 30)

  @Option(
    help: ArgumentHelp(
      "Space that stays free on the output's file system (default: 5 %, at least 512 MiB).",
      valueName: "size"))
  var minFree: SizeArgument?

  func validate() throws {
    guard timeout.seconds > 0, timeoutScale > 0 else {
      throw ValidationError("--timeout and --timeout-scale must be greater than 0.")
    }
    guard (1...64).contains(jobs) else {
      throw ValidationError("--jobs must be between 1 and 64.")
    }
    guard maxSize.bytes >= 1 << 20 else {
      throw ValidationError("--max-size must be at least 1MiB.")
    }
  }

  var limits: CollectLimits {
    CollectLimits(
      runSeconds: timeout.seconds, jobs: jobs, totalBytes: maxSize.bytes,
      timeoutScale: timeoutScale, minimumFreeBytes: minFree?.bytes)
  }
}
