/// Every fact table of this version.
public enum FactCatalog {
  /// Tables that are filled by reading artifacts, in the order of the documentation.
  public static let all: [any FactTable.Type] = [
    NodeProperty.self,
    IptablesTable.self, IptablesChain.self, IptablesRule.self, ForwardPath.self,
    IptablesProgram.self,
    IPRule.self, IPRoute.self, Link.self, Address.self,
    Sysctl.self, SysctlSetting.self, ConfigFile.self,
    Unit.self, UnitDirective.self, LinkFile.self,
    KubeletFlag.self, KubeletSetting.self, KubeletEvent.self,
    CNIConfig.self, LogFile.self,
    Checkpoint.self, CheckpointAllocation.self,
    IPAMPool.self, IPAMENI.self, IPAMAddress.self, IPAMDEvent.self, PluginEvent.self,
    Metric.self,
    IMDSRequest.self, IMDSENI.self, IMDSAddress.self, IMDSCheck.self,
    ContainerEnv.self, ContainerImage.self, Pod.self, PodProbe.self,
  ]

  /// Tables that are computed from others after loading.
  public static let derived: [any DerivedTable.Type] = [
    UnitExec.self, NewVethLinkPolicy.self, SysctlEffectiveSetting.self,
  ]

  /// The declarations of all tables, for documentation and for checking rules.
  public static var descriptions: [TableDescription] {
    all.map { $0.tableDescription } + derived.map { $0.tableDescription }
  }
}

extension FactRow {
  /// The table's declaration without its row's type.
  public static var tableDescription: TableDescription { schema.description }
}
