/// The shapes of the address manager's messages, over all releases.
enum IPAMDPatterns {
  static let catalogue = PatternCatalogue(
    process + interfaces + datastore + assignment + calls + decisions + cloud + reconcile)

  private static let process: [(event: String, shape: String)] = [
    ("PROC_START", "Starting L-IPAMD {ver} ..."),
    ("INIT_FAIL", "Initialization failure«:|»{err}"),
    ("NODE_INIT", "Start node init"),
    ("NODE_INIT_OK", "node init completed successfully"),
    ("API_WAIT", "Testing communication with server"),
    ("API_OK", "Successful communication with the Cluster! Cluster Version is: {ver}{_}"),
    ("ENIS_DESCRIBED", "DescribeAllENIs success{_}"),
    ("HOST_NETWORK", "Setting up host network{_}"),
    ("SHUTDOWN", "Received shutdown signal, setting 'terminating' to true"),
    ("RPC_UP", "Serving RPC Handler version {ver} on {endpoint}"),
    ("RPC_UP", "Serving RPC Handler on {endpoint}"),
    ("DS_INIT", "initialized datastore for network cards index {#card}"),
    ("CFG_TARGET", "Using {var} {#v}"),
    (
      "CFG_POOL",
      "IP pool manager - max pods: {#maxpods}, warm IP target: {#wip}, warm prefix target: {#wpfx}, warm ENI target: {#weni}, minimum IP target: {#min}"
    ),
    ("CFG_MAXPODS", "Updated maxPods from {#old} to {#new} based on node capacity"),
    (
      "CFG_MAXPODS_DEF", "Using default maxPods as {#v} because reading from file failed: {err}"
    ),
    ("CFG_LIMITS", "Max ip per ENI {#ips} and max prefixes per ENI {#pfx}"),
    ("CFG_PD", "Prefix Delegation enabled {v}"),
    ("CFG_CUSTOMNET", "Custom networking «enabled |»{v}"),
    ("CFG_SUBNETDISC", "Subnet discovery enabled {v}"),
    (
      "CFG_PD_FALLBACK",
      "Prefix delegation is not supported on non-nitro instance {type} hence falling back to default (secondary IP) mode"
    ),
    ("ENICONFIG_ERR", "No ENIConfig could be found for this node{_}"),
    ("ENICONFIG_ERR", "error while retrieving eniconfig: {err}"),
    ("ENICONFIG_ERR", "Failed to get pod ENI config"),
    ("CFG_ENICONFIG", "ipamd: using custom network config: {sgs}, {subnet}"),
    (
      "INST",
      "«Found|Discovered» «region|instance-id|instance-type|availability zone|subnet-id|vpc-id|primary interface's MAC address»: {v}"
    ),
    ("INST", "«Found|Discovered» the instance primary «IPv4 |IPv6 |ip |»address: {ip}"),
    ("INST_HYP", "Instance hypervisor family {v}"),
    ("API_STATE", "Updating API server connectivity status from {old} to {new}"),
    ("INTROSPECT_HIT", "Handling http request: {method}, from: {from}, URI: {uri}"),
  ]

  private static let interfaces: [(event: String, shape: String)] = [
    ("IF_COUNT", "Total number of interfaces found: {#n}"),
    ("IF_FOUND", "Found ENI: {eni}, MAC {mac}, device {#dev}"),
    ("IF_PRIMARY", "eni-{eni_tail} is the primary ENI of this instance"),
    ("IF_CARD", "Got network card« |»index {#card} for ENI {eni}"),
    ("IF_TYPE", "eni-{eni_tail} is of type: {type}"),
    ("ENI_UNMANAGED", "Marking ENI {eni} tagged with {tag} as being unmanaged"),
    ("ENI_UNMANAGED", "Marking ENI {eni} as being unmanaged"),
    ("ENI_SKIP", "«S|s»kipping ENI {eni}«:|» «tagged with |since |IPv6 Mode »{why}"),
    ("ENI_TRUNK", "Trunk interface ({eni}) has been added to the node already."),
    (
      "TRUNK_NO_SLOT", "No slot available for a trunk ENI to be attached.« Not labeling the node|»"
    ),
    ("CNINODE_FEATURE", "Successfully added feature {feature} to CNINode{_}"),
    ("CNINODE_FEATURE", "Enabled feature {feature} in CNINode{_}"),
    (
      "ENI_EXCLUDED",
      "Marking {kind} ENI {eni} as excluded from pod IP allocation (in excluded subnet {subnet})"
    ),
    ("ENI_EXCLUDED", "ENI {eni} marked as {state} pod IP allocation"),
    ("ENI_PRIMARY_IP", "Primary IP for ENI {eni} is {ip}"),
    (
      "ENI_NETSETUP",
      "Setting up network for an ENI with IP address {ip}, MAC address {mac}, CIDR {subnet_cidr}«,| and» route table {#table} and Network Card {#card}"
    ),
    (
      "ENI_NETSETUP",
      "Setting up network for an ENI with IP address {ip}, MAC address {mac}, CIDR {subnet_cidr}«,| and» route table {#table}"
    ),
    ("ENI_SETUP_OK", "ENI {eni} set up«.|»"),
    ("ENI_SETUP_FAIL", "Error trying to set up ENI {eni}: {err}"),
    (
      "ENI_HAS",
      "Found «ENIs|IPv6 trunk ENI» having {#addrs} secondary IPs and {#pfx} Prefixes and isTrunk: {trunk}"
    ),
    ("ENI_HAS", "Found «ENIs|IPv6 trunk ENI» having {#addrs} secondary IPs and {#pfx} Prefixes"),
    (
      "ENI_HAS",
      "Found IPv6 ENI {eni} having {#addrs} secondary IPs and {#pfx} Prefixes and isTrunk: {trunk}"
    ),
    ("ENI_HAS", "Found IPv6 ENI {eni} having {#addrs} secondary IPs and {#pfx} Prefixes"),
  ]

  private static let datastore: [(event: String, shape: String)] = [
    ("ENI_ADD", "DataStore «A|a»dd an ENI {eni}"),
    ("CIDR_ADD", "Added ENI({eni})'s «IP|IP/Prefix» {ip} to datastore"),
    ("CIDR_ADDING", "Adding {ip} to DS for {eni}"),
    ("CIDR_DUP", "IP already in DS"),
    ("CIDR_DUP", "IPv6 prefix {ip} already in DS"),
    (
      "CIDR_ADD_FAIL",
      "Failed to increase «IP|Prefix» pool, failed to add «IP|Prefix» {ip} to data store for network card {#card}"
    ),
    (
      "CIDR_ADD_FAIL",
      "Failed to increase «IP|Prefix» pool, failed to add «IP|Prefix» {ip} to data store"
    ),
    ("CIDR_DEL", "Deleted ENI({eni})'s «IP|IP/Prefix|IPv6 Prefix» {ip} from datastore"),
    (
      "ENI_DEL_UNUSED",
      "RemoveUnusedENIFromStore {eni}: «IP|IP/Prefix» address pool stats: free {#freed} addresses, total: {#total}, assigned: {#assigned}, total prefixes: {#pfx}"
    ),
    (
      "ENI_DEL_UNUSED",
      "RemoveUnusedENIFromStore {eni}: «IP|IP/Prefix» address pool stats: free {#freed} addresses, total: {#total}, assigned: {#assigned}"
    ),
    (
      "ENI_DEL",
      "RemoveENIFromDataStore {eni}: «IP|IP/Prefix» address pool stats: free {#freed} addresses, total: {#total}, assigned: {#assigned}, total prefixes: {#pfx}"
    ),
    (
      "ENI_DEL",
      "RemoveENIFromDataStore {eni}: «IP|IP/Prefix» address pool stats: free {#freed} addresses, total: {#total}, assigned: {#assigned}"
    ),
    ("ENI_DEL_FORCED", "Force removing eni {eni} with {#pods} assigned pods"),
    ("ADDR_DEL_FORCED", "Force deleting assigned ip {ip} on eni {eni}"),
    ("EXCL_CIDR_EMPTY", "CIDR {ip} on excluded ENI {eni} is now empty, scheduling for cleanup"),
    ("EXCL_CIDR_GONE", "Removing empty CIDR {ip} from excluded ENI {eni} in datastore"),
  ]

  private static let reconcile: [(event: String, shape: String)] = [
    ("REC_START", "Reconciling ENI/IP pool info..."),
    ("REC_START", "Reconciling ENI/IP pool info because time since last {since} «<=|>» {min}"),
    ("REC_END", "Successfully Reconciled ENI/IP pool"),
    ("REC_ENI", "Reconcile existing ENI {eni} IP {what}"),
    ("REC_ENI_ADD", "Reconcile and add a new ENI {eni}"),
    (
      "REC_FOREIGN_ENI", "A new ENI added but not by ipamd, updating tags« by calling EC2|»"
    ),
    ("REC_ENI_DEL", "Reconcile and delete detached ENI {eni}"),
    ("REC_CIDR_ADD", "Trying to add {ip}"),
    ("REC_CIDR_DEL", "Reconcile and delete «IP|Prefix» {ip} on ENI {eni}"),
    ("REC_PRIMARY", "Reconcile and skip primary IP {ip} on ENI {eni}"),
    (
      "REC_COOL",
      "Reconcile skipping IP {ip} on ENI {eni} because it was recently unassigned from the ENI."
    ),
    (
      "REC_COOL_CHECK",
      "Checking if «IP|CIDR» {ip} has been recently freed. Cooldown expires at: {at}. (Cooldown: {blocked})"
    ),
    ("REC_COOL_DROP", "Removing {ip} from cooldown cache."),
    (
      "REC_MISMATCH",
      "Instance metadata does not match data store! ipPool: {pool}, metadata: {meta}"
    ),
    ("REC_VERIFIED", "Verified that IP {ip} is attached to ENI {eni}"),
    (
      "REC_FOREIGN", "Skipping IP {ip} on ENI {eni} because it does not belong to this ENI!«.|»"
    ),
    ("REC_FAIL", "IP pool reconcile: {err}"),
    ("REC_FAIL", "Failed to reconcile «IP|Prefix|and delete IP» {err}"),
    ("REC_FAIL", "Failed to call EC2 to describe ENIs, aborting reconcile{err}"),
    ("REC_FAIL", "Failed to fetch ENI IP addresses{err}"),
    ("OUT_OF_SYNC", "logOutOfSyncState: {what}"),
  ]
}
