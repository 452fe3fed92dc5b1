/// Something that happens to a node; time comes with it (see ``Engine/handle(_:at:)``).
public enum Event: Hashable, Sendable {
  /// ipamd starts.
  case start(Choice)
  /// One "update the pool if required" pass of the pool loop.
  case updatePool(Choice)
  /// One reconcile pass of the pool loop.
  case reconcile
  /// The answer to a call.
  case reply(CallID, Reply)
  /// CNI ADD.
  case addPod(AddRequest, Choice)
  /// CNI DEL.
  case deletePod(DeleteRequest)
  /// The node gets or loses the unschedulable taint; an unreadable node counts as schedulable.
  case cordon(Bool)
  /// ipamd is told to stop.
  case terminate
  /// The subnet of the node's ENIConfig; nil while there is none.
  case eniConfig(subnet: String?)
  /// The node's pod capacity.
  case maxPods(Int)
}

/// Identifies a call until its answer comes.
public struct CallID: Hashable, Sendable {
  /// Counts the calls of this process from 1.
  public let number: Int

  /// The call with this number.
  public init(number: Int) {
    self.number = number
  }
}

/// What the engine does or wants in response to an event.
public enum Effect: Hashable, Sendable {
  /// A request to the outside world. The pool loop stands still until ``Event/reply(_:_:)``.
  case call(CallID, Call)
  /// A request whose answer changes nothing: made within a DEL, errors are only logged.
  case detachedCall(CallID, Call)
  /// Answer to an ADD.
  case added(AddReply)
  /// Answer to a DEL.
  case deleted(DeleteReply)
  /// The checkpoint file of a card was written; see ``Engine/checkpoint(card:)``.
  case checkpointWritten(card: Int)
  /// ipamd runs.
  case started
  /// ipamd ends.
  case startFailed(StartFailure)
  /// The pool loop finished a pass and is idle.
  case passFinished
  /// A decision on the way, as ipamd would log it.
  case note(Note)
  /// The event did not fit the state and changed nothing.
  case ignored(IgnoredEvent)
}

/// Why a start fails. The container restarts and tries again.
public enum StartFailure: Hashable, Sendable {
  /// The configuration is refused.
  case refused(StartRefusal)
  /// The attached ENIs cannot be listed.
  case discovery(CloudError)
  /// An ENI cannot be tagged.
  case tagging(ENIID, CloudError)
  /// The checkpoint file cannot be read.
  case checkpointUnreadable
  /// The checkpoint file has another version.
  case checkpointVersion(String)
  /// Two entries of the checkpoint have the same address.
  case duplicateAddress(IPAddress)
  /// The first growth step failed.
  case growth(CloudError)
  /// Custom networking, and no address after the first growth step.
  case emptyPool
}

/// Why an event was ignored.
public enum IgnoredEvent: Hashable, Sendable {
  /// The pool loop waits for a call or has not been started.
  case poolLoopBusy
  /// No such call is open.
  case unknownCall(CallID)
}

/// A decision of the pool loop.
public enum Note: Hashable, Sendable {
  /// Numbers and decisions of one card at the start of a pass.
  case examined(PoolDecisions)
  /// Growth was not tried.
  case growthBlocked(PoolPolicy.GrowthObstacle, card: Int)
  /// Growth failed.
  case growthFailed(CloudError, card: Int)
  /// The subnet has no room: growth pauses.
  case backoffStarted(CloudError)
  /// No further ENI fits on the instance.
  case noRoomForENI(card: Int)
  /// A new ENI was given up; the reason.
  case newENIFailed(NewENIFailure, card: Int)
  /// Shrinking was due but the last one is too recent.
  case shrinkTooSoon(card: Int)
  /// An ENI is not released; the first test it fails.
  case eniKept(ENIID, PoolPolicy.ReleaseObstacle)
  /// An ENI left the store to be released.
  case eniReleased(ENIID)
  /// EC2 refused to give up an ENI that has left the store.
  case eniReleaseFailed(ENIID, CloudError)
  /// An ENI entered the store.
  case eniAdded(ENIID)
  /// An ENI could not be set up.
  case eniSetUpFailed(ENIID)
  /// Reconcile removed an ENI; its pods lost their addresses.
  case eniVanished(ENIID, pods: [IPAMKey])
  /// Reconcile removed a CIDR; its pods lost their addresses.
  case cidrVanished(ENIID, CIDR, pods: [IPAMKey])
  /// Reconcile took a CIDR in.
  case cidrFound(ENIID, CIDR)
  /// The metadata's list was not believed and EC2 was asked.
  case metadataMismatch(ENIID)
  /// EC2 refused to take CIDRs back; they stay on the ENI until reconcile finds them.
  case unassignFailed(ENIID, CloudError)
  /// A checkpoint entry was dropped.
  case checkpointEntryDropped(IPAMKey, StaleEntry)
  /// Growth repeats without effect and would never end (1.16.3).
  case livelock(card: Int)

  /// Why a checkpoint entry is dropped.
  public enum StaleEntry: Hashable, Sendable {
    /// No host link carries the pod's suffix.
    case noHostLink
    /// No ENI holds the address.
    case unknownAddress
  }

  /// Why a new ENI is given up.
  public enum NewENIFailure: Hashable, Sendable {
    /// No ENIConfig for the node.
    case noENIConfig
    /// No subnet may take it.
    case noSubnet
    /// EC2 refused a step.
    case refused(CloudError)
    /// The metadata did not show it in time.
    case notInMetadata
    /// Link or subnet check failed.
    case setUp
  }
}
