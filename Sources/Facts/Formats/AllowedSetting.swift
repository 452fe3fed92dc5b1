/// Which environment variables of containers keep their value as a fact. Archives of other
/// collectors hold every value as it is, and nobody knows all names that hold secrets: only what
/// says how the CNI, the node or the cluster is set up is kept.
enum AllowedSetting {
  /// Whether the value of a variable may be kept.
  static func mayShow(_ name: String) -> Bool {
    names.contains(name)
      || prefixes.contains { name.hasPrefix($0) } && !secretEndings.contains { name.hasSuffix($0) }
      || name.hasPrefix("AWS_USE_") && name.hasSuffix("_ENDPOINT")
  }

  private static let prefixes = [
    "AWS_VPC_", "WARM_", "ENABLE_", "DISABLE_", "POD_", "ENI_CONFIG_", "CLUSTER_", "MY_",
    "KUBERNETES_SERVICE_",
  ]

  private static let secretEndings = [
    "KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PWD", "PASS", "CREDENTIALS", "AUTH",
  ]

  private static let names: Set<String> = [
    "MINIMUM_IP_TARGET", "MAX_ENI", "IP_COOLDOWN_PERIOD", "VPC_ID", "VPC_CNI_VERSION",
    "NETWORK_POLICY_ENFORCING_MODE", "INTROSPECTION_BIND_ADDRESS", "ANNOTATE_POD_IP",
    "MANAGE_UNTAGGED_ENI", "AWS_MANAGE_ENIS_NON_SCHEDULABLE", "AWS_EXTERNAL_SERVICE_CIDRS",
    "ADDITIONAL_ENI_TAGS", "USE_PROMETHEUS", "HOST_CNI_BIN_PATH", "HOST_CNI_CONFDIR_PATH",
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_STS_REGIONAL_ENDPOINTS", "AWS_EC2_ENDPOINT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "no_proxy", "GODEBUG", "GOMAXPROCS", "GOMEMLIMIT",
  ]
}
