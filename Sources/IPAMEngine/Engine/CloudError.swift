/// A refusal of EC2 or of the metadata service.
public struct CloudError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Error code as EC2 writes it.
  public let code: String
  /// The interface the message names, if it names one.
  public let interface: ENIID?

  /// A refusal with `code`.
  public init(code: String, interface: ENIID? = nil) {
    self.code = code
    self.interface = interface
  }

  /// The subnet has no free `/28`.
  public static let insufficientCIDRBlocks = "InsufficientCidrBlocks"
  /// The subnet has too few free addresses.
  public static let insufficientFreeAddresses = "InsufficientFreeAddressesInSubnet"
  /// The ENI would hold more addresses than its type allows.
  public static let addressLimitExceeded = "PrivateIpAddressLimitExceeded"
  /// The ENI does not exist.
  public static let interfaceNotFound = "InvalidNetworkInterfaceID.NotFound"

  var isAddressLimit: Bool { code == Self.addressLimitExceeded }
  var isNotFound: Bool { code == Self.interfaceNotFound }

  /// The code.
  public var description: String { code }
}
