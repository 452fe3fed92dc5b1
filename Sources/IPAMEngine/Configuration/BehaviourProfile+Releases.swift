extension BehaviourProfile {
  /// The behaviour of v1.23.1.
  public static let newest = BehaviourProfile(release: Release(1, 23, 1))

  /// The behaviour of `release`; releases outside 1.5.0 ... 1.23.1 behave like the nearest one.
  public init(release: Release) {
    func from(_ minor: Int, _ patch: Int) -> Bool { release >= Release(1, minor, patch) }
    func within(_ first: (Int, Int), before end: (Int, Int)) -> Bool {
      from(first.0, first.1) && !from(end.0, end.1)
    }
    maxPodsGate = from(16, 3)
    scaleUpLoop = within((16, 3), before: (16, 4))
    exactAssign = from(8, 0)
    zeroTargetRule = from(6, 0)
    minimumIPTarget = from(6, 0)
    prefixMode = from(9, 0)
    ipv6 = from(10, 0)
    insufficientBackoff = from(10, 2) ? .both : from(9, 1) ? .cidrBlocks : .none
    tryNextENIOnInsufficient = from(18, 3)
    cordonGate = from(12, 6) ? .overridable : from(11, 3) ? .always : .none
    newENIResourceCap = from(11, 4)
    createENIWithAddresses = from(15, 4)
    shrinkRule = from(13, 0) ? .shared : from(9, 0) ? .stopsAtFullENI : .perENI
    configurableCooldown = from(15, 0)
    eniCooling = !from(7, 0)
    efaKept = from(7, 6)
    trunkKept = from(7, 0)
    trunkGetsAddresses = !from(16, 4)
    allocatableENIs = from(18, 3) ? .all : within((6, 0), before: (7, 0)) ? .lowestID : .anyOne
    trunkReservation = from(20, 4) ? .compatibleTypes : from(7, 0) ? .always : .none
    unmanagedCountAccumulates = within((20, 0), before: (23, 0))
    countsENIsOfUnmanagedCards = within((7, 10), before: (16, 4))
    reconcileCompare = from(18, 4) ? .set : from(7, 2) ? .count : .none
    forcedRemoval = from(6, 0)
    statsFreshForENIRemoval = !from(20, 0)
    multiDatastore = from(20, 0)
    excludedENIs = from(22, 0)
    pdReleasesSecondaryOnDelete = within((9, 0), before: (20, 0))
    secondaryDeleteMiscounts = within((9, 0), before: (12, 0))
    checkpointSource = from(12, 0) ? .file : from(7, 0) ? .runtime : .pods
    vethCheckOnRestore = from(12, 0)
    rewritesCheckpointAfterRestore = from(13, 0)
    limitExceeded = within((11, 4), before: (12, 5)) ? .swallowed : .readsENI
    maxPodsSource = from(19, 4) ? .nodeOrTable : from(16, 3) ? .node : .unused
    subnetDiscovery =
      from(22, 1)
      ? .taggedPerCluster : from(22, 0) ? .tagged : from(18, 0) ? .ownAlwaysValid : .none
    onlyNoManageTag = !from(9, 1)
    primaryIPBeforeSubnetCheck = !within((22, 0), before: (22, 4))
    forgetsReleasedPrimaryIP = !within((20, 0), before: (23, 1))
    forcedRemovalSubtractsTwice = from(9, 0)
    ipv6ManagesSecondaryENIs = from(20, 0)
    reconcilesForMissingTrunk = from(13, 0)
    annotationFailureFailsAdd = from(20, 0)
    annotationFailureFailsDelete = from(13, 0)
    checksPodUID = from(20, 0)
  }
}
