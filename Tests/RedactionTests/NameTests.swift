import Redaction
import Testing

@Suite("Pseudonyms of names")
struct NameTests {
  @Test(
    "names behind keys and in known forms are replaced",
    arguments: [
      ("K8S_POD_NAME:\"web-0\" K8S_POD_NAMESPACE:\"books\"", ["web-0", "books"]),
      ("K8S_POD_NAME=web-0;K8S_POD_NAMESPACE=books", ["web-0", "books"]),
      ("{\"k8sPodNamespace\":\"books\",\"k8sPodName\":\"web-0\"}", ["web-0", "books"]),
      ("{\\\"k8sPodNamespace\\\":\\\"books\\\"}", ["books"]),
      ("{\"io.kubernetes.pod.name\": \"web-0\"}", ["web-0"]),
      ("\"Killing\" pod=\"books/web-0\" podUID=\"x\"", ["web-0", "books"]),
      (
        "RunPodSandbox for &PodSandboxMetadata{Name:manifest-29310412-r8ckd,Uid:b1,Namespace:books,}",
        ["manifest-29310412-r8ckd", "books"]
      ),
      ("pods=[\"books/web-0\",\"books/web-1\"]", ["web-0", "web-1", "books"]),
      ("PodNamespace(books) PodName(web-0)", ["web-0", "books"]),
      ("for pod web-29310412-r8ckd namespace books sandbox 1", ["29310412", "books"]),
      ("pod \\\"web-0\\\" (UID: x)", ["web-0"]), ("web-0_books(0f3a91c2)", ["web-0_b", "books"]),
      (
        "/var/log/pods/books_web-0_0f3a91c2-1111-2222-3333-444455556666/cart/0.log",
        ["books", "web-0", "cart"]
      ),
      ("cart-7d9f8b6c5-x2x4z was here", ["cart-7d9f"]), ("from shop/web-0 on", ["shop", "web-0"]),
      ("--comment \"books/cart:http cluster IP\"", ["books", "cart"]),
      ("cart.books.svc.cluster.local. A", ["cart", "books"]),
      ("\"image\":\"r.example/team/cart:v1@sha256:ab\"", ["cart", "example"]),
      ("net.ipv4.conf.eni39d9ca4a246.rp_filter = 2", ["39d9ca4a246"]),
      ("eni39d9ca4a246@if3:", ["39d9ca4a246"]), ("generateName: cart-7d9f8b6c5-", ["cart"]),
    ])
  func replaces(text: String, clear: [String]) {
    let (masked, filter) = pseudonymize(text, testRules(addresses: false))
    for word in clear { #expect(!masked.contains(word), "\(masked)") }
    #expect(restore(masked, filter.pairs) == text, "\(masked)")
  }

  @Test(
    "what belongs to the cluster itself, and prose, stays",
    arguments: [
      "pod=\"kube-system/aws-node-7cx2f\"", "K8S_POD_NAMESPACE:\"kube-system\"",
      "\"namespace\":\"default\" namespace=k8s.io", "default via dev eth0 scope link",
      "network namespace path, pod sandbox, the pod is gone", "\"pods\": 110, \"pod\":null",
      "--comment \"AWS SNAT CHAIN\" --comment \"kubernetes service portals\"",
      "\"image\":\"602401143452.dkr.ecr.eu-west-2.amazonaws.com/eks/coredns:v1.11\"",
      "kubernetes.default.svc coredns-abc.kube-system.svc", "eni0123456789a@if3",
      "\"SyncLoop (PLEG): event for pod\" pod=\"kube-system/aws-node-t7w4k\"",
      "\"image\":{\"repository\":1}", "container=\"aws-node\"",
    ])
  func keeps(text: String) {
    #expect(pseudonymize(text, testRules(addresses: false)).text == text)
  }

  @Test("one name has one pseudonym everywhere, and another key gives another one")
  func consistency() {
    let text = "K8S_POD_NAME=cart-7d9f8b6c5-x2x4z x pod=\"shop/cart-7d9f8b6c5-x2x4z\""
    let masked = pseudonymize(text).text
    let pod = masked.dropFirst("K8S_POD_NAME=".count).prefix { $0 != " " }
    #expect(pod.hasPrefix("pod-"))
    #expect(masked.hasSuffix("/\(pod)\""))
    #expect(pseudonymize(text, testRules(seed: 8)).text != masked)
  }

  @Test("neither the chunks nor the border of a buffer change the result", arguments: 1...3)
  func chunks(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let line = #"{"msg":"pod=\"books/web-0\" 10.42.12.41/24 2a05:d018:1:2::5 02:ab:cd:ef:01:23 x"}"#
    var text = ""
    while text.utf8.count < 140_000 {
      text += line + generator.text(Int(generator.next() % 90), from: "ab1.:-_/\"= ") + "\n"
      if generator.next() % 40 == 0 { text += String(repeating: "a1", count: 700) }
    }
    let whole = pseudonymize(text)
    for _ in 0..<2 {
      let chunks = (0..<5).map { _ in 1 + Int(generator.next() % 9_000) }
      let cut = pseudonymize(text, chunks: chunks)
      #expect(cut.text == whole.text)
      #expect(cut.filter.counts == whole.filter.counts)
      #expect(cut.filter.pairs == whole.filter.pairs)
    }
    #expect(whole.text.count { $0 == "\n" } == text.count { $0 == "\n" })
  }
}
