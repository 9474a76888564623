import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseInput } from '../../src/ingest/parse.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import type { World } from '../../src/model/world.ts';
import type { PolicyPort, Saying } from '../../src/network/policies/peer.ts';
import { sharesOfKind } from '../../src/network/policies/policyShares.ts';
import { weigh } from '../../src/network/policies/ruling.ts';

type Labels = Readonly<Record<string, string>>;

/** A file of cases. A probe is `80/TCP` with lines such as `no x/* > x/a`; a later line wins. */
interface CaseFile {
  readonly source: string;
  /** `lines`: only pairs that a line names are stated; else every pair, and what no line names connects. */
  readonly states?: 'lines';
  readonly namespaces?: Readonly<
    Record<string, { readonly pods: readonly string[]; readonly labels: Labels }>
  >;
  readonly cases: readonly {
    readonly name: string;
    /** The pods that the source looks at; absent: all. */
    readonly pods?: readonly string[];
    readonly labels?: Readonly<Record<string, Labels>>;
    readonly policies: readonly { readonly kind?: string; readonly in?: string; readonly spec: unknown }[];
    readonly probes?: Readonly<Record<string, readonly string[]>>;
    /** By probes: a row for each pod that sends, a figure for each that receives; see dumpCyclonus.go. */
    readonly matrices?: Readonly<Record<string, string>>;
  }[];
}

const folder = join(import.meta.dirname, '../../conformance/network/policyCases');
const files = ['kubernetes-e2e.yaml', 'network-policy-api.yaml', 'recordings/cyclonus.json'];
const abc = { pods: ['a', 'b', 'c'], labels: {} };
const xyz = { x: abc, y: abc, z: abc };

const apis: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networking.k8s.io/v1',
  ClusterNetworkPolicy: 'policy.networking.k8s.io/v1alpha2',
  AdminNetworkPolicy: 'policy.networking.k8s.io/v1alpha1',
  BaselineAdminNetworkPolicy: 'policy.networking.k8s.io/v1alpha1',
};

const servedPorts = [80, 81].flatMap((port) =>
  ['TCP', 'UDP', 'SCTP'].map((protocol) => ({
    name: `serve-${port}-${protocol.toLowerCase()}`,
    containerPort: port,
    protocol,
  })),
);

function read(items: readonly unknown[]): World {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { world, diagnostics } = parseInput([{ file: 'case.json', text }]);
  expect(diagnostics.filter(({ code }) => code !== 'missing-service-account')).toEqual([]);
  return world;
}

const clusters = new Map<string, World>();

/** The namespaces and pods of a case, which many cases share. */
function clusterOf(file: CaseFile, labels: Readonly<Record<string, Labels>>): World {
  const key = JSON.stringify([file.namespaces, labels]);
  const known = clusters.get(key);
  if (known) return known;
  const spaces = Object.entries(file.namespaces ?? xyz);
  const pods = spaces.flatMap(([namespace, { pods: names, labels: shared }], space) =>
    names.map((name, at) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels: { pod: name, ...shared, ...labels[`${namespace}/${name}`] } },
      spec: { containers: [{ name: 'c', image: 'i', ports: servedPorts }] },
      status: { phase: 'Running', podIP: `10.${space + 1}.0.${at + 1}` },
    })),
  );
  const namespaces = spaces.map(([name, { labels: shared }]) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...shared, ...labels[name] } },
  }));
  const cluster = read([...namespaces, ...pods]);
  clusters.set(key, cluster);
  return cluster;
}

function worldOf(file: CaseFile, { policies, labels = {} }: CaseFile['cases'][number]): World {
  const objects = policies.map(({ kind = 'NetworkPolicy', in: namespace, spec }, at) => ({
    apiVersion: apis[kind],
    kind,
    metadata: { name: kind.startsWith('Baseline') ? 'default' : `p${at}`, namespace },
    spec,
  }));
  const { networkPolicies, adminPolicies } = read(objects);
  return { ...clusterOf(file, labels), networkPolicies, adminPolicies };
}

type Statement = (from: string, to: string) => 'yes' | 'no' | undefined;

/** What the source states, by probe. */
function statements(
  file: CaseFile,
  one: CaseFile['cases'][number],
): readonly (readonly [string, Statement])[] {
  const otherwise = file.states === 'lines' ? undefined : 'yes';
  const pods = Object.entries(file.namespaces ?? xyz).flatMap(([space, { pods: names }]) =>
    names.map((name) => `${space}/${name}`),
  );
  return [
    ...Object.entries(one.probes ?? {}).map(([probe, lines]): [string, Statement] => [
      probe,
      (from, to) => expected(lines, from, to) ?? otherwise,
    ]),
    ...Object.entries(one.matrices ?? {}).flatMap(([probes, matrix]) =>
      probes.split(' ').map((probe): [string, Statement] => [
        probe,
        (from, to) => {
          const figure = matrix.split(' ')[pods.indexOf(from)]?.[pods.indexOf(to)];
          return figure === '1' ? 'yes' : figure === '0' ? 'no' : undefined;
        },
      ]),
    ),
  ];
}

const kinds = ['networkPolicy', 'adminNetworkPolicy', 'clusterNetworkPolicy'] as const;

/** A connection passes when the egress of the one and the ingress of the other admit it. */
function connects(world: World, from: PodTemplate, to: PodTemplate, port: PolicyPort): boolean {
  const peer = (pod: PodTemplate): Saying['peer'] => ({
    address: { kind: 'known', address: pod.status?.podIP ?? '' },
    pod,
  });
  const sayings: readonly Saying[] = [
    { pod: from, direction: 'Egress', peer: peer(to), port },
    { pod: to, direction: 'Ingress', peer: peer(from), port },
  ];
  return sayings.every((saying) => {
    const shares = kinds.flatMap((kind) => sharesOfKind[kind](world, saying));
    return ['allowed', 'unselected'].includes(weigh(shares).kind);
  });
}

function fits(pattern: string, pod: string): boolean {
  return (
    pattern === '*' || pattern === pod || (pattern.endsWith('/*') && pod.startsWith(pattern.slice(0, -1)))
  );
}

function expected(lines: readonly string[], from: string, to: string): 'yes' | 'no' | undefined {
  const line = lines.findLast((one) => {
    const [, source = '', target = ''] = /^(?:yes|no) (\S+) > (\S+)$/.exec(one) ?? [];
    return fits(source, from) && fits(target, to);
  });
  return line === undefined ? undefined : line.startsWith('yes') ? 'yes' : 'no';
}

describe('the published cases of NetworkPolicy and its kin', () => {
  const counts = { cases: 0, pairs: 0, agree: 0 };
  for (const name of files) {
    const file = parse(readFileSync(join(folder, name), 'utf8')) as CaseFile;
    it.each(file.cases.map((one) => [one.name, one] as const))(`${name}: %s`, (_name, one) => {
      const world = worldOf(file, one);
      const named = new Map(world.workloads.map((pod) => [`${pod.namespace}/${pod.name}`, pod.template]));
      const pods = [...named].filter(([pod]) => one.pods?.includes(pod) ?? true);
      const wrong: string[] = [];
      counts.cases += 1;
      for (const [probe, stated] of statements(file, one)) {
        const [port, protocol] = probe.split('/') as [string, PolicyPort['protocol']];
        for (const [from, source] of pods) {
          for (const [to, target] of pods) {
            const want = stated(from, to);
            if (from === to || want === undefined) continue;
            const got = connects(world, source, target, { port: Number(port), protocol }) ? 'yes' : 'no';
            counts.pairs += 1;
            if (got === want) counts.agree += 1;
            else wrong.push(`${probe} ${from} > ${to}: ${got}, but the source says ${want}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    });
  }

  it('agree, all of them', () => {
    console.log(`${counts.cases} cases, ${counts.pairs} pairs, ${counts.agree} agree`);
    expect(counts.agree).toBe(counts.pairs);
    expect(counts.cases).toBeGreaterThan(300);
  });
});
