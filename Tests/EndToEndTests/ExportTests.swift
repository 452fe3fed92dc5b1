import Foundation
import Testing

@Suite("The verb export")
struct ExportTests {
  private func export(_ arguments: [String]) throws -> Programs.Outcome {
    try Programs.run(Programs.cnitriage, ["export"] + arguments)
  }

  private func bundles(_ scratch: Scratch) throws -> [String] {
    try ["one", "two"].map { name in
      try makeBundle(
        scratch, name,
        [
          "net/iptables-save.txt": hostileRule, "sysctl/net.txt": "net.ipv4.ip_forward = 1\n",
          "net/rules4.txt": "0:\tfrom all lookup local\n1536:\tfrom 10.42.12.200 lookup 2\n",
        ])
    }
  }

  /// Every row of an export, table by table, as sorted JSON texts; read with Python's own readers.
  private static let reader = """
    import csv, glob, io, json, os, sqlite3, subprocess, sys
    kind, path = sys.argv[1:]
    tables = {}
    def note(table, row):
        tables.setdefault(table, []).append(row)
    if kind == 'sqlite':
        db = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
        names = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in names:
            cursor = db.execute(f'SELECT * FROM "{name}"')
            columns = [c[0] for c in cursor.description]
            for row in cursor:
                note(name, dict(zip(columns, row)))
    else:
        for file in sorted(glob.glob(f'{path}/v1/*/cluster=*/dt=*/*.{kind}*')):
            data = open(file, 'rb').read()
            if file.endswith('.zst'):
                data = subprocess.run(['zstd', '-dcq'], input=data, check=True, stdout=-1).stdout
            table = file[len(path):].split('/')[2]
            text = io.StringIO(data.decode(), newline='')
            for row in csv.DictReader(text) if kind == 'csv' else map(json.loads, text):
                note(table, row)
    for table in sorted(tables):
        for row in sorted(json.dumps({k: '' if v is None else str(v) for k, v in row.items()})
                          for row in tables[table]):
            print(table, row)
    """

  private func content(_ kind: String, _ path: String) throws -> String {
    let outcome = try Programs.run("/usr/bin/env", ["python3", "-c", Self.reader, kind, path])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return outcome.output
  }

  @Test("SQLite, JSON Lines and CSV hold the same rows, whoever reads them")
  func sameContent() throws {
    let scratch = try Scratch()
    let bundles = try bundles(scratch)
    let database = scratch.path("fleet.db")
    let outcome = try export(
      bundles + [
        "--to", "sqlite=\(database)", "--to", "jsonl=\(scratch.path("j"))", "--to",
        "csv=\(scratch.path("c"))",
      ])
    #expect(outcome.code == 0 && outcome.errors.contains("note: one"), "\(outcome.errors)")
    #expect(outcome.output.contains("fleet.db  2 bundles  "))
    let expected = try content("sqlite", database)
    #expect(expected.split(separator: "\n").count > 10)
    #expect(expected.contains("00000000000000000000ffff0a2a0cc8"))
    #expect(try content("jsonl", scratch.path("j")) == expected)
    #expect(try content("csv", scratch.path("c")) == expected)
    let plain = try export(
      bundles + ["--to", "jsonl=\(scratch.path("p"))", "--uncompressed", "-q"])
    #expect(plain.code == 0 && plain.output == "")
    #expect(try content("jsonl", scratch.path("p")) == expected)
    let asked = try Programs.run(
      Programs.cnitriage, ["query", database, "SELECT count(*) AS n FROM ip_rule"])
    #expect(asked.output == "n\n4\n", "\(asked.errors)")
    let unfinished = try Programs.run("/usr/bin/find", [scratch.root.path, "-name", "*.partial"])
    #expect(unfinished.output == "")
  }

  @Test("equal input gives equal files")
  func reproducible() throws {
    let scratch = try Scratch()
    let bundles = try bundles(scratch)
    for name in ["a", "b"] {
      #expect(
        try export(
          bundles + [
            "--to", "jsonl=\(scratch.path(name))", "--to", "sqlite=\(scratch.path(name)).db",
          ]
        ).code == 0)
    }
    let outcome = try Programs.run("/usr/bin/diff", ["-r", scratch.path("a"), scratch.path("b")])
    #expect(outcome.code == 0, "\(outcome.output)")
    let databases = try Programs.run(
      "/usr/bin/cmp", [scratch.path("a.db"), scratch.path("b.db")])
    #expect(databases.code == 0, "\(databases.output)")
  }

  @Test("nothing is replaced unless it is said, and nothing is left of what failed")
  func existing() throws {
    let scratch = try Scratch()
    let bundles = try bundles(scratch)
    let targets = ["--to", "sqlite=\(scratch.path("x.db"))"]
    #expect(try export(bundles + targets).code == 0)
    let before = scratch.names
    let again = try export(bundles + targets)
    #expect(again.code == 6 && again.errors.contains("it exists already [E203]"))
    #expect(try export(bundles + targets + ["--overwrite"]).code == 0)
    let folder = ["--to", "jsonl=\(scratch.path("j"))"]
    #expect(try export([bundles[0]] + folder).code == 0)
    #expect(try export([bundles[1]] + folder).code == 0)
    let same = try export([bundles[1]] + folder)
    #expect(same.code == 6 && same.errors.contains("[E203]"), "\(same.errors)")
    #expect(try export([bundles[1]] + folder + ["--overwrite"]).code == 0)
    #expect(scratch.names == (before + ["j"]).sorted())
    let none = try export(["/absent.tar.zst", "--to", "sqlite=\(scratch.path("y.db"))"])
    #expect(none.code == 3 && !scratch.names.contains { $0.contains("y.db") })
  }

  @Test(
    "a full disk leaves nothing under the final name",
    .enabled(if: Programs.canMakeNodes, "needs root to mount a small disk"))
  func fullDisk() throws {
    let scratch = try Scratch()
    let large = try makeBundle(
      scratch, "large",
      ["sysctl/net.txt": (0..<60_000).map { "net.x.key\($0) = \($0 &* 2_654_435_761)\n" }.joined()])
    let disk = scratch.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let script = """
      mount -t tmpfs -o size=200k none "$1"
      "$0" export "$2" --to "$3=$1/x"; code=$?
      find "$1" -type f; exit $code
      """
    for form in ["sqlite", "jsonl", "csv"] {
      let outcome = try Programs.run(
        "/usr/bin/unshare",
        ["-m", "/bin/bash", "-c", script, Programs.cnitriage, disk, large, form])
      #expect(outcome.code == 6 && outcome.errors.contains("[E202]"), "\(form): \(outcome.errors)")
      #expect(outcome.output == "", "\(form)")
    }
  }

  @Test("definitions for every engine name every table, and wrong arguments are told")
  func definitions() throws {
    for engine in ["athena", "duckdb", "clickhouse", "spark"] {
      let outcome = try export(["--ddl", engine, "--location", "s3://b/facts/"])
      #expect(outcome.code == 0 && outcome.errors == "")
      #expect(outcome.output.contains("s3://b/facts/v1/iptables_chain"))
      #expect(outcome.output.components(separatedBy: "SELECT").count > 5)
    }
    for arguments in [
      ["--ddl", "oracle"], [], ["x"], ["x", "--to", "xml=y"], ["x", "--to", "sqlite="],
      ["--ddl", "duckdb", "x"], ["x", "--to", "csv=a", "--location", "b"],
    ] {
      let outcome = try export(arguments)
      #expect(outcome.code == 2 && outcome.errors.hasPrefix("error: "), "\(arguments)")
    }
  }

  @Test(
    "a node's bundle names its cluster and node",
    .enabled(if: Programs.canMakeNodes, "needs root and network namespaces"))
  func node() throws {
    let scratch = try Scratch()
    let bundle = try LabNode("forward-drop").collect(into: scratch).path
    let sql =
      "SELECT cluster, node_id, policy FROM iptables_chain WHERE chain = 'FORWARD' "
      + "AND tbl = 'filter' AND family = 'ipv4' AND policy = 'DROP'"
    let asked = try Programs.run(
      Programs.cnitriage, ["query", bundle, sql, "--format", "jsonl"])
    #expect(asked.code == 0, "\(asked.errors)")
    let row = try JSONDecoder().decode(
      [String: String].self, from: Data((asked.output.split(separator: "\n").first ?? "").utf8))
    #expect(row["policy"] == "DROP" && row["node_id"]?.hasPrefix("i-") == true)
    let cluster = try #require(row["cluster"])
    let outcome = try export([bundle, "--to", "jsonl=\(scratch.path("j"))", "--json"])
    #expect(outcome.code == 0 && outcome.output.contains("\"schema\":\"cnitriage.export/1\""))
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: scratch.path("j/v1/iptables_chain"))
    #expect(folders.contains("cluster=\(cluster)"))
    #expect(
      try export([bundle, "--to", "sqlite=\(scratch.path("f.db"))"]).code == 0)
    #expect(try content("sqlite", scratch.path("f.db")) == content("jsonl", scratch.path("j")))
  }
}
