import BundleModel
import Dispatch
import Synchronization

/// The last line of a terminal while items run: what is being waited for, and for how long. It is
/// redrawn a few times a second, and removed before other text is written.
final class LiveLine: Sendable {
  private let screen: Screen
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "cnitriage.live")

  private struct State {
    var running: [(id: ArtifactID, since: DispatchTime)] = []
    var isShown = false
    var isOver = false
  }

  /// Seconds between two drawings; more often would only flicker.
  private static let pause = 0.25

  init(_ screen: Screen) {
    self.screen = screen
    drawLater()
  }

  private func drawLater() {
    queue.asyncAfter(deadline: .now() + Self.pause) { [weak self] in
      guard let self, draw() else { return }
      drawLater()
    }
  }

  func started(_ id: ArtifactID) {
    state.withLock { $0.running.append((id, .now())) }
  }

  /// Writes lines in the place of the live one.
  func write(_ text: String, after id: ArtifactID?) {
    state.withLock { state in
      if let id, let place = state.running.firstIndex(where: { $0.id == id }) {
        state.running.remove(at: place)
      }
      erase(&state)
      Console.error(text)
    }
  }

  /// Removes the line for good.
  func end() {
    state.withLock { state in
      erase(&state)
      state.isOver = true
    }
  }

  private func erase(_ state: inout State) {
    guard state.isShown else { return }
    state.isShown = false
    Console.error("\r\u{1B}[K")
  }

  /// Draws; `false` once the line is gone for good.
  private func draw() -> Bool {
    state.withLock { state in
      guard !state.isOver else { return false }
      guard let oldest = state.running.first else { return true }
      let seconds =
        (DispatchTime.now().uptimeNanoseconds - oldest.since.uptimeNanoseconds) / 1_000_000_000
      let others = state.running.count - 1
      let start = "  ....     " + oldest.id.rawValue.padded(to: 20)
      let detail = others > 0 ? "and \(others) more" : ""
      let end = "\(seconds) s"
      let room = min(screen.width, 80) - 1 - Cells.width(start) - Cells.width(end)
      let line = start + screen.clipped(detail, cells: max(0, room - 1))
      let blanks = max(1, min(screen.width, 80) - 11 - Cells.width(line) - Cells.width(end))
      let text = line + String(repeating: " ", count: blanks) + end
      Console.error("\r" + screen.painted(screen.clipped(text, cells: screen.width - 1), .dim))
      Console.error("\u{1B}[K")
      state.isShown = true
      return true
    }
  }
}
