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

function starts(...init: readonly string[]): string {
  return `${app}  initContainers: [${init.join(', ')}]\n`;
}

interface Case {
  readonly what: string;
  readonly spec: string;
  readonly name: 'setup' | 'app';
  readonly by?: string;
}

const cases: readonly Case[] = [
  { what: 'what starts after it is shut out', spec: starts(setup, block), name: 'app', by: 'block' },
  { what: 'a line of a shell is one too', spec: starts(inShell), name: 'app', by: 'block' },
  { what: 'what started before is not', spec: starts(setup, block), name: 'setup' },
  { what: 'the first shuts the others out', spec: starts(block, setup), name: 'setup', by: 'block' },
  { what: 'any other command shuts nobody out', spec: starts(setup), name: 'app' },
  {
    what: 'of a hostNetwork pod nothing is said',
    spec: `  hostNetwork: true\n${starts(block)}`,
    name: 'app',
  },
];

describe('blockingInitContainer', () => {
  it.each(cases)('$what', ({ spec, name, by }) => {
    const kind = name === 'app' ? 'app' : 'init';
    expect(blockingInitContainer(podWith(spec), { name, kind })?.name).toBe(by);
  });
});
