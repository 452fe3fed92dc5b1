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
  private let enis = (0..<3).map { "eni-0aaa1111bbbb2222\($0)" }

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

  init() {
    free = Array(0..<Self.addresses)
    write("info", "main.go:105", "Starting L-IPAMD v1.20.1  ...")
    write(
      "info", "ipamd.go:782",
      "IP pool manager - max pods: 29, warm IP target: 0, warm prefix target: 1, warm ENI target: 1, minimum IP target: 0"
    )
    for _ in 0..<12 { add() }
  }

  private static let addresses = 27

  /// Writes what happens in five seconds.
  mutating func step(isBusy: Bool) {
    pass += 1
    now += 5_000_000 + Int64(random.next(3000))
    loop()
    if pass % 12 == 0 { reconcile() }
    guard isBusy, pass % 12 == 7 else { return }
    if pods.count > 6, random.next(2) == 0 { delete() } else if !free.isEmpty { add() }
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
      "IP stats for Network Card 0 - total IPs: \(Self.addresses), assigned IPs: \(used), cooldown IPs: 0"
    )
    write("debug", "ipamd.go:1358", pool)
    write(
      "debug", "ipamd.go:1102",
      "IP pool is NOT too low for Network Card 0: available (\(Self.addresses - used)) >= ENI target (1) * addrsPerENI (9)"
    )
    write("debug", "ipamd.go:1380", "is datastore pool low for networkCard 0, decision false")
    for eni in enis.dropFirst() {
      write(
        "debug", "data_store.go:1021", "ENI \(eni) cannot be deleted because it has pods assigned")
    }
  }

  private var pool: String {
    "IP pool stats for network card 0: Total IPs/Prefixes = \(Self.addresses)/0, AssignedIPs/CooldownIPs: \(pods.count)/0, c.maxIPsPerENI = 9"
  }

  private mutating func reconcile() {
    write(
      "debug", "ipamd.go:1420",
      "Reconciling ENI/IP pool info because time since last 1m\(random.next(60)).\(random.next(999_999))s > 1m0s"
    )
    write("debug", "awsutils.go:1651", "Total number of interfaces found: 3 ")
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
      for index in device * 9..<device * 9 + 9 {
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
      "AssignPodIPv4Address: IP address pool stats: total \(Self.addresses), assigned \(pods.count)"
    )
    for used in pods.prefix(8) {
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
    free.append(pod.address)
    let card = "data_store.go:1500"
    write("info", "rpc.pb.go:731", "Received DelNetwork for Sandbox \(pod.container)")
    write(
      "debug", "rpc.pb.go:731",
      #"DelNetworkRequest: K8S_POD_NAME:\"\#(pod.name)\" K8S_POD_NAMESPACE:\"shop\" K8S_POD_INFRA_CONTAINER_ID:\"\#(pod.container)\" ContainerID:\"\#(pod.container)\""#
    )
    write(
      "debug", card,
      "UnassignPodIPAddress: IP address pool stats: total \(Self.addresses), assigned \(pods.count + 1), sandbox aws-cni/\(pod.container)/eth0"
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
    "10.42.\(3 + index / 9).\(17 + index * 7 % 200)"
  }

  private mutating func hex(_ count: Int) -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<count).map { _ in digits[random.next(16)] })
  }

  /// A point in time of April and after; every month has thirty days here.
  private static func time(_ us: Int64) -> String {
    func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
    let second = us / 1_000_000
    let day = second / 86_400
    let milliseconds = us / 1000 % 1000
    return
      "\(2031 + day / 360)-\(two(1 + day / 30 % 12))-\(two(1 + day % 28))T\(two(second / 3600 % 24)):\(two(second / 60 % 60)):\(two(second % 60))."
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
