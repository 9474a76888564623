import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/ingest/parse.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { reproductionArguments } from '../../src/report/counterexample.ts';
import { manifestsText } from '../../src/report/manifests.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { minimise } from '../../src/testing/minimise.ts';
import { isolated, noCrossNamespaceRole } from '../../src/testing/properties/isolated.ts';
import { neverNodeRole } from '../../src/testing/properties/neverNodeRole.ts';
import { noFallback } from '../../src/testing/properties/noFallback.ts';
import { onlyReachableBy } from '../../src/testing/properties/onlyReachableBy.ts';
import { stableUnderFaults } from '../../src/testing/properties/stableUnderFaults.ts';
import type { Property } from '../../src/testing/property.ts';
import { runCli } from '../cli/runCli.ts';

const account = '111122223333';
const node = `arn:aws:iam::${account}:role/node`;
const api = `arn:aws:iam::${account}:role/api`;
const other = `arn:aws:iam::${account}:role/other`;
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/A';

function trustFor(subject: string): JsonValue {
  return {
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${issuer}:sub`]: `system:serviceaccount:${subject}` } },
    },
  };
}

/** IRSA for pay/api, the metadata service open to every pod, and a web front in shop. */
function shop(subject: string): WorldBuilder {
  return world()
    .cluster({ accountId: account, oidcIssuer: issuer })
    .nodeDefaults({ roleArn: node, imds: { httpTokens: 'required', httpPutResponseHopLimit: 2 } })
    .role(api, { trust: trustFor(subject), policies: [] })
    .serviceAccount('pay/api', { roleArn: api })
    .pod('pay/api', { serviceAccount: 'api' })
    .pod('shop/web')
    .fact('cni', 'calico-iptables')
    .fact('kube2iam', 'notInstalled');
}

const closedMetadata = { peers: [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }] };
const open = shop('*').build();
const closed = shop('pay:api')
  .networkPolicy('pay/no-metadata', { policyTypes: ['Egress'], egress: [closedMetadata] })
  .networkPolicy('shop/no-metadata', { policyTypes: ['Egress'], egress: [closedMetadata] })
  .fact('stsAddress', 'inside')
  .fact('hostAddress', 'inside')
  .build();

describe('properties of a cluster', () => {
  const properties: readonly Property[] = [
    neverNodeRole(),
    neverNodeRole({ namespace: 'shop', sdk: 'go-v2' }),
    isolated('shop', 'pay'),
    noCrossNamespaceRole(),
    onlyReachableBy(api, ['pay/api']),
    stableUnderFaults({ sdk: 'java-v2' }),
    noFallback({ sdk: 'java-v2', faults: 1 }),
  ];

  it.each(properties.map((property) => [property.name, property]))(
    '%s fails where the cluster is open and holds where it is closed',
    (_name, property) => {
      const verdict = property.check(property.name === 'neverNodeRole' ? open : openTo(property));
      expect(verdict.kind).toBe('fails');
      expect(property.check(closed)).toEqual({ kind: 'holds' });
    },
  );

  /** Isolation on purpose needs a second account that the trust policy lets in. */
  function openTo({ name }: Property): typeof open {
    return name === 'isolated' || name === 'noCrossNamespaceRole' || name === 'onlyReachableBy'
      ? shop('*')
          .serviceAccount('shop/web', { roleArn: other })
          .pod('shop/job', { serviceAccount: 'web' })
          .build()
      : open;
  }

  it('looks at the namespace and the SDK that it was asked about', () => {
    expect(neverNodeRole({ namespace: 'pay', sdk: 'go-v2' }).check(open).kind).toBe('holds');
    expect(neverNodeRole({ namespace: 'shop', sdk: 'go-v2' }).check(open).kind).toBe('fails');
    expect(() => neverNodeRole({ sdk: 'golang-v2' }).check(open)).toThrow('go');
  });

  it('tells a loss of credentials from another identity', () => {
    expect(stableUnderFaults({ sdk: 'go-v2' }).check(closed).kind).toBe('holds');
    expect(stableUnderFaults({ sdk: 'go-v2', credentials: 'same' }).check(closed).kind).toBe('fails');
  });
});

describe('a counterexample', () => {
  const property = neverNodeRole({ sdk: 'go-v2' });
  const verdict = property.check(open);
  if (verdict.kind === 'holds') throw new Error('the open cluster gives node roles');
  const smallest = minimise(property, verdict.counterexample);

  it('holds no object that it does not need', () => {
    const { workloads, roles, serviceAccounts, networkPolicies } = smallest.world;
    expect(workloads.map(({ name }) => name)).toEqual(['web']);
    expect([roles, serviceAccounts, networkPolicies]).toEqual([[], [], []]);
  });

  it('is shown again by its command on its manifests', async () => {
    const text = manifestsText(smallest.world);
    const args = reproductionArguments(smallest.witness).map((word) =>
      word === 'counterexample.yaml' ? '-' : word,
    );
    const run = await runCli(args, text);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('role/node');
  });

  it('keeps its answer when its manifests are read back', () => {
    const { world: again } = parseInput([{ file: 'x.yaml', text: manifestsText(smallest.world) }]);
    const { witness } = smallest;
    const [first] = resolveAll(again, { sdk: { family: 'go-v2' } }).flatMap(({ outcomes }) => outcomes);
    expect(witness.kind === 'outcome' && witness.outcome.identity).toEqual(first?.identity);
  });
});
