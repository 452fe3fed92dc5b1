/// R3: which environment variables keep their value. A list of what is allowed, because nobody
/// knows all names that hold secrets.
public enum EnvironmentRedaction {
  /// Whether the value of a variable may stand in a bundle. The value still passes R1.
  public static func isAllowed(name: some StringProtocol) -> Bool {
    isAllowed(name: Array(name.utf8)[...])
  }

  /// The same for a name as bytes.
  public static func isAllowed(name: ArraySlice<UInt8>) -> Bool {
    names.contains { $0.utf8.elementsEqual(name) }
      || (prefixes.contains { hasPrefix(name, $0) } && !endsLikeSecret(name))
      || isEndpoint(name)
  }

  /// Beginnings of names that belong to the CNI, the node or the cluster.
  public static let prefixes = [
    "AWS_VPC_", "WARM_", "ENABLE_", "DISABLE_", "POD_", "ENI_CONFIG_", "CLUSTER_", "MY_",
    "KUBERNETES_SERVICE_",
  ]

  /// Single names. `KUBELET_ARGS` and `KUBELET_EXTRA_ARGS` hold flags like `NODEADM_KUBELET_ARGS`.
  public static let names = [
    "MINIMUM_IP_TARGET", "MAX_ENI", "IP_COOLDOWN_PERIOD", "VPC_ID", "VPC_CNI_VERSION",
    "NETWORK_POLICY_ENFORCING_MODE", "INTROSPECTION_BIND_ADDRESS", "ANNOTATE_POD_IP",
    "MANAGE_UNTAGGED_ENI", "AWS_MANAGE_ENIS_NON_SCHEDULABLE", "AWS_EXTERNAL_SERVICE_CIDRS",
    "ADDITIONAL_ENI_TAGS", "USE_PROMETHEUS", "HOST_CNI_BIN_PATH", "HOST_CNI_CONFDIR_PATH",
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_STS_REGIONAL_ENDPOINTS", "AWS_EC2_ENDPOINT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "no_proxy", "NODEADM_KUBELET_ARGS", "KUBELET_ARGS",
    "KUBELET_EXTRA_ARGS", "GODEBUG", "GOMAXPROCS", "GOMEMLIMIT",
  ]

  /// `AWS_USE_*_ENDPOINT`.
  private static func isEndpoint(_ name: ArraySlice<UInt8>) -> Bool {
    hasPrefix(name, "AWS_USE_") && name.count > 17
      && name.suffix(9).elementsEqual("_ENDPOINT".utf8)
  }

  /// `MY_PASSWORD` has an allowed beginning, but its end counts more.
  private static func endsLikeSecret(_ name: ArraySlice<UInt8>) -> Bool {
    let window = Window(bytes: Array(name), end: name.count)
    guard let kind = SecretName(window, 0, name.count) else { return false }
    return kind == .password || kind == .key || kind == .word
  }

  private static func hasPrefix(_ name: ArraySlice<UInt8>, _ prefix: String) -> Bool {
    name.starts(with: prefix.utf8)
  }
}

/// What an environment file's line says about the lines behind it.
enum EnvironmentContinuation: Sendable, Equatable {
  case none
  /// The line ended with a backslash, or inside quotes: its value goes on.
  case value(isMasked: Bool, quote: UInt8?)
}

/// One line of an environment file: which part is a value, and whether it may stay.
struct EnvironmentLine {
  /// The value to mask; nil if the line holds none or an allowed one.
  var masked: Range<Int>?
  /// The user information of a proxy's address, which goes under R2.
  var userInformation: Range<Int>?
  var continuation = EnvironmentContinuation.none

  init(
    _ window: Window, from lineStart: Int, to lineEnd: Int, after earlier: EnvironmentContinuation
  ) {
    let end =
      window[lineEnd - 1] == Byte.carriageReturn && lineEnd > lineStart
      ? lineEnd - 1 : lineEnd
    if case .value(let isMasked, let quote) = earlier {
      set(window, lineStart..<end, isMasked: isMasked, quote: quote)
      return
    }
    var start = window.runEnd(from: lineStart) { $0.isBlank }
    if window.has("export ", at: start) {
      start = window.runEnd(from: start + 7) { $0.isBlank }
    }
    let nameEnd = window.runEnd(from: start) { $0.isAlphanumeric || $0 == Byte.underscore }
    let equals = window.runEnd(from: nameEnd) { $0.isBlank }
    guard nameEnd > start, window[equals] == Byte.equals, equals < end else { return }
    let valueStart = min(window.runEnd(from: equals + 1) { $0.isBlank }, end)
    let isAllowed = EnvironmentRedaction.isAllowed(name: window.bytes[start..<nameEnd])
    set(window, valueStart..<end, isMasked: !isAllowed, quote: nil)
    if isAllowed, end - valueStart > 0, window.has("proxy", at: nameEnd - 5) {
      userInformation = Self.userInformation(window, valueStart..<end)
    }
  }

  /// What stands before the last @ of an address, behind its scheme.
  private static func userInformation(_ window: Window, _ value: Range<Int>) -> Range<Int>? {
    guard let at = window.bytes[value].lastIndex(of: Byte.at) else { return nil }
    let scheme = window.find("://", from: value.lowerBound, to: at).map { $0 + 3 }
    let start = window.runEnd(from: scheme ?? value.lowerBound, limit: 1) { $0.isQuote }
    return start < at && !window.has("<redacted", at: start) ? start..<at : nil
  }

  /// Records the value and whether it is open at the line's end.
  private mutating func set(_ window: Window, _ value: Range<Int>, isMasked: Bool, quote: UInt8?) {
    var open = quote
    var index = value.lowerBound
    while index < value.upperBound {
      let byte = window[index]
      if byte == Byte.backslash, open != Byte.apostrophe {
        index += 2
        continue
      }
      if let quote = open {
        if byte == quote { open = nil }
      } else if byte.isQuote {
        open = byte
      }
      index += 1
    }
    var content = value
    if index > value.upperBound {
      // A backslash at the end joins the next line, and must stay to do so.
      content = value.lowerBound..<value.upperBound - 1
      continuation = .value(isMasked: isMasked, quote: open)
    } else if open != nil {
      continuation = .value(isMasked: isMasked, quote: open)
    }
    let isDone = window.has("<redacted", at: content.lowerBound)
    if isMasked, !content.isEmpty, !isDone { masked = content }
  }
}
