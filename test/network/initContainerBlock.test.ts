import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/ingest/parse.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import { blockingInitContainer } from '../../src/network/initContainerBlock.ts';

function podWith(spec: string): PodTemplate {
  const text = `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n${spec}`;
  const [workload] = parseInput([{ file: 'pod.yaml', text }]).world.workloads;
  if (!workload) throw new Error('no pod');
  return workload.template;
}

const rule = 'iptables --append OUTPUT --destination 169.254.169.254 --jump DROP';
const setup = '{ name: setup, image: example.com/setup:1 }';
const block = `{ name: block, image: example.com/tools:1, command: [${rule.split(' ').join(', ')}] }`;
const inShell = `{ name: block, image: example.com/tools:1, command: [sh, -c, "${rule}"] }`;
const app = '  containers: [{ name: app, image: example.com/app:1 }]\n';

const cases: readonly (readonly [what: string, spec: string, container: 'setup' | 'app', by?: string])[] = [
  ['what starts after it is shut out', `${app}  initContainers: [${setup}, ${block}]\n`, 'app', 'block'],
  ['a line of a shell is one too', `${app}  initContainers: [${inShell}]\n`, 'app', 'block'],
  ['what started before is not', `${app}  initContainers: [${setup}, ${block}]\n`, 'setup'],
  ['the first shuts the others out', `${app}  initContainers: [${block}, ${setup}]\n`, 'setup', 'block'],
  ['any other command shuts nobody out', `${app}  initContainers: [${setup}]\n`, 'app'],
  [
    'of a hostNetwork pod nothing is said',
    `  hostNetwork: true\n${app}  initContainers: [${block}]\n`,
    'app',
  ],
];

describe('blockingInitContainer', () => {
  it.each(cases)('%s', (_what, spec, name, by) => {
    const kind = name === 'app' ? 'app' : 'init';
    expect(blockingInitContainer(podWith(spec), { name, kind })?.name).toBe(by);
  });
});
