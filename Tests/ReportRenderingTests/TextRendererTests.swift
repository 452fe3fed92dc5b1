import ReportModel
import TestSupport
import Testing

@testable import ReportRendering

@Suite("Text reports")
struct TextRendererTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let style: TextStyle
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "w80.txt", style: TextStyle(width: 80)),
    Case(name: "w80-color.txt", style: TextStyle(width: 80, isColoured: true)),
    Case(name: "w80-ascii.txt", style: TextStyle(width: 80, isASCII: true)),
    Case(name: "w120.txt", style: TextStyle(width: 120)),
    Case(
      name: "w120-details.txt",
      style: TextStyle(
        width: 120, showsDetails: true, showsPassed: true, showsNotApplicable: true)),
  ]

  @Test("the whole report looks as agreed", arguments: cases)
  func golden(_ sample: Case) throws {
    try expectGolden(
      TextRenderer(sample.style).text(SampleReport.full), "reports/\(sample.name)")
  }

  @Test("no line is wider than the terminal, except paths and commands", arguments: cases)
  func width(_ sample: Case) {
    var plain = sample.style
    plain.isColoured = false
    for line in TextRenderer(plain).text(SampleReport.full).split(separator: "\n") {
      #expect(String(line).cellCount <= plain.width, "\(line)")
    }
  }

  @Test("colours support the words and change none of them")
  func colours() {
    let plain = TextRenderer(TextStyle()).text(SampleReport.full)
    let coloured = TextRenderer(TextStyle(isColoured: true)).text(SampleReport.full)
    #expect(coloured != plain)
    #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
  }

  @Test("ASCII output is ASCII")
  func ascii() {
    let style = TextStyle(isASCII: true, showsDetails: true)
    #expect(TextRenderer(style).text(SampleReport.full).utf8.allSatisfy { $0 < 0x80 })
    #expect(TextRenderer(style).text(SampleReport.hostile).utf8.allSatisfy { $0 < 0x80 })
  }

  @Test("nothing from a bundle can drive the terminal", arguments: [60, 80, 120])
  func hostile(_ width: Int) {
    let style = TextStyle(width: width, showsDetails: true, showsPassed: true)
    let text = TextRenderer(style).text(SampleReport.hostile)
    let controls = text.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value)
        || (0x202A...0x202E).contains($0.value)
    }
    #expect(controls.isEmpty)
    #expect(text.contains("alert(1)"))
  }

  @Test(
    "cells are counted as terminals count them",
    arguments: [("abc", 3), ("策略", 4), ("e\u{301}", 1), ("→", 1)] as [(String, Int)])
  func cells(_ text: String, _ count: Int) {
    #expect(text.cellCount == count)
  }

  @Test("text is cut at whole characters and the cut shows")
  func cut() {
    #expect(TextStyle().cut("abcdef", to: 6) == "abcdef")
    #expect(TextStyle().cut("abcdefg", to: 6) == "abcde…")
    #expect(TextStyle(isASCII: true).cut("abcdefg", to: 6) == "abc...")
    #expect(TextStyle().cut("策略策略", to: 6) == "策略…")
  }
}
