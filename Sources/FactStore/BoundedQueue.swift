import Dispatch
import Synchronization

/// Hands values from one thread to another, of which only a few may wait on the way: whoever is
/// faster waits for the other.
public final class BoundedQueue<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  private let isStopped = Atomic(false)
  private let filled = DispatchSemaphore(value: 0)
  private let room: DispatchSemaphore

  /// Makes a queue in which `capacity` values may wait.
  public init(capacity: Int) {
    room = DispatchSemaphore(value: 0)
    // A semaphore that is let go below its first value ends the program.
    for _ in 0..<capacity { room.signal() }
  }

  /// Hands a value over; waits for room. False, and the value is dropped, once nobody takes any.
  public func put(_ element: Element) -> Bool {
    room.wait()
    guard !isStopped.load(ordering: .acquiring) else {
      // The next value has to get here as well.
      room.signal()
      return false
    }
    elements.withLock { $0.append(element) }
    filled.signal()
    return true
  }

  /// The next value; waits for it.
  public func take() -> Element {
    filled.wait()
    defer { room.signal() }
    return elements.withLock { $0.removeFirst() }
  }

  /// Says that nobody takes any further value.
  public func stop() {
    isStopped.store(true, ordering: .releasing)
    room.signal()
  }
}
