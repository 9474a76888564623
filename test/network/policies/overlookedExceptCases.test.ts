import { describe, expect, it } from 'vitest';
import type { PolicyOptions } from '../../../src/model/builderOptions.ts';
import { cniProfile } from '../../../src/network/cni/profiles.ts';
import type { EnforcingEngine } from '../../../src/network/cni/profile.ts';
import { networkPolicyShares } from '../../../src/network/policies/networkPolicy.ts';
import { overlooksExcept } from '../../../src/network/policies/overlookedExcept.ts';
import { weigh } from '../../../src/network/policies/ruling.ts';
import { labelled, sends, twoNamespaces } from './connection.ts';

const { policy: agentOfAws } = cniProfile('aws-vpc-cni-policy-standard');
if (agentOfAws.kind !== 'enforced') throw new Error('the agent of AWS enforces policies');
const { exceptsSince: _known, ...withoutVersion } = agentOfAws;
const ref = { kind: 'NetworkPolicy', namespace: 'pay', name: 'np' };
const rule = (index: number): unknown => ({ ...ref, field: `spec.egress[${index}]` });

function refsOf(options: PolicyOptions, image: string | undefined, engine: EnforcingEngine): unknown {
  const agent = image === undefined ? {} : { image };
  const of = twoNamespaces
    .networkPolicy('pay/np', { policyTypes: ['Egress'], ...options })
    .workload('DaemonSet', 'kube-system/aws-node', { containers: { side: {}, agent } })
    .build();
  const saying = sends('imds');
  return overlooksExcept(of, engine, saying, weigh(networkPolicyShares(of, saying)));
}

const allButMetadata = { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] };

describe('the version of the network policy agent', () => {
  const source = 'release notes';
  const engine: EnforcingEngine = {
    ...withoutVersion,
    exceptsSince: { value: { image: 'agent', version: [10, 10, 10] }, source, evidence: 'docs' },
  };
  const overlooked = { refs: [rule(0)], source };
  it.each<[string, string | undefined, unknown]>([
    ['a patch before', 'agent:v10.10.9', overlooked],
    ['a minor version before, whatever the patch', 'agent:v10.9.12', overlooked],
    ['a major version before, whatever the rest', 'agent:v9.12.12', overlooked],
    ['without the v', 'agent:10.10.9', overlooked],
    [
      'of a registry, with a build',
      '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/agent:v10.10.9-eksbuild.1',
      overlooked,
    ],
    ['of a registry with a port', 'registry.example:5000/agent:v10.10.9', overlooked],
    ['with a digest', 'agent:v10.10.9@sha256:0123', overlooked],
    ['the version that heeds them', 'agent:v10.10.10', undefined],
    ['a patch after', 'agent:v10.10.11', undefined],
    ['a minor version after, whatever the patch', 'agent:v10.11.0', undefined],
    ['a major version after, whatever the rest', 'agent:v11.0.0', undefined],
    ['another program', 'other-agent:v10.10.9', undefined],
    ['a tag that is no version', 'agent:latest', undefined],
    ['no tag', 'agent', undefined],
    ['no image', undefined, undefined],
  ])('%s', (_title, image, outcome) => {
    expect(refsOf({ egress: [{ peers: [allButMetadata] }] }, image, engine)).toStrictEqual(outcome);
  });
});

describe('an exception that the agent overlooks', () => {
  const old =
    '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon/aws-network-policy-agent:v1.0.2-eksbuild.1';
  const source = 'aws/aws-network-policy-agent#92, aws/aws-network-policy-agent#120';
  const anyPod = { podSelector: labelled({}) };
  const port443 = [{ protocol: 'TCP' as const, port: 443 }];
  it.each<[string, PolicyOptions, unknown]>([
    ['admits', { egress: [{ peers: [anyPod, allButMetadata] }] }, { refs: [rule(0)], source }],
    [
      'in two rules: both are named',
      { egress: [{ peers: [allButMetadata] }, { peers: [anyPod] }, { peers: [allButMetadata] }] },
      { refs: [rule(0), rule(2)], source },
    ],
    [
      'of a range without the address admits nothing',
      { egress: [{ peers: [{ cidr: '10.0.0.0/8' }] }] },
      undefined,
    ],
    [
      'of a rule for another port admits nothing',
      { egress: [{ peers: [allButMetadata], ports: port443 }] },
      undefined,
    ],
    [
      'is needed by nobody where no policy selects the pod',
      { podSelector: labelled({ app: 'x' }) },
      undefined,
    ],
    [
      'is needed by nobody where another rule admits',
      { egress: [{ peers: [allButMetadata] }, {}] },
      undefined,
    ],
    ['is not there where pods alone are admitted', { egress: [{ peers: [anyPod] }] }, undefined],
    ['is not there where nothing is admitted', {}, undefined],
  ])('%s', (_title, options, outcome) => {
    expect(refsOf(options, old, agentOfAws)).toStrictEqual(outcome);
  });

  it('is heeded by an engine of which no such version is known', () => {
    expect(refsOf({ egress: [{ peers: [allButMetadata] }] }, old, withoutVersion)).toBeUndefined();
  });
});
