/** An object of the Kubernetes API. */
export interface ApiObject {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

/** The objects of a scenario, briefly: lists of pods, namespaces and service accounts. */
export interface ScenarioCluster {
  readonly pods?: readonly Readonly<Record<string, unknown>>[];
  readonly namespaces?: readonly Readonly<Record<string, unknown>>[];
  readonly serviceAccounts?: readonly Readonly<Record<string, unknown>>[];
}

/** A change of the cluster: objects that come or change, and the keys of those that go. */
export interface ClusterChange {
  readonly apply?: ScenarioCluster;
  readonly delete?: readonly string[];
}

export const nodeName: string;
export function objectsOf(cluster: ScenarioCluster): readonly ApiObject[];
export function changed(objects: readonly ApiObject[], step: ClusterChange): readonly ApiObject[];
