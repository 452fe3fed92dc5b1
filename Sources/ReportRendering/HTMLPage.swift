/// The frame of a page that loads nothing and has no script.
package enum HTMLPage {
  /// The page up to its header.
  package static func head(title: String) -> String {
    let policy =
      "default-src 'none'; style-src 'sha256-\(HTMLAssets.styleHash)'; base-uri 'none'; "
      + "form-action 'none'"
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
      </head>
      <body>

      """
  }
}
