import BundleModel
import CLinux
import Glibc

/// Asks the kernel over netlink: lists of links, addresses, routes, sockets, connections. Only
/// requests that read are sent. The calls block, so they belong on a ``BlockingThread``; the socket
/// belongs to the network namespace of the thread that opened it.
struct NetlinkSource: Sendable {
  /// The parts of the kernel that are asked.
  enum Part: Int32, Sendable {
    case route = 0
    case socketDiagnosis = 4
    case netfilter = 12
  }

  /// One list to ask for.
  struct Request: Sendable {
    var part: Part
    var type: UInt16
    var body: [UInt8]
  }

  /// Why nothing could be had.
  struct Failure: Error, Sendable, Equatable {
    var status: ItemStatus
    var reason: String
  }

  /// How far a list was read.
  enum Extent: Sendable, Equatable {
    case complete
    /// The kernel's tables changed meanwhile, or its answer could not be followed to the end.
    case partial(String)
  }

  /// A list and how far it was read.
  struct List: Sendable {
    var messages: [NetlinkMessage] = []
    var extent = Extent.complete
  }

  /// Seconds that the kernel may stay silent.
  var patience = 2
  /// The most messages of one list.
  var limit = 200_000
  /// How often a list is asked for again that changed while it was read.
  var attempts = 3

  /// Asks for a list. One that changed while it was read is asked for again; if it never holds
  /// still, the last reading is given as partial.
  func list(_ request: Request) -> Result<List, Failure> {
    var last = List()
    for _ in 0..<attempts {
      var messages: [NetlinkMessage] = []
      let outcome = read(request) { message in
        messages.append(message)
        return messages.count < limit
      }
      switch outcome {
      case .failure(let failure): return .failure(failure)
      case .success(let extent): last = List(messages: messages, extent: extent)
      }
      if last.extent == .complete || messages.count >= limit { break }
    }
    return .success(last)
  }

  /// Reads a list message by message, without keeping it; `each` answers whether to go on.
  func read(
    _ request: Request, each: (NetlinkMessage) -> Bool
  ) -> Result<Extent, Failure> {
    switch NetlinkSocket.open(request.part, seconds: patience) {
    case .failure(let failure): return .failure(failure)
    case .success(let descriptor):
      let socket = NetlinkSocket(descriptor)
      return socket.dump(request, each: each)
    }
  }

  /// The one answer to a question that is no list.
  func answer(_ request: Request) -> Result<NetlinkMessage, Failure> {
    switch NetlinkSocket.open(request.part, seconds: patience) {
    case .failure(let failure): return .failure(failure)
    case .success(let descriptor):
      return NetlinkSocket(descriptor).ask(request)
    }
  }
}

/// An open socket and the port that the kernel gave it.
private struct NetlinkSocket: ~Copyable {
  /// What ``open(_:seconds:)`` gives.
  struct Descriptor {
    var number: CInt
    var port: UInt32
  }

  private let descriptor: Descriptor
  private static let sequence: UInt32 = 1
  /// Larger than any datagram that the kernel makes for a list.
  private static let bufferBytes = 256 << 10

  init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor.number)
  }

  static func open(
    _ part: NetlinkSource.Part, seconds: Int
  ) -> Result<Descriptor, NetlinkSource.Failure> {
    var port: UInt32 = 0
    let number = unsafe cnitriage_netlink_open(part.rawValue, Int32(clamping: seconds), &port)
    guard number >= 0 else { return .failure(failure(-number)) }
    return .success(Descriptor(number: number, port: port))
  }

  func dump(
    _ request: NetlinkSource.Request, each: (NetlinkMessage) -> Bool
  ) -> Result<NetlinkSource.Extent, NetlinkSource.Failure> {
    if let failure = send(request, flags: NetlinkMessage.Flag.dump) { return .failure(failure) }
    var extent = NetlinkSource.Extent.complete
    var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
    while true {
      let datagram: ArraySlice<UInt8>
      switch receive(&buffer) {
      case .failure(let failure): return .failure(failure)
      case .success(let bytes): datagram = bytes
      }
      let (messages, isDamaged) = NetlinkMessage.messages(in: datagram)
      for message in messages where isOurs(message) {
        if message.flags & NetlinkMessage.Flag.dumpInterrupted != 0 {
          extent = .partial("the kernel's tables changed while they were read")
        }
        switch message.type {
        case NetlinkMessage.Control.error, NetlinkMessage.Control.done:
          // Both carry a negative error number; a list that ended well carries 0.
          if let failure = Self.failure(in: message) { return .failure(failure) }
          return .success(extent)
        case NetlinkMessage.Control.overrun:
          return .success(.partial("the kernel lost messages"))
        case let type where type < 16: continue
        default:
          if !each(message) { return .success(.partial("cut at the limit of messages")) }
        }
      }
      if isDamaged { return .success(.partial("a message's length contradicts its datagram")) }
    }
  }

  func ask(
    _ request: NetlinkSource.Request
  ) -> Result<NetlinkMessage, NetlinkSource.Failure> {
    if let failure = send(request, flags: 0) { return .failure(failure) }
    var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
    switch receive(&buffer) {
    case .failure(let failure): return .failure(failure)
    case .success(let datagram):
      let messages = NetlinkMessage.messages(in: datagram).messages
      guard let message = messages.first(where: { isOurs($0) }) else {
        return .failure(.init(status: .error, reason: "the kernel's answer cannot be read"))
      }
      if message.type == NetlinkMessage.Control.error {
        return .failure(
          Self.failure(in: message) ?? .init(status: .error, reason: "an empty answer"))
      }
      return .success(message)
    }
  }

  /// Answers to somebody else's questions are none of ours.
  private func isOurs(_ message: NetlinkMessage) -> Bool {
    message.sequence == Self.sequence && message.port == descriptor.port
  }

  private func send(
    _ request: NetlinkSource.Request, flags: UInt16
  ) -> NetlinkSource.Failure? {
    let bytes = NetlinkMessage.request(
      type: request.type, flags: NetlinkMessage.Flag.request | flags, sequence: Self.sequence,
      body: request.body)
    let error = unsafe bytes.withUnsafeBytes { bytes in
      unsafe cnitriage_netlink_send(descriptor.number, bytes.baseAddress, bytes.count)
    }
    return error == 0 ? nil : Self.failure(error)
  }

  /// The next datagram of the kernel, copied out of the buffer.
  private func receive(
    _ buffer: inout [UInt8]
  ) -> Result<ArraySlice<UInt8>, NetlinkSource.Failure> {
    while true {
      var sender: UInt32 = 0
      let length = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe cnitriage_netlink_receive(
          descriptor.number, bytes.baseAddress, bytes.count, &sender)
      }
      if length == -Int(EINTR) { continue }
      guard length >= 0 else { return .failure(Self.failure(Int32(clamping: -length))) }
      // Any process may send to a netlink port; only the kernel is believed.
      guard sender == 0 else { continue }
      guard length <= buffer.count else {
        return .failure(.init(status: .error, reason: "a datagram of \(length) bytes was cut"))
      }
      return .success(Array(buffer[..<length])[...])
    }
  }

  private static func failure(in message: NetlinkMessage) -> NetlinkSource.Failure? {
    guard let code = message.body.u32(0) else { return nil }
    let error = -Int64(Int32(bitPattern: code))
    return error == 0 ? nil : failure(Int32(clamping: error))
  }

  private static func failure(_ error: CInt) -> NetlinkSource.Failure {
    switch error {
    case EPERM, EACCES: .init(status: .denied, reason: "the kernel refused: needs root")
    case EAGAIN: .init(status: .timeout, reason: "the kernel gave no answer")
    case EPROTONOSUPPORT, EOPNOTSUPP, EAFNOSUPPORT:
      .init(status: .unsupported, reason: "this kernel has no such list (error \(error))")
    case ENOENT: .init(status: .missing, reason: "the kernel has no such thing")
    case ENODEV: .init(status: .missing, reason: "the interface is gone")
    default: .init(status: .error, reason: "netlink error \(error)")
    }
  }
}
