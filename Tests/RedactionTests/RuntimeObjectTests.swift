import Foundation
import Testing

@testable import Redaction

@Suite("What a container runtime says about pods and containers")
struct RuntimeObjectTests {
  /// One container in the form of `crictl inspect`.
  private static func container(namespace: String, extra: String = "") -> String {
    #"""
    {"status":{"id":"c1","metadata":{"name":"aws-node","attempt":1},"labels":{"a":"b",\#
    "io.kubernetes.pod.namespace":"\#(namespace)"},"annotations":{}},"info":{\#(extra)"config":{\#
    "metadata":{"name":"aws-node"},"command":["/app/run","--flag=value9"],"envs":[\#
    {"key":"WARM_ENI_TARGET","value":"1"},{"key":"MY_THING","value":"fine"},\#
    {"key":"OTHER","value":"hidden1"}]},"runtimeSpec":{"process":{"args":["/app/run"],"env":[\#
    "WARM_IP_TARGET=5","UNKNOWN=hidden2"]}}}}
    """#
  }

  private func masked(_ text: String) -> String {
    redact(text, .kubernetesObjects).text
  }

  @Test("the cluster's own containers keep the values on the allow-list, in both forms")
  func systemContainer() {
    let text = masked(Self.container(namespace: "kube-system"))
    #expect(text.contains(#"{"key":"WARM_ENI_TARGET","value":"1"}"#))
    #expect(text.contains(#"{"key":"MY_THING","value":"fine"}"#))
    #expect(text.contains(#"{"key":"OTHER","value":"<redacted:R3>"}"#))
    #expect(text.contains(#""WARM_IP_TARGET=5","UNKNOWN=<redacted:R3>""#))
    #expect(text.contains("--flag=value9"))
    #expect(!text.contains("hidden"))
  }

  @Test("containers of users keep names only")
  func userContainer() {
    let text = masked(Self.container(namespace: "shop"))
    for value in [#""1""#, "fine", "hidden", "TARGET=5", "value9"] {
      #expect(!text.contains(value), "\(value)")
    }
    #expect(text.contains("WARM_ENI_TARGET") && text.contains("UNKNOWN="))
  }

  @Test("each object of a list is judged by itself")
  func list() {
    let both = [
      Self.container(namespace: "kube-system"), Self.container(namespace: "shop"),
    ].joined(separator: ",")
    let text = masked(#"{"items":[],"inspect":[\#(both)]}"#)
    #expect(text.components(separatedBy: #""WARM_IP_TARGET=5""#).count == 2)
    #expect(text.components(separatedBy: "WARM_IP_TARGET=<redacted:R3>").count == 2)
  }

  @Test("a pod sandbox is judged by its metadata")
  func sandbox() {
    func sandbox(_ namespace: String) -> String {
      masked(
        #"{"status":{"metadata":{"name":"p","namespace":"\#(namespace)"}},"#
          + #""info":{"runtimeSpec":{"process":{"env":["POD_NAME=x"]}}}}"#)
    }
    #expect(sandbox("kube-system").contains("POD_NAME=x"))
    #expect(sandbox("shop").contains("POD_NAME=<redacted:R3>"))
  }

  @Test("what a user can write into labels or data makes nothing the cluster's own")
  func forged() {
    let label = #""labels":{"io.kubernetes.pod.namespace":"kube-system"},"#
    let text = masked(Self.container(namespace: "shop", extra: label))
    #expect(!text.contains("hidden") && !text.contains("TARGET=5"))
    let pod =
      #"{"items":[{"metadata":{\#(label)"namespace":"shop"},"spec":{"containers":[{"env":["#
      + #"{"name":"WARM_X","value":"hidden3"}]}]}}]}"#
    #expect(!masked(pod).contains("hidden3"))
  }

  @Test("the order that puts the data before the status masks everything")
  func dataFirst() {
    let text = masked(
      #"{"info":{"runtimeSpec":{"process":{"env":["WARM_X=hidden4"]}}},"#
        + #""status":{"labels":{"io.kubernetes.pod.namespace":"kube-system"}}}"#)
    #expect(!text.contains("hidden4"))
  }
}
