import BundleModel

/// An installed package.
public struct InstalledPackage: FactTable {
  var name: String
  var version: String
  var architecture: String?

  /// The declaration of `package`.
  public static let schema = Schema<Self>(
    "package", "Installed packages of rpm or dpkg.",
    from: [.packages, .foreignPackages, .foreignPackageStatus, .foreignBottlerocketPackages],
    columns: [
      Column("name", \.name, "Name of the package."),
      Column("version", \.version, "Version with its release, and with its epoch if it has one."),
      Column("architecture", \.architecture, "Architecture, such as x86_64, amd64 or noarch."),
    ])

  /// Reads our list, `rpm -qa`, `dpkg --list`, dpkg's database or a Bottlerocket inventory.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    try PackageText.forEach(&input, &rows) { package, line, rows in
      rows.append(
        Self(
          name: package.name, version: package.version, architecture: package.architecture),
        line: line)
    }
  }
}
