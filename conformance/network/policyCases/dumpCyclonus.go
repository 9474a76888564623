// Prints cyclonus's generated NetworkPolicy cases with what its own engine makes of them, step by step.
//
// It is built inside a checkout of github.com/mattfenwick/cyclonus (v0.5.6 was used), as cmd/dump/main.go:
//
//	go run ./cmd/dump > recordings/cyclonus.json
//
// Cases that change labels, namespaces or pods are left out: they are counted on standard error. A matrix has a row
// for each pod that sends, and in it a figure for each that receives: 1 allowed, 0 blocked, - no such port.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/mattfenwick/cyclonus/pkg/connectivity/probe"
	"github.com/mattfenwick/cyclonus/pkg/generator"
	"github.com/mattfenwick/cyclonus/pkg/kube"
	"github.com/mattfenwick/cyclonus/pkg/matcher"
	v1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

type policy struct {
	In   string                         `json:"in"`
	Spec networkingv1.NetworkPolicySpec `json:"spec"`
}
type kase struct {
	Name     string            `json:"name"`
	Policies []policy          `json:"policies"`
	Matrices map[string]string `json:"matrices"`
}

func main() {
	namespaces := []string{"x", "y", "z"}
	pods := []string{"a", "b", "c"}
	r, err := probe.NewDefaultResources(kube.NewMockKubernetes(1.0), namespaces, pods, []int{80, 81}, []v1.Protocol{"TCP", "UDP", "SCTP"}, nil, 5, false, "x")
	if err != nil {
		panic(err)
	}
	for _, p := range r.Pods {
		p.IP = fmt.Sprintf("10.%d.0.%d", p.Namespace[0]-'x'+1, p.Name[0]-'a'+1)
	}
	enc := []kase{}
	skipped := 0
	gen := generator.NewTestCaseGenerator(true, "10.3.0.3", namespaces, nil, nil)
	for n, tc := range gen.GenerateAllTestCases() {
		var current []*networkingv1.NetworkPolicy
		ok := true
		for s, step := range tc.Steps {
			for _, a := range step.Actions {
				switch {
				case a.CreatePolicy != nil:
					current = append(current, a.CreatePolicy.Policy)
				case a.UpdatePolicy != nil:
					next := []*networkingv1.NetworkPolicy{}
					for _, p := range current {
						if p.Name != a.UpdatePolicy.Policy.Name || p.Namespace != a.UpdatePolicy.Policy.Namespace {
							next = append(next, p)
						}
					}
					current = append(next, a.UpdatePolicy.Policy)
				case a.DeletePolicy != nil:
					next := []*networkingv1.NetworkPolicy{}
					for _, p := range current {
						if p.Name != a.DeletePolicy.Name || p.Namespace != a.DeletePolicy.Namespace {
							next = append(next, p)
						}
					}
					current = next
				case a.ReadNetworkPolicies != nil:
				default:
					ok = false
				}
			}
			if !ok {
				skipped++
				break
			}
			parsed := matcher.BuildNetworkPolicies(true, current)
			step.Probe.Mode = generator.ProbeModePodIP
			table := probe.NewSimulatedRunner(parsed, &probe.JobBuilder{TimeoutSeconds: 1}).RunProbeForConfig(step.Probe, r)
			names := r.SortedPodNames()
			rows := map[string][]string{}
			for _, from := range names {
				cells := map[string]string{}
				for _, to := range names {
					for key, job := range table.Get(from, to).JobResults {
						bit := "-"
						switch job.Combined {
						case probe.ConnectivityAllowed:
							bit = "1"
						case probe.ConnectivityBlocked:
							bit = "0"
						}
						parts := strings.Split(key, "/")
						cells[parts[1]+"/"+parts[0]] += bit
					}
				}
				for key, row := range cells {
					rows[key] = append(rows[key], row)
				}
			}
			k := kase{Name: fmt.Sprintf("%d.%d %s", n+1, s+1, tc.Description), Policies: []policy{}, Matrices: map[string]string{}}
			byMatrix := map[string][]string{}
			for key, lines := range rows {
				m := strings.Join(lines, " ")
				byMatrix[m] = append(byMatrix[m], key)
			}
			for m, keys := range byMatrix {
				sort.Strings(keys)
				k.Matrices[strings.Join(keys, " ")] = m
			}
			for _, p := range current {
				k.Policies = append(k.Policies, policy{In: p.Namespace, Spec: p.Spec})
			}
			enc = append(enc, k)
		}
	}
	spaces := `"x": {"pods": ["a", "b", "c"], "labels": {"ns": "x"}}, "y": {"pods": ["a", "b", "c"], "labels": {"ns": "y"}}, "z": {"pods": ["a", "b", "c"], "labels": {"ns": "z"}}`
	fmt.Fprintln(os.Stderr, len(enc), "steps; cases skipped:", skipped)
	fmt.Println("{\"source\": \"mattfenwick/cyclonus:pkg/generator, as judged by its own pkg/matcher\", \"namespaces\": {" + spaces + "}, \"cases\": [")
	for i, k := range enc {
		b, _ := json.Marshal(k)
		sep := ","
		if i == len(enc)-1 {
			sep = ""
		}
		fmt.Println(string(b) + sep)
	}
	fmt.Println("]}")
}
