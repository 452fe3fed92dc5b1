/// Every fact table of this version.
public enum FactCatalog {
  /// Tables that are filled by reading artifacts, in the order of the documentation.
  public static let all: [any FactRow.Type] = [
    NodeProperty.self, InstalledPackage.self, Boot.self, ClockState.self, NodeLoad.self,
    PressureReading.self, ControlGroup.self, NodeProcess.self, SystemLimit.self, Mount.self,
    KernelModule.self, KernelOption.self, ImageMaximumPods.self,
    IptablesTable.self, IptablesChain.self, IptablesRule.self, ForwardPath.self,
    IptablesNotice.self, IptablesProgram.self, ForwardPolicy.self,
    NftTable.self, NftChain.self, NftRule.self, NftSet.self,
    IPRule.self, IPRoute.self, Link.self, Address.self, Neighbour.self, NeighbourCount.self,
    Again<IPRule>.self, Again<IPRoute>.self, Again<Link>.self, Again<Address>.self,
    HostVeth.self, PodNetns.self, PodNetwork<Link>.self, PodNetwork<Address>.self,
    PodNetwork<IPRoute>.self, PodNetwork<IPRule>.self, PodNetwork<NeighbourText>.self,
    PodNetwork<Sysctl>.self, SandboxResolver.self,
    IPSet.self, IPSetEntry.self, IPVSService.self, IPVSServer.self,
    ConntrackCounter.self, ConntrackState.self, ConntrackKind.self,
    ProtocolCounter.self, SocketCount.self, Listener.self, LocalPortUse.self,
    Driver.self, DriverCounter.self, InterfaceDevice.self, QueueDiscipline.self,
    AttachedProgram.self,
    Sysctl.self, OtherSysctl.self, SysctlSetting.self, ConfigFile.self, ConfigLine.self,
    Unit.self, UnitDirective.self, LinkFile.self, NetworkDirective.self,
    KubeletFlag.self, KubeletSetting.self, MaxPodsSource.self, KubeletEvent.self,
    KubeletCertificate.self, KubeletEndpoint.self, PodFolder.self, HostEvent.self,
    RuntimeProperty.self, RuntimeCondition.self, RuntimeNetwork.self, Sandbox.self,
    RuntimeContainer.self, RuntimeImage.self,
    CNIFile.self, CNIConfig.self, CNIProgram.self, CNIResult.self, EgressAddress.self,
    LogFile.self,
    Checkpoint.self, CheckpointAllocation.self, IPAMPool.self, IPAMENI.self, IPAMCIDR.self,
    IPAMAddress.self, IPAMDPod.self, IPAMDENIConfig.self, IPAMDHealthCheck.self,
    AgentProcess.self, AgentPort.self, RunFile.self, IPAMDEvent.self, PluginEvent.self,
    LogEvent.self, LogShape.self, LogExtent.self,
    Metric.self,
    IMDSRequest.self, IMDSENI.self, IMDSAddress.self, IMDSCheck.self,
    ProbeSample.self, ProbeSeries.self, ProbeLoad.self,
    ContainerEnv.self, ContainerImage.self, ContainerSpec.self, ContainerMount.self,
    ContainerStatus.self, Pod.self, PodProbe.self,
    KubeWorkload.self, WorkloadProbe.self, ManagedField.self, KubeLabel.self,
    ServiceAccount.self, ConfigMapValue.self,
    KubeNode.self, KubeCondition.self, KubeTaint.self, KubeEvent.self,
    KubePermission.self, KubeAPICheck.self, KubeClusterProperty.self,
    ENIConfig.self, CNINodeFeature.self, SecurityGroupPolicy.self,
    NetworkPolicy.self, PolicyEndpointPod.self,
    BPFPin.self, BPFProgram.self, BPFMap.self, BPFPolicyRule.self, PolicyAgentCheck.self,
    CNIIdentityEvidence.self,
    AWSCluster.self, AWSAddon.self, AddonSetting.self, AddonVersion.self,
    PodIdentityAssociation.self, RolePolicy.self, RoleTrust.self, InstanceProfile.self,
    AWSInstance.self, AWSInterface.self, AWSInterfaceAddress.self, AWSSubnet.self,
  ]

  /// What reads artifacts: the tables that do it themselves, and readers that fill several at once.
  public static let readers: [any FactReader.Type] =
    all.compactMap { $0 as? any FactTable.Type } + sharedReaders

  private static let sharedReaders: [any FactReader.Type] = [ComponentLog.self, HostLog.self]

  /// Tables that are computed from others after loading.
  public static let derived: [any DerivedTable.Type] = [
    ClockSkew.self, IptablesChosenTable.self, UnitExec.self, UnitEnvironment.self,
    NewVethLinkPolicy.self, NetworkSetting.self, SysctlEffectiveSetting.self,
    ReversePathFilter.self, PodIP.self, KubeletEffective.self, MaxPods.self, CNIImage.self,
    CNISetting.self,
  ]

  /// Tables that the replay of the address manager's logs fills.
  public static let replayed: [any FactRow.Type] = [
    ReplayEpoch.self, ReplayPool.self, ReplayPoolEvent.self, ReplayAddress.self,
    ReplayDivergence.self, ReplayFault.self,
  ]

  /// Tables that the standard questions about packets fill.
  public static let followed: [any FactRow.Type] = [PathAnswer.self, PathAnswerStep.self]

  /// Tables that are concluded from all facts by more than SQL.
  public static let concluded: [any FactRow.Type] = [InstanceLimit.self] + replayed + followed

  /// The tables that readers fill, each once, in the order of the documentation; tables that it
  /// doesn't know come last.
  public static func tables(of readers: [any FactReader.Type]) -> [any FactRow.Type] {
    var filled = readers.flatMap { $0.tables }
    var ordered: [any FactRow.Type] = []
    for table in all + filled where filled.contains(where: { $0 == table }) {
      ordered.append(table)
      filled.removeAll { $0 == table }
    }
    return ordered
  }

  /// The declarations of all tables, for documentation and for checking rules.
  public static var descriptions: [TableDescription] {
    (all + derived + concluded).map { $0.tableDescription }
  }
}

extension FactRow {
  /// The table's declaration without its row's type.
  public static var tableDescription: TableDescription { schema.description }
}
