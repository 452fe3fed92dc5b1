import Testing

@testable import LabNode
