import BundleReader
import Dispatch
import FactStore

/// Walks an input on a thread of its own, a few chunks ahead of whoever parses them: unpacking and
/// parsing take about the same time, so that two processors do both in the time of one.
enum ReadAhead {
  /// Gives the next bytes of a member, `nil` at its end.
  typealias NextChunk = () throws(BundleError) -> ArraySlice<UInt8>?

  /// Hands out the wanted members like the source itself, in its order. When this returns or
  /// throws, nobody reads the source any more.
  static func forEachMember(
    of source: some EvidenceSource, where isWanted: @escaping @Sendable (BundleMember) -> Bool,
    _ body: (BundleMember, @escaping NextChunk) throws -> Void
  ) throws {
    let pipe = ChunkPipe()
    DispatchQueue.global().async {
      pipe.fill(from: source, where: isWanted)
    }
    defer { pipe.stop() }
    while true {
      switch pipe.take() {
      case .member(let member):
        let rest = MemberRest(pipe)
        try body(member) { () throws(BundleError) in try rest.next() }
        rest.skip()
      case .failed(let error): throw error
      case .done: return
      // Without its member a chunk means nothing; `MemberRest` takes all of them.
      case .chunk, .memberEnd: break
      }
    }
  }
}

/// What is left of the member that is handed out.
private final class MemberRest {
  private let pipe: ChunkPipe
  private var hasEnded = false

  init(_ pipe: ChunkPipe) {
    self.pipe = pipe
  }

  func next() throws(BundleError) -> ArraySlice<UInt8>? {
    guard !hasEnded else { return nil }
    switch pipe.take() {
    case .chunk(let bytes): return bytes
    case .memberEnd(let error):
      hasEnded = true
      if let error { throw error }
      return nil
    case .member, .failed, .done: preconditionFailure("a member has an end")
    }
  }

  /// Drops what the body did not read.
  func skip() {
    while !hasEnded {
      if case .memberEnd = pipe.take() { hasEnded = true }
    }
  }
}

/// A bounded queue between the thread that unpacks and the one that parses.
private final class ChunkPipe: Sendable {
  enum Piece: Sendable {
    case member(BundleMember)
    case chunk(ArraySlice<UInt8>)
    /// The member's last byte was handed out, or its bytes could not be read any further.
    case memberEnd(BundleError?)
    /// The walk ended with an error.
    case failed(any Error)
    case done
  }

  /// Pieces that may wait: with chunks of 128 KiB, 2 MiB.
  private let queue = BoundedQueue<Piece>(capacity: 16)
  private let ended = DispatchSemaphore(value: 0)

  private struct Stopped: Error {}

  /// Walks the source to its end, or until `stop`.
  func fill(
    from source: some EvidenceSource, where isWanted: @Sendable (BundleMember) -> Bool
  ) {
    defer { ended.signal() }
    do {
      try source.forEachMember { member, next in
        guard isWanted(member) else { return }
        try put(.member(member))
        var failure: BundleError?
        do throws(BundleError) {
          while let chunk = try next(), queue.put(.chunk(chunk)) {}
        } catch {
          // Whoever reads the member gets it; the walk itself goes on, or fails on its own.
          failure = error
        }
        try put(.memberEnd(failure))
      }
      try put(.done)
    } catch is Stopped {
      // Nobody takes anything any more.
    } catch {
      _ = queue.put(.failed(error))
    }
  }

  /// The next piece; waits for it.
  func take() -> Piece { queue.take() }

  /// Ends the walk and waits until the source is left alone.
  func stop() {
    queue.stop()
    ended.wait()
  }

  private func put(_ piece: Piece) throws {
    guard queue.put(piece) else { throw Stopped() }
  }
}
