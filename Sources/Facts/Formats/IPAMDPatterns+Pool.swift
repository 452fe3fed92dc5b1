extension IPAMDPatterns {
  static let assignment: [(event: String, shape: String)] = [
    (
      "ASSIGN",
      "assignPodIPAddressUnsafe: Assign IP {ip} to sandbox {key} with metadata {_}K8SPodNamespace:{ns} K8SPodName:{pod} InterfacesCount:{#n}}"
    ),
    ("ASSIGN", "«AssignPodIPv4Address|assignPodIPAddressUnsafe»: Assign IP {ip} to sandbox {key}"),
    (
      "ASSIGN",
      "AssignPodIPv4Address«:|» «Assign|Reassign» IP {ip} to pod (name {pod}, namespace {ns} «container|sandbox» {cid})"
    ),
    (
      "ASSIGN",
      "AssignPodIPv4Address«:|» «Assign|Reassign» IP {ip} to pod (name {pod}, namespace {ns})"
    ),
    ("ASSIGN_DUP", "AssignPodIPv«4|6»Address: duplicate pod assign for sandbox {key}"),
    (
      "ASSIGN_DUP",
      "AssignPodIPv4Address«:|» duplicate pod assign for IP {ip}, name {pod}, namespace {ns}, «container|sandbox» {cid}"
    ),
    (
      "ASSIGN_CHANGED",
      "AssignPodIPv4Address«:|» current IP {ip} is changed to IP {ip2} for pod«(|( »name {pod}, namespace {ns}, «container|sandbox» {cid})"
    ),
    (
      "UNASSIGN",
      "«UnAssignPodIPv4Address|UnAssignPodIPAddress|unassignPodIPAddressUnsafe»: Unassign IP {ip} from sandbox {key}"
    ),
    (
      "UNASSIGN",
      "«UnassignPodIPv4Address|UnAssignIPv4Address|UnAssignPodIPv4Address»: pod (Name: {pod}, NameSpace {ns} «Container|Sandbox» {cid})'s ipAddr {ip}, DeviceNumber{dev}"
    ),
    (
      "UNASSIGN_DONE",
      "UnassignPodIP«v4|»Address: sandbox {key}'s ipAddr {ip}, DeviceNumber {#dev}"
    ),
    ("UNASSIGN_UNKNOWN", "UnassignPodIP«v4|»Address: Failed to find sandbox {key}"),
    (
      "UNASSIGN_UNKNOWN",
      "UnassignPodIPv4Address: Failed to find pod {pod} namespace {ns} «Container|container|sandbox» {cid} using IP {ip}"
    ),
    (
      "UNASSIGN_UNKNOWN",
      "UnassignPodIPv4Address: Failed to find pod {pod} namespace {ns} «Container|container|sandbox» {cid}"
    ),
    ("COOL_ENTER", "IP {ip} entering cooldown period of {dur} (available after {until})"),
    (
      "COOL_LEAVE",
      "IP {ip} released from cooldown after {dur}, available for reassignment in CIDR {cidr2}"
    ),
    ("ASSIGN_NEW", "Allocating new IP {ip} from CIDR {cidr2} for pod"),
    (
      "CIDR_FULL",
      "Unable to get IP address from «CIDR|prefix»: no free IP available in the prefix - {ip}"
    ),
    ("NO_IP", "DataStore has no available «IP|IP/Prefix» addresses"),
    (
      "DS_COUNTERS",
      "«Assign|assign|Unassign|UnAssign|unassign»{_}: «IP |IPv6 »address pool stats: «total:|total: |total »{#total}, assigned {#assigned}, {rest}"
    ),
    (
      "DS_COUNTERS",
      "«Assign|assign|Unassign|UnAssign|unassign»{_}: «IP |IPv6 »address pool stats: «total:|total: |total »{#total}, assigned {#assigned}"
    ),
    (
      "DS_COUNTERS",
      "«Assign|assign|Unassign|UnAssign|unassign»{_}: «IP |IPv6 »address pool stats: assigned {#assigned}, {rest}"
    ),
    (
      "DS_COUNTERS",
      "«Assign|assign|Unassign|UnAssign|unassign»{_}: «IP |IPv6 »address pool stats: assigned {#assigned}"
    ),
    (
      "CKPT_FAIL",
      "«Failed|Unable» to «update|write» backing store« after restoration| after removing empty CIDR|»: {err}"
    ),
    ("RESTORE_BEGIN", "Begin ipam state recovery from backing store"),
    ("RESTORE_BEGIN", "Reading ipam state from «CRI|backing store»"),
    ("RESTORE_NEW", "backing store doesn't exists, assuming bootstrap on a new node"),
    ("RESTORE_STALE", "«stale|ignore» IP allocation for {what} due to {err}"),
    (
      "RESTORE_UNKNOWN",
      "datastore: Sandbox {key} uses unknown «IPv4|IP Address» {ip} - presuming stale/dead"
    ),
    ("RESTORE_ONE", "Recovered {key} => {eni}/{ip}"),
    ("RESTORE_END", "Completed ipam state recovery"),
    (
      "RESTORE_POD",
      "Recovered AddNetwork for Pod {pod}, Namespace {ns}, «Container|Sandbox» {cid}"
    ),
    ("RULE_PRUNE", "Delete «toContainer|fromContainer» rule for v4: {v4}, v6: {v6}"),
    (
      "MODE_CLEANUP",
      "IP belongs to «prefix pool with PD disabled|secondary pool with PD enabled» so {_}"
    ),
  ]

  static let decisions: [(event: String, shape: String)] = [
    (
      "TICK",
      "IP stats for Network Card {#card} - total IPs: {#total}, assigned IPs: {#assigned}, cooldown IPs: {#cooling}"
    ),
    (
      "TICK",
      "IP stats - total IPs: {#total}, assigned IPs: {#assigned}, cooldown IPs: {#cooling}"
    ),
    (
      "POOL_STATS",
      "«IP|Prefix» pool stats for network card {#card}: Total IPs/Prefixes = {#total}/{#pfx}, AssignedIPs/CooldownIPs: {#assigned}/{#cooling}, c.maxIPsPerENI = {#per}"
    ),
    (
      "POOL_STATS",
      "«IP|Prefix» pool stats: Total IPs/Prefixes = {#total}/{#pfx}, AssignedIPs/CooldownIPs: {#assigned}/{#cooling}, c.maxIPsPerENI = {#per}"
    ),
    (
      "POOL_STATS",
      "«IP|Prefix» pool stats: total = {#total}, used = {#assigned}, IPs in Cooldown = {#cooling}, c.maxIPsPerENI = {#per}"
    ),
    (
      "POOL_STATS",
      "«IP|Prefix» pool stats: «total =|total=»«| »{#total}, «used =|used=»«| »{#assigned}, {rest}"
    ),
    (
      "POOL_STATS2",
      "«IP|IP/Prefix» Address Pool stats: total: {#total}, assigned: {#assigned}, cooldownIPs: {#cooling}, total prefixes: {#pfx}"
    ),
    (
      "POOL_STATS2",
      "«IP|IP/Prefix» Address Pool stats: total: {#total}, assigned: {#assigned}, total prefixes: {#pfx}"
    ),
    (
      "POOL_STATS2",
      "«IP|IP/Prefix» Address Pool stats: total: {#total}, assigned: {#assigned}, cooldownIPs: {#cooling}"
    ),
    (
      "POOL_STATS2", "«IP|IP/Prefix» Address Pool stats: total: {#total}, assigned: {#assigned}"
    ),
    (
      "POOL_STATS2",
      "Datastore Pool stats: total(/32): {#total}, assigned(/32): {#assigned}, cooldownIPs(/32): {#cooling}, total prefixes(/28): {#pfx}"
    ),
    (
      "POOL_STATS2",
      "Datastore Pool stats: total(/32): {#total}, assigned(/32): {#assigned}, total prefixes(/28): {#pfx}"
    ),
    ("WARM_STATS", "Current warm IP stats«:| :» {stats}"),
    ("INCREASED", "Successfully increased «IP|Prefix» pool«:|,» {stats}"),
    (
      "LOW",
      "IP pool is too low« for Network Card {#card}|»: available ({#avail}) < ENI target ({#target}) * addrsPerENI ({#per})"
    ),
    (
      "NOT_LOW",
      "IP pool is NOT too low« for Network Card {#card}|»: available ({#avail}) >= ENI target ({#target}) * addrsPerENI ({#per})"
    ),
    ("LOW_DECISION", "is datastore pool low for networkCard {#card}, decision {low}"),
    ("INCREASE", "Starting to increase «IP |»pool size« for network card {#card}|»"),
    (
      "PFX_SURPLUS",
      "computeExtraPrefixesOverWarmTarget «- |»available«:|» {#avail}«,|» over«:|» {#over}«,|» warm_prefix_target«:|» {#target}"
    ),
    (
      "PFX_NEED",
      "Prefix target is {#target}, short of {#short} prefixes, free {#free} prefixes"
    ),
    ("TO_ALLOC", "ToAllocate: {#n}«, Network Card {#card}|»"),
    (
      "NOT_FULL",
      "Found ENI {eni} that has less than the maximum number of «IP|IP/Prefixes» addresses allocated: cur={#cur}, max={#max}"
    ),
    (
      "ROOM",
      "hasRoomForEni: networkCard={#card}, currentENIs={#enis}, currentUsableENIs={#usable}, maxENI={#max}, unmanagedENI={#unmanaged}, trunkEni={#trunk}, excludedENI={#excluded}, hasRoom={room}"
    ),
    ("MAX_ENI", "Skipping ENI allocation as the «instance's |»max ENI limit {rest}"),
    (
      "BACKOFF", "Recently we had InsufficientCidr error hence will wait for {dur} before retrying"
    ),
    ("CORDON", "AWS CNI is on a non schedulable node, {what}"),
    ("TERMINATING", "AWS CNI is terminating, {what}"),
    (
      "NO_ALLOC",
      "Did not allocate ENI since IPs/Prefixes needed were not greater than 0. IPs/Prefixes needed: {#n}"
    ),
    (
      "INCREASE_FAIL",
      "Failed to increase pool size« for network card {#card}| for Network card {#card}|» due to not able to allocate ENI {err}"
    ),
    (
      "INCREASE_FAIL",
      "Failed to increase pool size« for network card {#card}| for Network card {#card}|»: {err}"
    ),
    ("INCREASE_FAIL", "Error trying to allocate ENI: {err}"),
    (
      "INCREASE_ERR",
      "failed to allocate one «IP addresses|IPv4 prefix» on ENI {eni}, err«: | : »{err}"
    ),
    ("INCREASE_ERR", "failed to get ENI «IP|Prefix» addresses during {what}"),
    (
      "DECREASE",
      "Starting to decrease «IP |Datastore |»pool« size|»« for network card {#card}|»"
    ),
    ("SHRINK_DONE", "Successfully decreased IP pool"),
    (
      "DECREASE_SKIP",
      "Skipping decrease «IP|Datastore» pool because time since last {since} <= {min}"
    ),
    (
      "PFX_HIGH",
      "Prefix pool is high so might be able to deallocate «:|-» free prefixes«:|» {#free}«,| and» warm prefix target«:|» {#target}« from NetworkCard {#card}|»"
    ),
    (
      "SURPLUS",
      "It might be possible to remove extra ENIs because available ({#avail}) «>|>=» {rule}"
    ),
    ("ENI_KEEP", "ENI {eni} cannot be deleted because «it |»{why}"),
    ("ENI_FREEABLE", "Found a deletable ENI {eni} and we might be able to free"),
    ("ENI_DELETABLE", "getDeletableENI: found a deletable ENI {eni}"),
    ("ENI_FREE", "Start freeing ENI {eni} from network card {#card}"),
    ("ENI_FREE", "Start freeing ENI {eni}"),
    ("ENI_FREE_FAIL", "Failed to free ENI {eni}, err: {err}"),
    (
      "DECREASED",
      "Successfully «decreased IP pool by removing IPs|prefix removing IPs|removed prefixes» [{list}] from ENI {eni}"
    ),
    (
      "DECREASE_FAIL",
      "Failed to «decrease IP pool by removing|free» «IPs|Prefixes» [{list}] from ENI {eni}: {err}"
    ),
    (
      "DECREASE_SKIP1",
      "Failed to delete «IP|Cidr|Prefix|prefix» {ip} «on|from» ENI {eni}« from datastore|»« for network card {#card}|»: {err}"
    ),
    ("NOTHING_FREE", "Error finding unassigned IPs for ENI {eni}"),
    ("NOTHING_FREE", "Error finding unassigned IPs: {err}"),
  ]
}
