import IPAMReplay
import Testing

/// For every fault that a log can show: one history that fires, and the nearest one that does not.
@Suite("faults of the history")
struct FaultTests {
  @Test("F-04: low for three ticks without a word, but not while a line says why")
  func notGrowing() throws {
    func history(_ reason: String?) throws -> [Fault] {
      var log = WrittenLog()
      log.start(["WARM_IP_TARGET": 5], addresses: 5)
      for pod in ["a", "b"] { log.add(pod, address: pod == "a" ? 10 : 11) }
      for _ in 0..<6 {
        log.tick()
        if let reason { log.line(reason) }
      }
      return try log.faults(.notGrowing)
    }
    let found = try history(nil)
    #expect(found.count == 1)
    #expect(found.first?.confidence == .strong)
    #expect(found.first?.count ?? 0 >= 3)
    #expect(
      try history("Recently we had InsufficientCidr error hence will wait for 2m0s before retrying")
        .isEmpty)
    #expect(
      try history(
        "AWS CNI is on a non schedulable node, will not try to attach any new IPs or ENIs right now"
      ).isEmpty)
  }

  @Test("F-04: two ticks are not enough, and nor is a pool as large as the node takes pods")
  func growthInTime() throws {
    var log = WrittenLog()
    log.start(["WARM_IP_TARGET": 5], addresses: 5)
    log.add("a", address: 10)
    log.ticks(3)
    #expect(try log.faults(.notGrowing).isEmpty)
    var full = WrittenLog()
    full.start(["WARM_IP_TARGET": 5], addresses: 5, maxPods: 5)
    full.add("a", address: 10)
    full.ticks(8)
    #expect(try full.faults(.notGrowing).isEmpty)
  }

  @Test("F-05: an idle ENI that nothing needs, but not one of which a line says why it stays")
  func eniNotReleased() throws {
    func history(_ line: String?) throws -> [Fault] {
      var log = WrittenLog()
      log.start(["WARM_IP_TARGET": 2], addresses: 2)
      log.addENI("eni-0b", addresses: 2)
      for _ in 0..<20 {
        log.tick()
        if let line { log.line(line) }
      }
      return try log.faults(.eniNotReleased)
    }
    let found = try history(nil)
    #expect(found.map(\.subject) == ["eni-0b"])
    #expect(try history("ENI eni-0b cannot be deleted because has pods assigned").isEmpty)
    #expect(try history("getDeletableENI: found a deletable ENI eni-0b").isEmpty)
  }

  @Test("F-06: an address comes back before its cooldown is over")
  func cooldown() throws {
    func history(_ seconds: Double, _ between: (inout WrittenLog) -> Void = { _ in }) throws
      -> [Fault]
    {
      var log = WrittenLog()
      log.start()
      log.add("a", address: 10)
      log.delete("a")
      between(&log)
      log.now += seconds
      log.add("b", address: 10)
      log.tick()
      return try log.faults(.cooldownViolated)
    }
    #expect(try history(5).map(\.subject) == ["10.0.0.10"])
    #expect(try history(29.8).isEmpty, "a fifth of a second is tolerated")
    #expect(try history(31).isEmpty)
    #expect(
      try history(5) {
        $0.removeAddress(10, from: "eni-0a")
        $0.addAddress(10, to: "eni-0a")
      }.isEmpty, "what left the pool has no cooldown")
  }

  @Test("F-09: more unmanaged ENIs are counted than there are")
  func unmanaged() throws {
    func history(named: Bool) throws -> [Fault] {
      var log = WrittenLog()
      log.start(release: "v1.22.4")
      if named { log.line("Skipping ENI eni-0f: tagged with node.k8s.amazonaws.com/no_manage") }
      log.tick()
      log.line(
        "hasRoomForEni: networkCard=0, currentENIs=1, currentUsableENIs=1, maxENI=3, unmanagedENI=1, trunkEni=0, excludedENI=0, hasRoom=true"
      )
      return try log.faults(.unmanagedInflated)
    }
    #expect(try history(named: false).count == 1)
    #expect(try history(named: true).isEmpty)
  }

  @Test(
    "F-10: the cause is what ipamd wrote down",
    arguments: [
      (
        "AWS CNI is on a non schedulable node, will not try to attach any new IPs or ENIs right now",
        "cordon"
      ),
      (
        "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough IPs/Prefixes. Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation",
        "subnet"
      ),
      ("Skipping ENI allocation as the max ENI limit is already reached", "eni_limit"),
      (
        "Failed to allocate a private IP/Prefix addresses on ENI eni-0a: api error UnauthorizedOperation: You are not authorized to perform this operation.",
        "iam"
      ),
      (
        "Failed to allocate a private IP/Prefix addresses on ENI eni-0a: api error RequestLimitExceeded: Request limit exceeded.",
        "throttling"
      ), ("Failed to get pod ENI config", "eni_config"),
    ])
  func exhausted(line: String, cause: String) throws {
    var log = WrittenLog()
    log.start(addresses: 1)
    log.add("a", address: 10)
    log.tick()
    log.line(line, level: "error")
    log.add("b", address: nil)
    log.ticks(4)
    let found = try log.faults(.addressesExhausted)
    #expect(found.map(\.cause) == [cause])
    #expect(found.first?.confidence == .proved)
    #expect(found.first?.subject == "shop/b")
  }

  @Test("F-10: without a reason the pool itself tells, or nothing does")
  func exhaustedWithoutReason() throws {
    var cooling = WrittenLog()
    cooling.start(addresses: 1)
    cooling.add("a", address: 10)
    cooling.delete("a")
    cooling.add("b", address: nil)
    cooling.ticks(4)
    #expect(try cooling.faults(.addressesExhausted).map(\.cause) == ["cooldown"])

    var burst = WrittenLog()
    burst.start(addresses: 1)
    burst.add("a", address: 10)
    burst.add("b", address: nil)
    burst.tick()
    burst.addAddress(to: "eni-0a")
    burst.ticks(2)
    #expect(try burst.faults(.addressesExhausted).map(\.cause) == ["burst"])

    var unknown = WrittenLog()
    unknown.start(addresses: 1)
    unknown.add("a", address: 10)
    unknown.add("b", address: nil)
    unknown.ticks(5)
    #expect(try unknown.faults(.addressesExhausted).map(\.cause) == ["unknown"])

    var minimum = WrittenLog()
    minimum.start(["MINIMUM_IP_TARGET": 1], addresses: 1)
    minimum.add("a", address: 10)
    minimum.add("b", address: nil)
    minimum.ticks(5)
    #expect(try minimum.faults(.addressesExhausted).map(\.cause) == ["minimum_without_warm"])

    var enough = WrittenLog()
    enough.start()
    enough.add("a", address: 10)
    enough.ticks(5)
    #expect(try enough.faults(.addressesExhausted).isEmpty)
  }

  @Test("F-11: a refused permission, but not the line that is written after every success")
  func permission() throws {
    var log = WrittenLog()
    log.start()
    log.line("checkAPIErrorAndBroadcastEvent resulted in <nil>")
    #expect(try log.faults(.permissionMissing).isEmpty)
    log.line(
      "Failed to CreateNetworkInterface operation error EC2: CreateNetworkInterface, https response error StatusCode: 403, RequestID: 1, api error UnauthorizedOperation: You are not authorized.",
      level: "error")
    log.tick()
    #expect(try log.faults(.permissionMissing).map(\.subject) == ["CreateNetworkInterface"])
  }

  @Test("F-12: an ENI that is created and never attached")
  func orphan() throws {
    func history(_ after: String?, ticks: Int) throws -> [Fault] {
      var log = WrittenLog()
      log.start()
      log.tick()
      log.line("Created a new ENI: eni-0c", level: "info")
      if let after { log.line(after, level: "info") }
      log.ticks(ticks)
      return try log.faults(.orphanedENI)
    }
    #expect(try history(nil, ticks: 60).map(\.subject) == ["eni-0c"])
    #expect(try history(nil, ticks: 10).isEmpty, "the log ends while it may still come")
    #expect(try history("Trying to delete ENI: eni-0c", ticks: 60).isEmpty)
    #expect(
      try history("Successfully created and attached a new ENI eni-0c to instance", ticks: 60)
        .isEmpty)
  }

  @Test("F-13: addresses and ENIs that somebody else took, and what ipamd gave back itself")
  func removedOutside() throws {
    var held = WrittenLog()
    held.start()
    held.add("a", address: 10)
    held.ticks(13)
    held.reconcile {
      $0.line("Reconcile and delete IP 10.0.0.10/32 on ENI eni-0a")
      $0.line(
        "unassignPodIPAddressUnsafe: Unassign IP 10.0.0.10 from sandbox aws-cni/c-a/eth0",
        level: "info")
      $0.removeAddress(10, from: "eni-0a")
    }
    held.tick()
    #expect(try held.faults(.removedOutside).map(\.confidence) == [.proved])

    var idle = WrittenLog()
    idle.start()
    idle.ticks(13)
    idle.reconcile {
      $0.line("Reconcile and delete IP 10.0.0.10/32 on ENI eni-0a")
      $0.removeAddress(10, from: "eni-0a")
    }
    #expect(try idle.faults(.removedOutside).map(\.confidence) == [.hint])

    var failed = WrittenLog()
    failed.start()
    failed.ticks(13)
    failed.reconcile {
      $0.line("IP pool reconcile: Failed to get attached ENI info", level: "error")
      $0.line("Reconcile and delete IP 10.0.0.10/32 on ENI eni-0a")
      $0.removeAddress(10, from: "eni-0a")
    }
    #expect(try failed.faults(.removedOutside).isEmpty)

    var forced = WrittenLog()
    forced.start()
    forced.addENI("eni-0b", addresses: 1)
    forced.add("a", address: 14)
    forced.tick()
    forced.reconcile {
      $0.line("Reconcile and delete detached ENI eni-0b", level: "info")
      $0.line("Force removing eni eni-0b with 1 assigned pods", level: "warn")
    }
    #expect(try forced.faults(.removedOutside).contains { $0.confidence == .proved })
  }

  @Test("F-14: the same CIDR comes and goes inside reconcile, not by growth")
  func flapping() throws {
    func history(insideReconcile: Bool) throws -> [Fault] {
      var log = WrittenLog()
      log.start()
      for _ in 0..<4 {
        log.ticks(13)
        log.removeAddress(10, from: "eni-0a")
        if insideReconcile {
          log.reconcile { $0.addAddress(10, to: "eni-0a") }
        } else {
          log.addAddress(10, to: "eni-0a")
        }
      }
      return try log.faults(.reconcileFlapping)
    }
    #expect(try history(insideReconcile: true).map(\.subject) == ["10.0.0.10"])
    #expect(try history(insideReconcile: false).isEmpty)
  }

  @Test("F-15: three starts in ten minutes, unless it was shut down or changed")
  func restartLoop() throws {
    func history(shutdown: Bool, releases: [String], wait: Int = 4) throws -> [Fault] {
      var log = WrittenLog()
      for release in releases {
        log.start(release: release)
        log.ticks(wait)
        if shutdown {
          log.line("Received shutdown signal, setting 'terminating' to true", level: "info")
        }
      }
      return try log.faults(.restartLoop)
    }
    let same = ["v1.23.1", "v1.23.1", "v1.23.1"]
    #expect(try history(shutdown: false, releases: same).map(\.count) == [3])
    #expect(try history(shutdown: true, releases: same).isEmpty)
    #expect(try history(shutdown: false, releases: ["v1.22.4", "v1.23.0", "v1.23.1"]).isEmpty)
    #expect(try history(shutdown: false, releases: same, wait: 100).isEmpty)
  }

  @Test("F-17: the trunk does not come, but the first two minutes are granted")
  func trunk() throws {
    func history(ticks: Int, found: Bool) throws -> [Fault] {
      var log = WrittenLog()
      log.start()
      for _ in 0..<ticks {
        log.tick()
        log.line(
          "No slot available for a trunk ENI to be attached. Not labeling the node", level: "error")
      }
      if found { log.line("Trunk interface (eni-0t) has been added to the node already.") }
      return try log.faults(.trunkMissing)
    }
    #expect(try history(ticks: 60, found: false).count == 1)
    #expect(try history(ticks: 10, found: false).isEmpty)
    #expect(try history(ticks: 60, found: true).isEmpty)
  }

  @Test("F-18: plugin and ipamd differ, but an update may take two minutes")
  func version() throws {
    func history(ticks: Int) throws -> [Fault] {
      var log = WrittenLog()
      log.start()
      log.ticks(ticks)
      log.line(
        #"Rejecting AddNetwork request: rpc error: code = FailedPrecondition desc = wrong client version "v1.20.0" (!= "v1.23.1")"#,
        level: "warn")
      log.tick()
      return try log.faults(.versionMismatch)
    }
    #expect(try history(ticks: 40).count == 1)
    #expect(try history(ticks: 3).isEmpty)
  }

  @Test("F-20: what was given back before a restart is taken in at the start")
  func stale() throws {
    func history(refused: Bool) throws -> [Fault] {
      var log = WrittenLog()
      log.start()
      log.ticks(3)
      log.line("Starting to decrease pool for network card 0")
      log.removeAddress(13, from: "eni-0a")
      log.line("Trying to unassign the following IPs [10.0.0.13] from ENI eni-0a", level: "info")
      log.line(
        refused
          ? "Failed to deallocate a private IP address api error InternalError: x"
          : "Successfully freed IPs [10.0.0.13] from ENI eni-0a", level: refused ? "error" : "debug"
      )
      log.line("Successfully decreased IP pool")
      log.tick()
      log.start()
      log.ticks(2)
      return try log.faults(.staleAfterRestart)
    }
    #expect(try history(refused: false).map(\.subject) == ["10.0.0.13"])
    #expect(try history(refused: true).isEmpty)
  }

  @Test("F-21: addresses of the other mode without a pod")
  func leftovers() throws {
    func history(prefix: Bool) throws -> [Fault] {
      var log = WrittenLog()
      log.start()
      if prefix {
        log.line("Added ENI(eni-0a)'s IP/Prefix 10.0.1.0/28 to datastore", level: "info")
      }
      log.ticks(2)
      return try log.faults(.modeLeftovers)
    }
    #expect(try history(prefix: true).map(\.confidence) == [.hint])
    #expect(try history(prefix: false).isEmpty)
  }

  @Test("F-22: a DEL that takes longer than the probes wait")
  func slow() throws {
    func history(_ seconds: Double) throws -> [Fault] {
      var log = WrittenLog()
      log.start()
      log.add("a", address: 10)
      log.delete("a", took: seconds)
      log.tick()
      return try log.faults(.slowRequest)
    }
    #expect(try history(7).count == 1)
    #expect(try history(3).isEmpty)
  }

  @Test("F-23: a minimum without a warm target, and fewer addresses than pods")
  func settings() throws {
    func causes(_ targets: [String: Int], maxPods: Int = 29) throws -> [String?] {
      var log = WrittenLog()
      log.start(targets, maxPods: maxPods)
      log.ticks(2)
      return try log.faults(.contradictorySettings).map(\.cause)
    }
    #expect(try causes(["MINIMUM_IP_TARGET": 4]) == ["minimum_without_warm"])
    #expect(try causes(["MINIMUM_IP_TARGET": 4, "WARM_IP_TARGET": 1]).isEmpty)
    #expect(try causes(["WARM_IP_TARGET": 1], maxPods: 110) == ["max_pods_above_capacity"])
  }

  @Test("F-24: a hole, a clock that is set back, and no hole while EC2 is waited for")
  func gaps() throws {
    var hole = WrittenLog()
    hole.start()
    hole.ticks(3)
    hole.now += 300
    hole.ticks(3)
    #expect(try hole.faults(.evidenceGap).map(\.cause) == ["silence"])

    var clock = WrittenLog()
    clock.start()
    clock.ticks(3)
    clock.now -= 100
    clock.ticks(3)
    #expect(try clock.faults(.evidenceGap).map(\.cause) == ["clock_stepped"])

    var waiting = WrittenLog()
    waiting.start()
    waiting.ticks(3)
    waiting.line("Trying to free ENI: eni-0b", level: "info")
    waiting.now += 300
    waiting.line("Successfully freed ENI: eni-0b", level: "info")
    waiting.ticks(3)
    #expect(try waiting.faults(.evidenceGap).isEmpty)
  }
}
