public import BundleModel
import FoundationEssentials

/// A plan that was printed by a dry run and perhaps edited: which items, and within which bounds.
/// What an item reads can't be changed there; items of one's own come from another file.
public enum PlanFile {
  private struct Fields: Decodable {
    var items: [Item]
  }

  private struct Item: Decodable {
    var id: String
    var timeout_s: Double?
    var cap_bytes: Int?
  }

  /// Applies a file to the items that exist.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - catalog: every item that exists, the user's own included.
  ///   - owners: user ids that may own the file.
  public static func read(
    _ path: String, catalog: [Artifact], owners: Set<UInt32>
  ) throws(CollectError) -> Plan {
    let bytes = try TrustedFile.read(path, option: "--plan", owners: owners)
    return try parse(bytes, path: path, catalog: catalog)
  }

  static func parse(_ bytes: [UInt8], path: String, catalog: [Artifact]) throws(CollectError)
    -> Plan
  {
    let fields: Fields
    do {
      fields = try JSONDecoder().decode(Fields.self, from: Data(bytes))
    } catch {
      throw wrong("\(path) is no plan", "cnitriage collect --dry-run --json > \(path)")
    }
    var plan = Plan([])
    var known: Set<String> = []
    for item in fields.items {
      guard let artifact = catalog.first(where: { $0.id.rawValue == item.id }) else {
        let near = NearestName.to(item.id, among: catalog.map(\.id.rawValue))
        throw wrong(
          "\(path): no item has the id `\(item.id)`",
          (near.map { "nearest: \($0); " } ?? "") + "cnitriage collect --list")
      }
      let (timeout, cap) = (
        item.timeout_s ?? artifact.timeoutSeconds, item.cap_bytes ?? artifact.capBytes
      )
      guard timeout > 0, timeout <= 3600, cap > 0 else {
        throw wrong(
          "\(path): \(item.id) has no usable bounds", "timeout_s up to 3600, cap_bytes above 0")
      }
      guard known.insert(item.id).inserted else { continue }
      plan.items.append(artifact.bounded(timeoutSeconds: timeout, capBytes: cap))
    }
    // The order of the catalogue is the order of a bundle, whatever the file's is.
    plan.items = catalog.compactMap { artifact in plan.items.first { $0.id == artifact.id } }
    plan.skipped = catalog.filter { !known.contains($0.id.rawValue) }.map {
      Plan.Skipped(id: $0.id, reason: "not in the plan file")
    }
    return plan
  }

  private static func wrong(_ what: String, _ remedy: String) -> CollectError {
    CollectError(
      code: "E105", kind: .usage, what: what,
      why: "a plan lists items by their ids, with a time limit and a cap each", remedy: remedy)
  }
}
