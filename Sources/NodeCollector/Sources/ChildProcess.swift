import CLinux
import Glibc
import SystemPackage

/// Where a program is started: below a root folder of its own, or in the collector's.
struct ProgramPlace: Sendable {
  let root: String?
  let path: String
}

/// Runs one program on the calling thread and takes what it writes, within bounds that hold
/// whatever the program does: it may hang, flood, ignore signals, leave children that keep its
/// output open, or sleep where no signal reaches it.
struct ChildProcess: Sendable {
  let place: ProgramPlace
  let arguments: [String]
  let environment: [String: String]
  /// Time limit of the program.
  let seconds: Double
  /// Time between the polite and the final signal.
  let graceSeconds: Double
  /// The same when the whole run is stopped.
  let cancelledGraceSeconds: Double

  /// How long a program may take to vanish after the final signal. One that sleeps in the kernel,
  /// as on a dead mount, can't be ended; it is left behind.
  static let abandonSeconds = 1.0

  /// Runs the program to its end, or to the end of our patience.
  func run(output: ItemSink, errors: ItemSink, stop: StopFlag) -> CommandSource.Outcome {
    do throws(Errno) {
      let pipes = try Pipes()
      defer { pipes.closeAll() }
      let child = try start(pipes)
      pipes.closeWriters()
      var watch = ChildWatch(child: child, pipes: pipes, output: output, errors: errors)
      watch.run(self, stop: stop)
      if let error = watch.startError {
        return .notStarted("cannot run \(place.path): \(Errno(rawValue: error))")
      }
      return .ended(watch.finished())
    } catch {
      return .notStarted("cannot run \(place.path): \(error)")
    }
  }

  private func start(_ pipes: Pipes) throws(Errno) -> CInt {
    let words = CStrings([place.path] + arguments)
    let variables = CStrings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    let path = CStrings([place.path] + (place.root.map { [$0] } ?? []))
    var program = unsafe cnitriage_program()
    unsafe program.path = unsafe path.first
    unsafe program.root = unsafe place.root == nil ? nil : path.second
    unsafe program.arguments = unsafe UnsafePointer(words.array)
    unsafe program.environment = unsafe UnsafePointer(variables.array)
    unsafe program.output = pipes.output.write
    unsafe program.errors = pipes.errors.write
    unsafe program.status = pipes.status.write
    let child = unsafe cnitriage_start(&program)
    words.free()
    variables.free()
    path.free()
    guard child > 0 else { throw Errno(rawValue: -child) }
    return child
  }
}

/// The three ways in which a child tells something: its two streams, and why it could not start.
struct Pipes: Sendable {
  struct Ends: Sendable {
    var read: CInt
    var write: CInt
  }

  let output: Ends
  let errors: Ends
  let status: Ends

  init() throws(Errno) {
    output = try Self.make()
    do {
      errors = try Self.make()
    } catch {
      Self.close(output)
      throw error
    }
    do {
      status = try Self.make()
    } catch {
      Self.close(output)
      Self.close(errors)
      throw error
    }
  }

  func closeWriters() {
    for end in [output.write, errors.write, status.write] { _ = Glibc.close(end) }
  }

  func closeAll() {
    for end in [output.read, errors.read, status.read] { _ = Glibc.close(end) }
  }

  /// A pipe whose ends are above the standard streams and stay with this process.
  private static func make() throws(Errno) -> Ends {
    var ends: [CInt] = [-1, -1]
    let code = unsafe cnitriage_pipe(&ends)
    guard code == 0 else { throw Errno(rawValue: code) }
    // Only our end may be impatient; a program expects its output to wait.
    _ = fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK)
    return Ends(read: lifted(ends[0]), write: lifted(ends[1]))
  }

  /// The descriptor itself, or a copy above the numbers that the child's own streams take.
  private static func lifted(_ descriptor: CInt) -> CInt {
    guard descriptor < 4 else { return descriptor }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 4)
    _ = Glibc.close(descriptor)
    return copy
  }

  private static func close(_ ends: Ends) {
    _ = Glibc.close(ends.read)
    _ = Glibc.close(ends.write)
  }
}

/// A list of texts as C wants it; freed by hand because the child is made in between.
@safe private struct CStrings {
  let array: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ texts: [String]) {
    count = texts.count
    unsafe array = .allocate(capacity: count + 1)
    for (index, text) in texts.enumerated() {
      unsafe (array + index).initialize(to: strdup(text))
    }
    unsafe (array + count).initialize(to: nil)
  }

  var first: UnsafePointer<CChar>? { unsafe UnsafePointer(array[0]) }
  var second: UnsafePointer<CChar>? { unsafe count > 1 ? UnsafePointer(array[1]) : nil }

  func free() {
    for index in 0..<count { unsafe Glibc.free(array[index]) }
    unsafe array.deallocate()
  }
}
