import BundleModel
import Facts
import IPAMReplay

/// A log in the words of ipamd v1.23.1, written step by step.
struct WrittenLog {
  private var lines: [String] = []
  private var addresses: [String: [Int]] = [:]
  private(set) var holders: [Int: String] = [:]
  private var releasedAt: [Int: Double] = [:]
  /// Seconds since the log began.
  var now = 0.0

  /// 2031-04-02T09:00:00Z.
  private static let origin: Int64 = 1_932_886_800

  mutating func line(_ message: String, level: String = "debug") {
    let milliseconds = Int64((now * 1000).rounded())
    let time = RFC3339.string(microseconds: (Self.origin * 1000 + milliseconds) * 1000)
    let text = message.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    lines.append(
      #"{"level":"\#(level)","ts":"\#(time)","caller":"ipamd/ipamd.go:1","msg":"\#(text)"}"#)
  }

  /// The pool's addresses by ENI, by their last parts.
  func pool() -> [String: [Int]] { addresses }

  var text: String { lines.joined(separator: "\n") + "\n" }

  /// What the log says.
  func journal(path: String = "ipamd.log") throws -> IPAMDJournal {
    var input = ArtifactInput(artifact: .ipamdLog, path: path, bytes: Array(text.utf8))
    return try IPAMDJournal.read(&input)
  }

  /// The faults of the log.
  func faults(_ id: Fault.ID) throws -> [Fault] {
    var replay = LogReplay([try journal()])
    return replay.finish().faults.filter { $0.id == id }
  }

  // MARK: Steps

  /// ipamd starts with a primary ENI.
  mutating func start(
    _ targets: [String: Int] = ["WARM_IP_TARGET": 2], release: String = "v1.23.1",
    addresses: Int = 4,
    maxPods: Int = 29
  ) {
    self.addresses = [:]
    holders = [:]
    releasedAt = [:]
    line("Starting L-IPAMD \(release)  ...", level: "info")
    line("Found instance-type: m5.large ")
    for (name, value) in targets.sorted(by: { $0.key < $1.key }) { line("Using \(name) \(value)") }
    line("Prefix Delegation enabled false", level: "info")
    line("initialized datastore for network cards index 0", level: "info")
    line("Start node init")
    line("Max ip per ENI 9 and max prefixes per ENI 0")
    line("Found ENI: eni-0a, MAC 02:00:00:00:00:00, device 0")
    line("eni-0a is the primary ENI of this instance")
    addENI("eni-0a", addresses: addresses)
    line("backing store doesn't exists, assuming bootstrap on a new node")
    line("node init completed successfully")
    line(
      "IP pool manager - max pods: \(maxPods), warm IP target: \(targets["WARM_IP_TARGET"] ?? 0), "
        + "warm prefix target: 0, warm ENI target: \(targets["WARM_ENI_TARGET"] ?? 1), "
        + "minimum IP target: \(targets["MINIMUM_IP_TARGET"] ?? 0)", level: "info")
    line("Serving RPC Handler version \(release) on 127.0.0.1:50051", level: "info")
  }

  mutating func addENI(_ eni: String, addresses count: Int) {
    line("DataStore add an ENI \(eni)")
    self.addresses[eni] = []
    for _ in 0..<count { addAddress(to: eni) }
  }

  mutating func addAddress(to eni: String) {
    let number = (addresses.values.joined().max() ?? 9) + 1
    addAddress(number, to: eni)
  }

  mutating func addAddress(_ number: Int, to eni: String) {
    line("Adding 10.0.0.\(number)/32 to DS for \(eni)", level: "info")
    line("Added ENI(\(eni))'s IP/Prefix 10.0.0.\(number)/32 to datastore", level: "info")
    addresses[eni, default: []].append(number)
  }

  mutating func removeAddress(_ number: Int, from eni: String) {
    line("Deleted ENI(\(eni))'s IP/Prefix 10.0.0.\(number)/32 from datastore", level: "info")
    addresses[eni]?.removeAll { $0 == number }
    releasedAt[number] = nil
    holders[number] = nil
  }

  mutating func removeENI(_ eni: String) {
    let count = addresses[eni]?.count ?? 0
    line(
      "RemoveUnusedENIFromStore \(eni): IP/Prefix address pool stats: free \(count) addresses, total: 0, assigned: 0, total prefixes: 0",
      level: "info")
    addresses[eni] = nil
  }

  private var total: Int { addresses.values.reduce(0) { $0 + $1.count } }

  private var cooling: Int { releasedAt.values.count { now - $0 <= 30 } }

  /// A pass of the pool loop that finds nothing to do.
  mutating func tick() {
    now += 5
    line(
      "hasRoomForEni: networkCard=0, currentENIs=\(addresses.count), currentUsableENIs=\(addresses.count), "
        + "maxENI=3, unmanagedENI=0, trunkEni=0, excludedENI=0, hasRoom=\(addresses.count < 3)")
    line(
      "IP stats for Network Card 0 - total IPs: \(total), assigned IPs: \(holders.count), cooldown IPs: \(cooling)"
    )
  }

  mutating func ticks(_ count: Int) { for _ in 0..<count { tick() } }

  /// A pod asks for an address.
  mutating func add(_ pod: String, address: Int?) {
    now += 0.1
    line("Received AddNetwork for NS /proc/1/ns/net, Sandbox c-\(pod), ifname eth0", level: "info")
    line(
      "AddNetworkRequest: ClientVersion:\"v1.23.1\" K8S_POD_NAME:\"\(pod)\" K8S_POD_NAMESPACE:\"shop\" ContainerID:\"c-\(pod)\" IfName:\"eth0\""
    )
    line("AssignPodIPv4Address: IP address pool stats: total \(total), assigned \(holders.count)")
    guard let address else {
      line("DataStore has no available IP/Prefix addresses", level: "error")
      line(
        "Send AddNetworkReply: Success: false IPAddr: [], resp: , err: AssignPodIPAddress: no available IP/Prefix addresses",
        level: "info")
      return
    }
    line(
      "assignPodIPAddressUnsafe: Assign IP 10.0.0.\(address) to sandbox aws-cni/c-\(pod)/eth0 with metadata {K8SPodNamespace:shop K8SPodName:\(pod) InterfacesCount:1}",
      level: "info")
    holders[address] = pod
    releasedAt[address] = nil
    line(
      "Send AddNetworkReply: Success: true IPAddr: [IPv4Addr:\"10.0.0.\(address)\" RouteTableId:254], resp: Success:true, err: <nil>",
      level: "info")
  }

  /// A pod gives its address back.
  mutating func delete(_ pod: String, took seconds: Double = 0) {
    now += 0.1
    guard let address = holders.first(where: { $0.value == pod })?.key else { return }
    line("Received DelNetwork for Sandbox c-\(pod)", level: "info")
    line("UnassignPodIPAddress: IP address pool stats: total \(total), assigned \(holders.count)")
    line(
      "unassignPodIPAddressUnsafe: Unassign IP 10.0.0.\(address) from sandbox aws-cni/c-\(pod)/eth0",
      level: "info")
    line(
      "IP 10.0.0.\(address) entering cooldown period of 30s (available after 2031-04-02T09:00:30Z)")
    line(
      "UnassignPodIPAddress: sandbox aws-cni/c-\(pod)/eth0's ipAddr 10.0.0.\(address), DeviceNumber 0",
      level: "info")
    holders[address] = nil
    releasedAt[address] = now
    now += seconds
    line(
      "Send DelNetworkReply: IPAddress: [IPv4Addr:\"10.0.0.\(address)\"], err: <nil>", level: "info"
    )
  }

  /// A run of reconcile.
  mutating func reconcile(_ body: (inout WrittenLog) -> Void) {
    line("Reconciling ENI/IP pool info because time since last 1m5s > 1m0s")
    for eni in addresses.keys.sorted() { line("Reconcile existing ENI \(eni) IP pool") }
    body(&self)
    line("Successfully Reconciled ENI/IP pool")
  }
}
