import FoundationEssentials

/// One recorded scenario: a node, a list of events, and what ipamd held after each of them.
struct Recording: Decodable {
  var limits: Limits?
  var scenario: Scenario
  var steps: [RecordedStep]

  struct Limits: Decodable {
    var maxENI: Int?
    var maxIPsPerENI: Int?
    var maxPrefixesPerENI: Int?
    var maxPods: Int?
    var ipCooldownSeconds: Double?
  }

  struct Scenario: Decodable {
    var name: String?
    var order: String?
    var config: Config
  }

  struct Config: Decodable {
    var instanceType: String?
    var eniLimit: Int?
    var addressesPerENI: Int?
    var hypervisor: String?
    var maxPods: Int?
    var env: [String: String]?
    var subnets: [RecordedSubnet]
    var eniConfigSubnet: String?
    var imdsLagSeconds: Double?
    var initialENIs: [RecordedENISpec]?
  }

  struct RecordedSubnet: Decodable {
    var id: String
    var cidr: String
    var cidr6: String?
    var tags: [String: String]?
    var freeAddresses: Int?
    var freePrefixes: Int?
  }

  static func read(_ path: String) throws -> Recording {
    let data = try Data(contentsOf: URL(filePath: path))
    return try JSONDecoder().decode(Recording.self, from: data)
  }
}

/// An ENI that was there before ipamd, or that somebody else attaches.
struct RecordedENISpec: Decodable {
  var secondaryIPs: Int?
  var prefixes: Int?
  var tags: [String: String]?
  var type: String?
}

struct RecordedEvent: Decodable {
  var at: Double
  var op: String
  var pod: String?
  var env: [String: String]?
  var unset: [String]?
  var pods: [String]?
  var api: String?
  var code: String?
  var count: Int?
  var subnet: String?
  var freeAddresses: Int?
  var freePrefixes: Int?
  var eni: String?
  var spec: RecordedENISpec?
  var which: String?
  var index: Int?
}

struct RecordedStep: Decodable {
  var index: Int?
  var event: RecordedEvent
  var startedAt: Double?
  var endedAt: Double?
  var before: RecordedDecision?
  var rpc: RecordedRPC?
  var initError: String?
  var actions: [RecordedAction]?
  var ec2Calls: [String: Int]?
  var state: RecordedState?
}

struct RecordedRPC: Decodable {
  var success: Bool?
  var ip: String?
  var device: Int?
  var eni: String?
  var error: String?
}

struct RecordedAction: Decodable {
  var api: String
  var eni: String?
  var subnet: String?
  var device: Int?
  var requested: Int?
  var kind: String?
  var granted: [String]?
  var released: [String]?
  var error: String?
}

struct RecordedDecision: Decodable {
  var tooLow: Bool?
  var tooHigh: Bool?
  var targetsDefined: Bool?
  var short: Int?
  var over: Int?
  var mayRemoveENI: Bool?
  var hasRoomForENI: Bool?
}

struct RecordedState: Decodable {
  var totalIPs: Int?
  var assignedIPs: Int?
  var cooldownIPs: Int?
  var availableIPs: Int?
  var totalPrefixes: Int?
  var freePrefixes: Int?
  var storeTotal: Int?
  var storeAssigned: Int?
  var eniCount: Int?
  var unmanagedENIs: Int?
  var decision: RecordedDecision?
  var cidrCooldownUntil: [String: Double]?
  var subnetBackoffUntil: Double?
  var lastDecrease: Double?
  var lastPoolAction: Double?
  var enis: [RecordedENI]?
}

struct RecordedENI: Decodable {
  var id: String
  var device: Int?
  var primary: Bool?
  var trunk: Bool?
  var efa: Bool?
  var excluded: Bool?
  var subnet: String?
  var createdAt: Double?
  var cidrs: [String]?
  var assigned: [String: String]?
  var released: [String: Double]?
}
