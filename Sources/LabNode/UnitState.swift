/// What systemd would say about a unit.
struct UnitState {
  let id: String
  let description: String
  let fragment: String
  /// When it became active.
  let since: Moment
  let booted: Moment
  var subState = "running"
  var processID = 0

  static func all(_ node: NodeModel) -> [UnitState] {
    func unit(_ id: String, _ description: String, _ seconds: Double, _ pid: Int) -> UnitState {
      UnitState(
        id: id, description: description, fragment: "/usr/lib/systemd/system/\(id)",
        since: node.booted + seconds, booted: node.booted, processID: pid)
    }
    let image = node.variant.image
    let kubelet = [
      UnitState(
        id: image.kubeletUnit, description: "Kubernetes Kubelet",
        fragment: "/etc/systemd/system/\(image.kubeletUnit)", since: node.kubeletStarted,
        booted: node.booted, processID: KubeletJournal.processID)
    ]
    let clock = image == .ubuntu || image == .bare ? "chrony.service" : "chronyd.service"
    var units = [
      unit("containerd.service", "containerd container runtime", 11.82, 1544),
      unit("systemd-networkd.service", "Network Configuration", 3.61, 611),
      unit("systemd-resolved.service", "Network Name Resolution", 3.88, 634),
      unit(clock, "NTP client/server", 4.12, 702),
      unit("amazon-ssm-agent.service", "amazon-ssm-agent", 8.07, 1208),
    ]
    if image.hasKubelet { units = kubelet + units }
    if image.hasNodeadm {
      for (index, name) in ["nodeadm-config.service", "nodeadm-run.service"].enumerated() {
        var done = unit(name, "EKS Nodeadm", 6.0 + 5.1 * Double(index), 0)
        done.subState = "exited"
        units.append(done)
      }
    }
    if image == .autoMode {
      units += UnitJournals.autoModeServices.enumerated().map { index, name in
        unit("\(name).service", name, 15.2 + Double(index), 2_000 + index)
      }
    }
    if node.variant.restoresSavedRules {
      var saved = unit("iptables.service", "IPv4 firewall with iptables", 1_932.6, 0)
      saved.subState = "exited"
      units.append(saved)
    }
    return units
  }

  /// The block that `systemctl show` prints.
  var text: String {
    let monotonic = since.microseconds - booted.microseconds
    return """
      Type=\(subState == "exited" ? "oneshot" : "simple")
      Restart=\(subState == "exited" ? "no" : "on-failure")
      MainPID=\(processID)
      NRestarts=0
      ExecMainStartTimestamp=\(since.systemd)
      ExecMainStartTimestampMonotonic=\(monotonic)
      ExecMainPID=\(processID)
      ExecMainCode=0
      ExecMainStatus=0
      Id=\(id)
      Names=\(id)
      Description=\(description)
      LoadState=loaded
      ActiveState=active
      SubState=\(subState)
      FragmentPath=\(fragment)
      DropInPaths=
      UnitFileState=enabled
      UnitFilePreset=disabled
      StateChangeTimestamp=\(since.systemd)
      StateChangeTimestampMonotonic=\(monotonic)
      InactiveExitTimestamp=\((since - 0.05).systemd)
      InactiveExitTimestampMonotonic=\(monotonic - 50_000)
      ActiveEnterTimestamp=\(since.systemd)
      ActiveEnterTimestampMonotonic=\(monotonic)
      NeedDaemonReload=no

      """
  }

  /// A stand-in for `systemctl`: a lab node has no systemd as its first process, so the real program
  /// could only refuse.
  static let standIn = #"""
    #!/bin/bash
    # Stand-in of the lab: answers from the texts of the node's units.
    units=/usr/lib/cnitriage-lab/units
    verb= keys= names=()
    while [ $# -gt 0 ]; do
      case $1 in
        --version) echo 'systemd 252 (252.23-6.amzn2023)'; exit 0 ;;
        -p | --property) keys+=",$2"; shift ;;
        --property=*) keys+=",${1#*=}" ;;
        -p*) keys+=",${1#-p}" ;;
        -*) ;;
        *) if [ -z "$verb" ]; then verb=$1; else names+=("$1"); fi ;;
      esac
      shift
    done
    only() {
      if [ -z "$keys" ]; then cat; else
        while IFS= read -r line; do
          case "$keys," in *",${line%%=*},"*) printf '%s\n' "$line" ;; esac
        done
      fi
    }
    absent() {
      printf '%s\n' "Id=$1" "Names=$1" "Description=$1" LoadState=not-found ActiveState=inactive \
        SubState=dead FragmentPath= DropInPaths= UnitFileState= UnitFilePreset= MainPID=0 \
        NRestarts=0 ActiveEnterTimestamp= ActiveEnterTimestampMonotonic=0 NeedDaemonReload=no
    }
    if [ "$verb" = list-units ]; then
      for file in "$units"/*; do
        name=${file##*/} sub=$(sed -n 's/^SubState=//p' "$file")
        printf '%-40s loaded active %-8s %s\n' "$name" "$sub" "$(sed -n 's/^Description=//p' "$file")"
      done
      exit 0
    fi
    status=0 first=1
    for name in "${names[@]}"; do
      case $name in *.*) ;; *) name+=.service ;; esac
      case $verb in
        show)
          [ $first = 1 ] || echo
          first=0
          if [ -f "$units/$name" ]; then only <"$units/$name"; else absent "$name" | only; fi ;;
        cat)
          file=$(sed -n 's/^FragmentPath=//p' "$units/$name" 2>/dev/null)
          if [ -f "$file" ]; then echo "# $file"; cat "$file"; else
            echo "No files found for $name." >&2; status=1
          fi ;;
        is-active)
          if [ -f "$units/$name" ]; then echo active; else echo inactive; status=3; fi ;;
        is-enabled)
          if [ -f "$units/$name" ]; then echo enabled; else echo disabled; status=1; fi ;;
        *)
          echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
          exit 1 ;;
      esac
    done
    exit $status

    """#
}
