/// The log of an address manager at DEBUG level, made up: a node whose pool is looked at every five
/// seconds and reconciled every minute, and on which pods come and go while it is busy.
///
/// Times, addresses, ids and names differ from line to line as on a real node; the same seed gives
/// the same bytes.
struct NodeLog {
  /// What was written and not taken yet.
  private(set) var bytes: [UInt8] = []

  private var random = Random(state: 0x5eed)
  /// Microseconds since the log's first day.
  private var now: Int64 = 9 * 3_600_000_000
  private var pass = 0
  private var pods: [Pod] = []
  private var free: [Int]
  /// Addresses that are not given out yet, in the order of their release.
  private var cooling: [(address: Int, since: Int64)] = []
  private let enis: [String]
  private let shape: Shape

  /// The node and what pods do on it.
  struct Shape {
    /// ENIs, each with `perENI` addresses of pods.
    var enis = 3
    /// Addresses of pods on each ENI.
    var perENI = 9
    /// Pods that the log begins with.
    var pods = 12
    /// Pods that come or go in a minute while the node is busy.
    var turnover = 1
    /// Addresses that are tried before a free one is found.
    var tries = 8
    /// The instance's type, which tells how many ENIs there may be.
    var type = "m5.large"

    /// A node of some 110 pods on which so many come and go that a day of its log has about 1 GiB.
    static let day = Shape(
      enis: 5, perENI: 29, pods: 110, turnover: 48, tries: 64, type: "m5.4xlarge")
  }

  private var addresses: Int { shape.enis * shape.perENI }

  private struct Pod {
    var address: Int
    var container: String
    var name: String
  }

  private struct Random {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  init(_ shape: Shape = Shape()) {
    self.shape = shape
    enis = (0..<shape.enis).map { "eni-0aaa1111bbbb2222\($0)" }
    free = Array(0..<shape.enis * shape.perENI)
    write("info", "main.go:105", "Starting L-IPAMD v1.23.1  ...")
    write("debug", "awsutils.go:560", "Found instance-type: \(shape.type) ")
    write("debug", "ipamd.go:415", "Using WARM_ENI_TARGET 1")
    write("info", "ipamd.go:415", "Prefix Delegation enabled false")
    write("debug", "ipamd.go:415", "Start node init")
    write("debug", "ipamd.go:464", "Max ip per ENI \(shape.perENI) and max prefixes per ENI 0")
    for (device, eni) in enis.enumerated() { join(eni, device) }
    write("debug", "ipamd.go:600", "node init completed successfully")
    write(
      "info", "ipamd.go:782",
      "IP pool manager - max pods: 250, warm IP target: 0, warm prefix target: 0, warm ENI target: 1, minimum IP target: 0"
    )
    for _ in 0..<shape.pods { add() }
  }

  private mutating func join(_ eni: String, _ device: Int) {
    write(
      "debug", "awsutils.go:723",
      "Found ENI: \(eni), MAC 06:5e:11:aa:20:0\(device), device \(device)")
    if device == 0 {
      write("debug", "awsutils.go:560", "\(eni) is the primary ENI of this instance")
    }
    write("debug", "ipamd.go:1284", "DataStore add an ENI \(eni)")
    for index in device * shape.perENI..<(device + 1) * shape.perENI {
      write("info", "ipamd.go:1462", "Adding \(Self.address(index))/32 to DS for \(eni)")
      write(
        "info", "ipamd.go:1463",
        "Added ENI(\(eni))'s IP/Prefix \(Self.address(index))/32 to datastore")
    }
  }

  /// Writes what happens in five seconds.
  mutating func step(isBusy: Bool) {
    pass += 1
    now += 5_000_000 + Int64(random.next(3000))
    while let first = cooling.first, now - first.since > 30_000_000 {
      free.append(first.address)
      cooling.removeFirst()
    }
    loop()
    if pass % 12 == 0 { reconcile() }
    guard isBusy else { return }
    // As many in every minute, evenly over its passes.
    let place = pass % 12
    for _ in 0..<(shape.turnover * (place + 1) / 12 - shape.turnover * place / 12) {
      let isFull = free.isEmpty || pods.count >= shape.pods
      if pods.count > shape.pods / 2, isFull || random.next(2) == 0 {
        delete()
      } else if !free.isEmpty {
        add()
      }
    }
  }

  /// Gives everything that was written and forgets it.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func loop() {
    let used = pods.count
    write(
      "debug", "ipamd.go:700",
      #"Node found \"ip-10-42-7-19.eu-west-2.compute.internal\" - no of taints - 0"#)
    write(
      "debug", "ipamd.go:805",
      "IP stats for Network Card 0 - total IPs: \(addresses), assigned IPs: \(used), cooldown IPs: \(coolingCount)"
    )
    write("debug", "ipamd.go:1358", pool)
    write(
      "debug", "ipamd.go:1102",
      "IP pool is NOT too low for Network Card 0: available (\(addresses - used)) >= ENI target (1) * addrsPerENI (\(shape.perENI))"
    )
    write("debug", "ipamd.go:1380", "is datastore pool low for networkCard 0, decision false")
    for eni in enis.dropFirst() {
      write(
        "debug", "data_store.go:1021", "ENI \(eni) cannot be deleted because it has pods assigned")
    }
  }

  private var pool: String {
    "IP pool stats for network card 0: Total IPs/Prefixes = \(addresses)/0, AssignedIPs/CooldownIPs: \(pods.count)/\(coolingCount), c.maxIPsPerENI = \(shape.perENI)"
  }

  private var coolingCount: Int { cooling.count { now - $0.since <= 30_000_000 } }

  private mutating func reconcile() {
    write(
      "debug", "ipamd.go:1420",
      "Reconciling ENI/IP pool info because time since last 1m\(random.next(60)).\(random.next(999_999))s > 1m0s"
    )
    write("debug", "awsutils.go:1651", "Total number of interfaces found: \(shape.enis) ")
    for (device, eni) in enis.enumerated() {
      write("debug", "awsutils.go:723", "Found ENI MAC address: 06:5e:11:aa:20:0\(device)")
      write(
        "debug", "awsutils.go:723",
        "Found ENI: \(eni), MAC 06:5e:11:aa:20:0\(device), device \(device)")
    }
    for (device, eni) in enis.enumerated() {
      write("debug", "ipamd.go:1427", "Reconcile existing ENI \(eni) IP pool")
      write(
        "debug", "ipamd.go:1450",
        "Reconcile and skip primary IP 10.42.9.\(80 + device) on ENI \(eni)")
      for index in device * shape.perENI..<(device + 1) * shape.perENI {
        write("info", "ipamd.go:1461", "Trying to add \(Self.address(index))")
        write("info", "ipamd.go:1462", "Adding \(Self.address(index))/32 to DS for \(eni)")
        write("info", "ipamd.go:1463", "IP already in DS")
      }
      write("debug", "ipamd.go:1427", "Reconcile existing ENI \(eni) IP prefixes")
      write("debug", "ipamd.go:1470", "Found prefix pool count 0 for eni \(eni)")
    }
    write("debug", "ipamd.go:1480", "Successfully Reconciled ENI/IP pool")
    write("debug", "ipamd.go:1358", pool)
  }

  private mutating func add() {
    let pod = Pod(
      address: free.remove(at: random.next(free.count)), container: hex(64),
      name: "cart-\(hex(10))-\(hex(5))")
    let address = Self.address(pod.address)
    let card = "data_store.go:738"
    write(
      "info", "rpc.pb.go:713",
      "Received AddNetwork for NS /var/run/netns/cni-\(hex(8))-\(hex(4))-\(hex(12)), Sandbox \(pod.container), ifname eth0"
    )
    write(
      "debug", "rpc.pb.go:713",
      #"AddNetworkRequest: K8S_POD_NAME:\"\#(pod.name)\"  K8S_POD_NAMESPACE:\"shop\" K8S_POD_INFRA_CONTAINER_ID:\"\#(pod.container)\" ContainerID:\"\#(pod.container)\" IfName:\"eth0\" NetworkName:\"aws-cni\""#
    )
    write(
      "debug", card,
      "AssignPodIPv4Address: IP address pool stats: total \(addresses), assigned \(pods.count)"
    )
    for used in pods.prefix(shape.tries) {
      let cidr = "\(Self.address(used.address))/32"
      write(
        "debug", card,
        "Unable to get IP address from CIDR: no free IP available in the prefix - \(cidr)")
      write(
        "debug", card, "Get free IP from prefix failed no free IP available in the prefix - \(cidr)"
      )
    }
    write("debug", card, "New IP from CIDR pool- \(address)")
    write("debug", card, "Allocating new IP \(address) from CIDR \(address)/32 for pod")
    write("debug", card, "Returning Free IP \(address)")
    write(
      "info", card,
      "assignPodIPAddressUnsafe: Assign IP \(address) to sandbox aws-cni/\(pod.container)/eth0 with metadata {K8SPodNamespace:shop K8SPodName:\(pod.name) InterfacesCount:1}"
    )
    write(
      "info", "rpc.pb.go:713",
      "Assigned IP from network card: 0 -> IPv4: \(address), IPv6: , device number: 0, ")
    write("debug", "rpc.pb.go:713", "VPC CIDR 10.42.0.0/16")
    write(
      "info", "rpc.pb.go:713",
      #"Send AddNetworkReply: Success: true IPAddr: [IPv4Addr:\"\#(address)\" RouteTableId:254], resp: Success:true, err: <nil>"#
    )
    pods.append(pod)
  }

  private mutating func delete() {
    let pod = pods.remove(at: random.next(pods.count))
    let address = Self.address(pod.address)
    cooling.append((pod.address, now))
    let card = "data_store.go:1500"
    write("info", "rpc.pb.go:731", "Received DelNetwork for Sandbox \(pod.container)")
    write(
      "debug", "rpc.pb.go:731",
      #"DelNetworkRequest: K8S_POD_NAME:\"\#(pod.name)\" K8S_POD_NAMESPACE:\"shop\" K8S_POD_INFRA_CONTAINER_ID:\"\#(pod.container)\" ContainerID:\"\#(pod.container)\""#
    )
    write(
      "debug", card,
      "UnassignPodIPAddress: IP address pool stats: total \(addresses), assigned \(pods.count + 1), sandbox aws-cni/\(pod.container)/eth0"
    )
    write(
      "info", card,
      "unassignPodIPAddressUnsafe: Unassign IP \(address) from sandbox aws-cni/\(pod.container)/eth0"
    )
    write(
      "debug", card,
      "IP \(address) entering cooldown period of 30s (available after \(Self.time(now + 30_000_000)))"
    )
    write(
      "info", card,
      "UnassignPodIPAddress: sandbox aws-cni/\(pod.container)/eth0's ipAddr \(address), DeviceNumber 0"
    )
    write("debug", "rpc.pb.go:731", "IPs allocated for the pod: 1")
    write(
      "info", "rpc.pb.go:731",
      #"Send DelNetworkReply: IPAddress: [IPv4Addr:\"\#(address)\"], err: <nil>"#)
  }

  private static func address(_ index: Int) -> String {
    "10.42.\(3 + index / 29).\(17 + index % 29 * 7)"
  }

  private mutating func hex(_ count: Int) -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<count).map { _ in digits[random.next(16)] })
  }

  /// A point in time of April and after; every month has 28 days here.
  private static func time(_ us: Int64) -> String {
    func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
    let second = us / 1_000_000
    let day = second / 86_400
    let milliseconds = us / 1000 % 1000
    return
      "\(2031 + day / 336)-\(two(1 + day / 28 % 12))-\(two(1 + day % 28))T\(two(second / 3600 % 24)):\(two(second / 60 % 60)):\(two(second % 60))."
      + (milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : "") + "\(milliseconds)Z"
  }

  private mutating func write(_ level: String, _ caller: String, _ message: String) {
    now += Int64(random.next(2000))
    bytes +=
      #"{"level":"\#(level)","ts":"\#(Self.time(now))","caller":"ipamd/\#(caller)","msg":"\#(message)"}"#
      .utf8
    bytes.append(0x0a)
  }
}
