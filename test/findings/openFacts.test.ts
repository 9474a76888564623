import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/findings/examine.ts';
import { lookUpFact } from '../../src/model/fact.ts';
import { world } from '../../src/model/builder.ts';
import { findingMessage } from '../../src/report/findingMessage.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { worlds } from '../../src/testing/index.ts';

const goV2 = { sdk: { family: 'go-v2' } } as const;
const node = { roleArn: 'arn:aws:iam::111122223333:role/node' };
const blocked = world()
  .pod('shop/web')
  .networkPolicy('shop/block', {
    policyTypes: ['Egress'],
    egress: [{ peers: [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }] }],
  })
  .fact('kube2iam', 'notInstalled');
const required = blocked.nodeDefaults({
  ...node,
  imds: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
});

/** Rules that speak of what a CNI does. */
const aboutCni: ReadonlySet<string> = new Set([
  'np-not-enforced',
  'np-calico-sees-after-dnat',
  'np-vpccni-sees-before-dnat',
  'np-cilium-host-entity',
  'interface-mismatch',
  'cilium-bpf-host-routing',
]);

describe('what nobody states', () => {
  it.each([
    ['a CNI without an engine', required.fact('cni', 'flannel'), ['np-not-enforced']],
    ['a CNI that nobody states', required, []],
  ])('blames %s as it should', (_name, builder, expected) => {
    const given = builder.build();
    const found = findConflicts(given, resolveAll(given, goV2)).map(({ rule }) => rule);
    expect(found.filter((rule) => aboutCni.has(rule))).toEqual(expected);
  });

  it('is said with the finding that hangs on it', () => {
    const given = world()
      .nodeDefaults({ ...node, imds: { httpTokens: 'required' } })
      .pod('shop/web', { annotations: { 'iam.amazonaws.com/role': 'app' } })
      .fact('kube2iam', 'notInstalled')
      .build();
    const messages = findConflicts(given, resolveAll(given, goV2)).map(findingMessage);
    expect(messages.join('\n')).toContain('so it is if the IMDS hop limit is 1');
  });
});

describe('laws of findings', () => {
  it('nothing is said of what a CNI does while nobody states which one it is', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2 }), (drawn) => {
        fc.pre(lookUpFact(drawn, { name: 'cni' }).value === undefined);
        const found = findConflicts(drawn, resolveAll(drawn, goV2)).map(({ rule }) => rule);
        expect(found.filter((rule) => aboutCni.has(rule))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
