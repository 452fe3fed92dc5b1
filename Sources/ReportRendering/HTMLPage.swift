import Crypto
import FoundationEssentials

/// The frame of a page that loads nothing and has no script.
package enum HTMLPage {
  /// The page up to its header: its title, and styles besides those that all pages have.
  package static func head(title: String, style: String? = nil) -> String {
    var hashes = "'sha256-\(HTMLAssets.styleHash)'"
    if let style {
      let digest = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
      hashes += " 'sha256-\(digest)'"
    }
    let policy =
      "default-src 'none'; style-src \(hashes); base-uri 'none'; form-action 'none'"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(html: policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(html: title)</title>
      <style>\(HTMLAssets.style)</style>

      """ + (style.map { "<style>\($0)</style>\n" } ?? "") + "</head>\n<body>\n"
  }
}
