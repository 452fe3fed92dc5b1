public import FactStore
public import Facts

/// What an analysis concludes from the facts once all of them are loaded, such as the history of the
/// address pool.
public protocol FactConclusions {
  /// Makes conclusions of one bundle.
  init()
  /// Prepares an input that is about to be read.
  mutating func willLoad(_ input: inout ArtifactInput)
  /// Takes what reading an input left behind.
  mutating func didLoad(_ input: inout ArtifactInput)
  /// Fills the tables that are concluded from the others.
  func conclude(_ store: FactStore, _ items: ItemStates) throws
}
