/// A pod with a network namespace of its own, which gets its address from ipamd.
struct Pod: Hashable, Sendable {
  let namespace: String
  let name: String
  let serviceAccount: String
  /// When the kubelet saw it first; its sandbox starts a moment later.
  let created: Moment
  /// When it was deleted, and whether ipamd heard of it.
  var deletion: Deletion?
  /// Whether ipamd had no address for it, so that the kubelet tries again and again.
  var isRefused = false
  /// What a real runtime calls its sandbox, where there is one.
  var sandbox: SandboxIdentity?

  struct Deletion: Hashable, Sendable {
    let at: Moment
    /// False: the plugin could not reach ipamd, so the address stays assigned.
    let reachedIPAMD: Bool
  }

  var uid: String { Invented.uuid(seed) }
  var sandboxID: String { sandboxID(attempt: 0) }
  var networkNamespace: String { networkNamespace(attempt: 0) }

  /// Every attempt of the kubelet makes a new sandbox. A runtime that is there made the first one.
  func sandboxID(attempt: Int) -> String {
    if attempt == 0, let sandbox { return sandbox.id }
    return Invented.containerID("\(seed) \(attempt)")
  }

  func networkNamespace(attempt: Int) -> String {
    if attempt == 0, let sandbox { return sandbox.networkNamespace }
    return "cni-" + Invented.uuid("\(seed) \(attempt)")
  }

  /// By what its address is chosen: the same whatever the sandbox is called.
  var addressSeed: String { Invented.containerID("\(seed) 0") }

  /// The host's end of the pod's veth, named as the CNI names it.
  var hostVeth: String { "eni" + SHA1.hex("\(namespace).\(name)").prefix(11) }
  /// The host veth's MAC, which the pod's permanent neighbour entry holds.
  var hostMAC: String {
    let digits = Array(SHA1.hex("mac \(seed)"))
    return "46:" + (0..<5).map { String(digits[$0 * 2...$0 * 2 + 1]) }.joined(separator: ":")
  }

  private var seed: String { "\(namespace)/\(name)" }
}

extension Pod {
  private struct Role {
    let namespace: String
    let name: String
    let account: String
  }

  private static let roles: [Role] = [
    Role(namespace: "kube-system", name: "coredns-5c9d87f4b6-7hqzt", account: "coredns"),
    Role(namespace: "kube-system", name: "coredns-5c9d87f4b6-wp2xn", account: "coredns"),
    Role(
      namespace: "kube-system", name: "metrics-server-6f8b7d5c94-k2mvd", account: "metrics-server"),
    Role(namespace: "ferry", name: "timetable-7b6c5d9f84-4xjlr", account: "default"),
    Role(namespace: "ferry", name: "timetable-7b6c5d9f84-qm8tz", account: "default"),
    Role(namespace: "ferry", name: "booking-59f7d8c6b4-c6ngw", account: "booking"),
    Role(namespace: "ferry", name: "booking-59f7d8c6b4-z9vkp", account: "booking"),
    Role(namespace: "ferry", name: "tickets-0", account: "default"),
    Role(namespace: "ferry", name: "tides-84d6b7f9c5-h5rsb", account: "default"),
    Role(namespace: "watch", name: "radar-6d7f9b8c45-l8dwx", account: "radar"),
    Role(namespace: "watch", name: "foghorn-7c8d6f5b94-2bvnq", account: "default"),
    Role(namespace: "ferry", name: "gate-5b8f6c7d94-t4wqm", account: "default"),
    Role(namespace: "ferry", name: "gate-5b8f6c7d94-j7xkc", account: "default"),
    Role(namespace: "ferry", name: "gate-5b8f6c7d94-p9zrh", account: "default"),
    Role(namespace: "watch", name: "lamp-6c5d8f7b49-d2sgv", account: "default"),
    Role(namespace: "watch", name: "lamp-6c5d8f7b49-n6tlb", account: "default"),
    Role(namespace: "ferry", name: "crew-7d9c6b8f54-v3mjx", account: "default"),
    Role(namespace: "ferry", name: "cargo-0", account: "default"),
    Role(namespace: "ferry", name: "cargo-1", account: "default"),
    Role(namespace: "ferry", name: "gate-5b8f6c7d94-8fkdw", account: "default"),
  ]

  private static func more(_ count: Int) -> [Role] {
    let letters = Array("bcdfghjklmnpqrstvwxz2456789")
    return (0..<max(0, count - 18)).map { index in
      let suffix = (0..<5).map { letters[Invented.number("\(index) \($0)", below: letters.count)] }
      return Role(
        namespace: "ferry", name: "wave-6d8c7f9b54-\(String(suffix))", account: "default")
    }
  }

  /// The pods of a node: those that run, one finished job, those that leaked, those that wait.
  static func cast(_ variant: Variant, ipamdStart: Moment, now: Moment) -> [Pod] {
    // More than the usual ones come as the same work of two hours, only closer together.
    let pace = variant.runningPods > 20 ? 5_000 / Double(variant.runningPods) : 140.3
    let running = (roles.dropLast(2) + more(variant.runningPods)).prefix(variant.runningPods)
    var pods = running.enumerated().map { index, role in
      // The first ones come with the node, the others with the work of the first half hour.
      let delay = index < 6 ? 20 + 3.4 * Double(index) : 300 + pace * Double(index - 6)
      return Pod(
        namespace: role.namespace, name: role.name, serviceAccount: role.account,
        created: ipamdStart + delay)
    }
    guard variant.image.hasCNI else { return pods }
    pods.append(
      Pod(
        namespace: "ferry", name: "manifest-29310412-r8ckd", serviceAccount: "default",
        created: ipamdStart + 211.7,
        deletion: Deletion(at: ipamdStart + 287.2, reachedIPAMD: true)))
    for index in 0..<variant.leakedPods {
      let suffix = ["b7zpl", "g4xhs", "k9wdt", "s2qnv"][index % 4]
      pods.append(
        Pod(
          namespace: "ferry", name: "manifest-2931047\(index)-\(suffix)",
          serviceAccount: "default", created: ipamdStart + (2_410.3 + 181.9 * Double(index)),
          deletion: Deletion(
            at: ipamdStart + (2_533.6 + 181.9 * Double(index)), reachedIPAMD: false)))
    }
    for (index, role) in roles.suffix(variant.waitingPods).enumerated() {
      var pod = Pod(
        namespace: role.namespace, name: role.name, serviceAccount: role.account,
        created: now - (1_520.4 - 61.3 * Double(index)))
      pod.isRefused = true
      pods.append(pod)
    }
    return pods
  }
}
