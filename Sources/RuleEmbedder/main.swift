import Foundation

// RuleEmbedder OUTPUT FOLDER FILE…: writes one Swift file that holds the text of every rule.

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: RuleEmbedder OUTPUT FOLDER FILE…\n".utf8))
  exit(2)
}
let output = URL(filePath: arguments[arguments.startIndex])
let folder = arguments[arguments.startIndex + 1] + "/"
let files = arguments.dropFirst(2).sorted()

do {
  var source = "/// Made by RuleEmbedder from the YAML files of this folder.\n"
  source += "let embeddedRules: [RuleFile] = [\n"
  for file in files {
    let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
    let name = file.hasPrefix(folder) ? String(file.dropFirst(folder.count)) : file
    source += "  RuleFile(path: \(quoted(name)), text: \(quoted(text))),\n"
  }
  source += "]\n"
  try source.write(to: output, atomically: true, encoding: .utf8)
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}

/// A Swift literal of any text: every scalar that could mean something is spelled as its number.
func quoted(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": literal += "\\n"
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case " "..."~": literal.unicodeScalars.append(scalar)
    default: literal += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return literal + "\""
}
