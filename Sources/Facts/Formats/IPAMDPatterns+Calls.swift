extension IPAMDPatterns {
  static let calls: [(event: String, shape: String)] = [
    (
      "ADD_REQ",
      "Received AddNetwork for NS {netns}, Pod {pod}, NameSpace {ns}, «Container|Sandbox» {cid}, ifname {ifn}"
    ),
    ("ADD_REQ", "Received AddNetwork for NS {netns}, Sandbox {cid}, ifname {ifn}"),
    ("ADD_REQ_PB", "AddNetworkRequest: {pb}"),
    (
      "ADD_CARD",
      "Assigned IP from network card: {#card} -> IPv4: {v4}, IPv6: {v6}, device number: {#dev},"
    ),
    ("ADD_CARD_FAIL", "Failed to assign IPs from network card {#card}: {err}"),
    (
      "ADD_REPLY",
      "Send AddNetworkReply: IPv4Addr«:|» {v4}, IPv6Addr: {v6}, DeviceNumber: {#dev}, err: {err}"
    ),
    ("ADD_REPLY", "Send AddNetworkReply: IPv4Addr«:|» {v4}, DeviceNumber: {#dev}, err: {err}"),
    ("ADD_REPLY", "Send AddNetworkReply: Success: {ok} IPAddr: {ips}, resp: {pb}, err: {err}"),
    ("ADD_FAIL", "Returning failure response for AddNetwork: {err}"),
    ("ADD_FAIL", "Send AddNetworkReply: {why}"),
    (
      "DEL_REQ",
      "Received DelNetwork for IP {ip}, Pod {pod}, Namespace {ns}, «Container|Sandbox» {cid}"
    ),
    ("DEL_REQ", "Received DelNetwork for Sandbox {cid}"),
    ("DEL_REQ_PB", "DelNetworkRequest: {pb}"),
    (
      "DEL_REPLY",
      "Send DelNetworkReply: IPv4Addr«:|» {v4}, IPv6Addr: {v6}, DeviceNumber: {#dev}, NetworkPolicyMode: {np}, err: {err}"
    ),
    (
      "DEL_REPLY",
      "Send DelNetworkReply: IPv4Addr«:|» {v4}, IPv6Addr: {v6}, DeviceNumber: {#dev}, err: {err}"
    ),
    (
      "DEL_REPLY",
      "Send DelNetworkReply: IPv4Addr«:|» {v4}, DeviceNumber: {#dev}, NetworkPolicyMode: {np}, err: {err}"
    ),
    ("DEL_REPLY", "Send DelNetworkReply: IPv4Addr«:|» {v4}, DeviceNumber: {#dev}, err: {err}"),
    ("DEL_REPLY", "Send DelNetworkReply: IPAddress: {ips}, err: {err}"),
    ("DEL_FAIL", "Send DelNetworkReply: {why}"),
    ("RPC_VERSION", "Rejecting «Add|Del»Network request: {err}"),
    ("RPC_BADKEY", "Unable to generate IPAMKey from {pb}"),
    ("RPC_ANNOTATE", "Failed to «add|delete» the pod annotation: {err}"),
  ]

  static let cloud: [(event: String, shape: String)] = [
    ("EC2_ASSIGN_TRY", "Trying to allocate {#n} IP addresses on new ENI{_}"),
    ("EC2_ASSIGN_TRY", "Trying to allocate {#n} IP addresses on ENI {eni}"),
    ("EC2_ASSIGN_OK", "Allocated {#n} private «IP addresses|IP prefixes|IPv6 prefix(es)»"),
    (
      "EC2_ASSIGN_ERR",
      "Failed to allocate «a private IP addresses|a private IP/Prefix addresses|IPv6 Prefixes» on ENI {eni}: {err}"
    ),
    (
      "EC2_ASSIGN_RETRY",
      "«F|f»ailed to allocate all available «ip addresses|IP addresses|IPv4 Prefixes» on an ENI {err}"
    ),
    (
      "EC2_ASSIGN_RETRY",
      "«F|f»ailed to allocate all available «ip addresses|IP addresses|IPv4 Prefixes» on ENI {eni}, err: {err}"
    ),
    ("EC2_ASSIGN_NEW_ERR", "Failed to allocate {#n} IP addresses on an ENI: {err}"),
    ("EC2_CREATE_TRY", "Creating ENI with security groups: [{sgs}] in subnet: {subnet}"),
    ("EC2_CREATE_OK", "Created a new ENI: {eni}"),
    ("EC2_CREATE_ERR", "Failed to CreateNetworkInterface {err}"),
    ("EC2_SUBNETS_ERR", "Failed to call ec2:DescribeSubnets: {err}"),
    ("EC2_TAG_ERR", "Failed to tag the newly created ENI {eni}:{err}"),
    ("EC2_TAG_ERR", "Failed to add tag to ENI {eni}: {err}"),
    ("EC2_TAG_ERR", "Failed to delete newly created untagged ENI! {err}"),
    (
      "EC2_DEVNUM",
      "«Found a free device number|Discovered device number is used» for network card {#card}«| »: {#dev}"
    ),
    ("EC2_DEVNUM", "«Found a free device number|Discovered device number is used»: {#dev}"),
    ("EC2_ATTACH_ERR", "Failed to attach ENI {eni}: {err}"),
    (
      "EC2_ATTACH_OK",
      "Successfully created and attached a new ENI {eni} to instance on network card {#card}"
    ),
    ("EC2_ATTACH_OK", "Successfully created and attached a new ENI {eni} to instance"),
    ("ENI_WAIT", "Not able to find the right ENI yet (attempt {#try}/{#of})"),
    ("ENI_WAIT_PART", "This ENI only has {#have} «IP addresses|Prefixes», we wanted {#want}"),
    ("EC2_DESCRIBE_ERR", "Failed to get ENI {eni} information from EC2 control plane {err}"),
    (
      "EC2_UNASSIGN_TRY",
      "Trying to unassign the following «IPs|Prefixes» [{list}] from ENI {eni}"
    ),
    (
      "EC2_UNASSIGN_OK",
      "Successfully freed «IPs|Prefixes|IPv4 Prefixes|IPv6 Prefixes|all Prefixes» [{list}] from ENI {eni}"
    ),
    (
      "EC2_UNASSIGN_ERR",
      "Failed to deallocate «a private IP address|a Prefixes address» {err}"
    ),
    ("EC2_UNASSIGN_ERR", "Failed to deallocate IPv«4|6» Prefixes [{list}]: {err}"),
    ("EC2_FREE_TRY", "Trying to free ENI: {eni}"),
    ("EC2_ATTACHMENT", "Found ENI {eni} attachment id: {att}"),
    ("EC2_ATTACHMENT_ERR", "Failed to retrieve ENI {eni} attachment id: {err}"),
    ("EC2_DETACH_OK", "Successfully detached ENI: {eni}"),
    ("EC2_DETACH_ERR", "Failed to detach ENI {eni} {err}"),
    ("EC2_DELETE_TRY", "Trying to delete ENI: {eni}"),
    ("EC2_DELETE_OK", "Successfully deleted ENI: {eni}"),
    ("EC2_DELETE_ERR", "Not able to delete ENI: {err}"),
    ("EC2_FREE_OK", "Successfully freed ENI: {eni}"),
    ("EC2_FREE_GONE", "ENI {eni} not found. It seems to be already freed"),
    ("EC2_FREE_GONE", "ENI {eni} has already been deleted"),
    ("EC2_LEAKED", "Found {#n} «leaked ENIs|available instances» with the AWS CNI tag."),
    ("EC2_LEAKED", "Cleaned up leaked CNI ENI {eni}"),
    ("EC2_PERM", "checkAPIErrorAndBroadcastEvent resulted in {err}"),
    (
      "SUBNET_EMPTY",
      "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough IPs/Prefixes.{_}"
    ),
    ("EC2_ERRCODE", "Insufficient IP Addresses due to: {code}"),
    ("ENI_LIMIT_HIT", "AssignPrivateIpAddresses returned PrivateIpAddressLimitExceeded{_}"),
  ]
}
