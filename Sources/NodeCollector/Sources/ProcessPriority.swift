import CLinux

/// The collector's place among the processes of the node.
public enum ProcessPriority {
  /// From now on this process and all that it starts get the processor and the disks only when
  /// nobody else wants them; and it holds no more memory than it needs at the time.
  public static func stepBack() {
    cnitriage_stay_small()
    cnitriage_step_back()
  }
}
