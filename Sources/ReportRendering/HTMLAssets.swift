/// The one style and the one script of the HTML report. The page's policy admits exactly these two,
/// by their hashes; a test computes the hashes anew.
package enum HTMLAssets {
  /// SHA-256 of `style` in base64.
  package static let styleHash = "Ky2R8aKoe35wUemRdLFclfcNazJoTJUTUdA9rVu2Tys="
  /// SHA-256 of `script` in base64.
  static let scriptHash = "hfcXQyKXJQHfvsH9a4xjQaFVGe8g00OYoB3QduLX7CI="

  package static let style = """
    :root{color-scheme:light dark;--bg:#fff;--fg:#1a1c1f;--soft:#f3f4f6;--line:#c5cad1;--dim:#545b66;\
    --critical:#a3001b;--error:#b3261e;--warning:#7a4d00;--info:#005a80;--good:#1b6130;--link:#0b57a4}
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#15171a;--fg:#e7e9ec;\
    --soft:#212429;--line:#4a515b;--dim:#aab1bb;--critical:#ff8a94;--error:#ff9d94;--warning:#f2be5c;\
    --info:#79c7ee;--good:#86d39b;--link:#8fc4ff}}
    :root[data-theme=dark]{--bg:#15171a;--fg:#e7e9ec;--soft:#212429;--line:#4a515b;--dim:#aab1bb;\
    --critical:#ff8a94;--error:#ff9d94;--warning:#f2be5c;--info:#79c7ee;--good:#86d39b;--link:#8fc4ff}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--bg);color:var(--fg);\
    font:1rem/1.5 system-ui,sans-serif}
    a{color:var(--link)}
    code,pre,.place{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
    pre{background:var(--soft);border:1px solid var(--line);padding:.5rem;white-space:pre-wrap;margin:.3rem 0}
    .skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px}
    dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:0}
    dl.facts dt{color:var(--dim)}dl.facts dd{margin:0;overflow-wrap:anywhere}
    table{border-collapse:collapse;width:100%}
    caption{text-align:left;color:var(--dim);padding:.3rem 0}
    th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid var(--line)}
    .number{text-align:right}
    .verdict{border:2px solid var(--line);padding:.5rem 1rem;margin:1rem 0}
    details.finding,details.list{border:1px solid var(--line);margin:.6rem 0;padding:.4rem .8rem}
    summary{cursor:pointer}
    summary h3{display:inline;font-size:1rem;font-weight:600}
    .severity{font-weight:700;display:inline-block;min-width:6.5rem}
    .critical{color:var(--critical)}.error{color:var(--error)}.warning{color:var(--warning)}\
    .info{color:var(--info)}.good{color:var(--good)}.dim{color:var(--dim)}
    .controls{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;margin:.6rem 0}
    .controls[hidden]{display:none}
    button,input,select{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);\
    padding:.2rem .6rem}
    .way{list-style:none;padding:0}
    .way li{position:relative;border:1px solid var(--line);border-radius:6px;padding:.5rem .8rem;\
    margin:0 0 1.4rem}
    .way li:not(:last-child)::after{content:"";position:absolute;left:1.6rem;bottom:-1.4rem;\
    height:1.4rem;border-left:2px solid var(--line)}
    .way b,.way code,.way em,.way small,.way span{display:block;overflow-wrap:anywhere}
    .way .cause,.way .bad{border:2px solid var(--critical)}.way .good{border:2px solid var(--good)}
    .evidence td:first-child{white-space:normal;width:40%}
    @media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
    @media print{:root,:root[data-theme=dark]{--bg:#fff;--fg:#000;--soft:#fff;--line:#777;--dim:#333;\
    --critical:#000;--error:#000;--warning:#000;--info:#000;--good:#000;--link:#000}
    body{max-width:none}.controls,.skip,button{display:none}details.finding,.way li{break-inside:avoid}}
    """

  static let script = """
    "use strict";
    (() => {
      const all = [...document.querySelectorAll("details.finding")];
      const bar = document.getElementById("controls");
      const severity = document.getElementById("severity");
      const text = document.getElementById("text");
      const shown = document.getElementById("shown");
      const order = ["critical", "error", "warning", "info"];
      bar.hidden = false;
      function apply() {
        const least = severity.value === "" ? 3 : order.indexOf(severity.value);
        const wanted = text.value.toLowerCase();
        let count = 0;
        for (const item of all) {
          const fits = order.indexOf(item.dataset.severity) <= least
            && item.textContent.toLowerCase().includes(wanted);
          item.hidden = !fits;
          if (fits) count += 1;
        }
        shown.textContent = count + " of " + all.length + " findings";
        const parts = new URLSearchParams();
        if (severity.value) parts.set("severity", severity.value);
        if (text.value) parts.set("text", text.value);
        const fragment = parts.toString();
        if (fragment) history.replaceState(null, "", "#?" + fragment);
        else if (location.hash.startsWith("#?")) history.replaceState(null, "", location.pathname);
      }
      function theme() {
        const root = document.documentElement;
        const isDark = root.dataset.theme
          ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        root.dataset.theme = isDark ? "light" : "dark";
      }
      function step(by) {
        const open = all.filter((item) => !item.hidden);
        if (!open.length) return;
        const at = open.findIndex((item) => item.contains(document.activeElement));
        const next = Math.min(open.length - 1, Math.max(0, at < 0 ? 0 : at + by));
        open[next].querySelector("summary").focus();
      }
      if (location.hash.startsWith("#?")) {
        const parts = new URLSearchParams(location.hash.slice(2));
        if (order.includes(parts.get("severity"))) severity.value = parts.get("severity");
        text.value = parts.get("text") || "";
      }
      severity.addEventListener("change", apply);
      text.addEventListener("input", apply);
      document.getElementById("theme").addEventListener("click", theme);
      for (const place of document.querySelectorAll(".place")) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "copy";
        button.setAttribute("aria-label", "copy " + place.textContent);
        button.addEventListener("click", () => navigator.clipboard.writeText(place.textContent));
        place.after(" ", button);
      }
      addEventListener("beforeprint", () => all.forEach((item) => { item.open = true; }));
      addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (["INPUT", "SELECT"].includes(document.activeElement.tagName)) {
          if (event.key === "Escape") document.activeElement.blur();
          return;
        }
        if (event.key === "/") { event.preventDefault(); text.focus(); }
        else if (event.key === "j") step(1);
        else if (event.key === "k") step(-1);
        else if (event.key === "t") theme();
        else if (event.key === "?") document.getElementById("keys").open ^= true;
        else if ("1234".includes(event.key)) { severity.value = order[event.key - 1]; apply(); }
        else if (event.key === "5") { severity.value = ""; apply(); }
      });
      apply();
    })();
    """
}
