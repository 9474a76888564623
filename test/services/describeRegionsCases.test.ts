import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { ContainerOptions } from '../../src/model/builderOptions.ts';
import { askStated } from '../../src/model/fact.ts';
import type { Identity } from '../../src/model/identity.ts';
import { regionsFault, type RegionsFault } from '../../src/services/describeRegions.ts';

const nodeRole = 'arn:aws:iam::111122223333:role/node';
const image = 'jtblin/kube2iam:0.15.0';
const own: Identity = { kind: 'role', arn: nodeRole };

const missing: RegionsFault = {
  kind: 'regionMissing',
  message: 'Invalid Configuration: Missing Region',
  at: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube2iam' },
};
const denied: RegionsFault = {
  kind: 'describeRegionsDenied',
  message: 'UnauthorizedOperation: You are not authorized to perform this operation.',
  at: { kind: 'Role', name: nodeRole },
};

/** Finds why the daemon of a world cannot list the regions. */
function fault(
  state: WorldBuilder,
  identity: Identity,
  ofImage: string | undefined,
): RegionsFault | undefined {
  const built = state.kube2iam().build();
  const [daemon] = built.kube2iam;
  if (!daemon) throw new Error('the world has a daemon');
  return regionsFault(built, askStated(built), { ...daemon, image: ofImage }, identity);
}

describe('the region that kube2iam lists the regions in', () => {
  const without = world().fact('kube2iam.region', 'missing');
  const daemonSet = (containers: Readonly<Record<string, ContainerOptions>>): WorldBuilder =>
    without.workload('DaemonSet', 'kube-system/kube2iam', { containers });

  it.each<[name: string, state: WorldBuilder, image: string | undefined, expected: RegionsFault | undefined]>(
    [
      ['nothing shows one, and there is none', without, image, missing],
      ['nothing shows one, and nothing says that there is none', world(), image, undefined],
      ['a version that lists no regions', without, 'jtblin/kube2iam:0.11.1', undefined],
      ['the first version that lists them', without, 'jtblin/kube2iam:0.12.0', missing],
      ['nobody knows the version', without, 'jtblin/kube2iam:latest', undefined],
      ['nobody knows the image', without, undefined, undefined],
      ['AWS_REGION', daemonSet({ kube2iam: { image, env: { AWS_REGION: 'eu-west-1' } } }), image, undefined],
      [
        'AWS_DEFAULT_REGION after other variables',
        daemonSet({ kube2iam: { image, env: { HOST_IP: '10.0.0.1', AWS_DEFAULT_REGION: 'eu-west-1' } } }),
        image,
        undefined,
      ],
      [
        'other variables alone',
        daemonSet({ kube2iam: { image, env: { HOST_IP: '10.0.0.1' } } }),
        image,
        missing,
      ],
      ['no variables', daemonSet({ kube2iam: { image } }), image, missing],
      [
        'AWS_REGION beside a container of another image',
        daemonSet({ logs: { image: 'busybox:1.36' }, kube2iam: { image, env: { AWS_REGION: 'eu-west-1' } } }),
        image,
        undefined,
      ],
      [
        'AWS_REGION of another container of the pod',
        daemonSet({ logs: { image: 'busybox:1.36', env: { AWS_REGION: 'eu-west-1' } }, kube2iam: { image } }),
        image,
        missing,
      ],
      [
        'AWS_REGION of a DaemonSet of the name in another namespace',
        without.workload('DaemonSet', 'infra/kube2iam', {
          containers: { kube2iam: { image, env: { AWS_REGION: 'eu-west-1' } } },
        }),
        image,
        missing,
      ],
    ],
  )('%s', (_name, state, ofImage, expected) => {
    expect(fault(state, own, ofImage)).toEqual(expected);
  });

  it('is missed before the permission is', () => {
    expect(fault(without.role(nodeRole, { policies: [] }), own, image)).toEqual(missing);
  });
});

describe('the permission to list the regions', () => {
  const policy = (...statements: readonly JsonValue[]): JsonValue => ({
    Version: '2012-10-17',
    Statement: statements,
  });
  const allow = (action: JsonValue, more: Readonly<Record<string, JsonValue>> = {}): JsonValue => ({
    Effect: 'Allow',
    Action: action,
    Resource: '*',
    ...more,
  });
  const deny = (action: JsonValue): JsonValue => ({ Effect: 'Deny', Action: action, Resource: '*' });
  const assumes = policy(allow('sts:AssumeRole'));
  const broken: JsonValue = { Version: '2012-10-17', Statement: [{ Effect: 'Perhaps' }] };

  it.each<[name: string, policies: readonly JsonValue[], expected: RegionsFault | undefined]>([
    ['no policy at all', [], denied],
    ['sts:AssumeRole alone', [assumes], denied],
    ['the action by its name', [assumes, policy(allow('ec2:DescribeRegions'))], undefined],
    ['ec2:Describe*', [policy(allow(['sts:AssumeRole', 'ec2:Describe*']))], undefined],
    ['everything', [policy(allow('*'))], undefined],
    [
      'every action but those of IAM',
      [policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })],
      undefined,
    ],
    ['other actions of EC2', [policy(allow('ec2:DescribeInstances'))], denied],
    [
      'a resource that is no region',
      [policy(allow('ec2:*', { Resource: 'arn:aws:ec2:*:*:instance/*' }))],
      denied,
    ],
    ['everything but EC2', [policy(allow('*'), deny('ec2:*'))], denied],
    [
      'a policy takes away what another gives',
      [policy(allow('*')), policy(deny('ec2:DescribeRegions'))],
      denied,
    ],
    ['a policy that cannot be read may give it', [assumes, broken], undefined],
    ['a policy that cannot be read, first', [broken, assumes], undefined],
  ])('%s', (_name, policies, expected) => {
    expect(fault(world().role(nodeRole, { policies }), own, image)).toEqual(expected);
  });

  const everything = { policies: [policy(allow('*'))] };
  it.each<[name: string, state: WorldBuilder, expected: RegionsFault | undefined]>([
    ['a boundary without it', world().role(nodeRole, { ...everything, boundary: assumes }), denied],
    [
      'a boundary with it',
      world().role(nodeRole, { ...everything, boundary: policy(allow('ec2:*')) }),
      undefined,
    ],
    ['a boundary alone, where no policies are shown', world().role(nodeRole, { boundary: assumes }), denied],
    [
      'a service control policy that denies it',
      world()
        .role(nodeRole, everything)
        .organization({ serviceControlPolicies: [policy(deny('ec2:DescribeRegions'))] }),
      denied,
    ],
    [
      'a service control policy that denies it to a role that is not shown',
      world().organization({ serviceControlPolicies: [policy(deny('ec2:*'))] }),
      { ...denied, at: missing.at },
    ],
    [
      'a service control policy about something else',
      world()
        .role(nodeRole, everything)
        .organization({ serviceControlPolicies: [policy(deny('s3:*'))] }),
      undefined,
    ],
  ])('%s', (_name, state, expected) => {
    expect(fault(state, own, image)).toEqual(expected);
  });

  it.each<[name: string, identity: Identity]>([
    ['a role whose policies are not shown', { kind: 'role', arn: 'arn:aws:iam::111122223333:role/app' }],
    ['a role that is not shown', { kind: 'role', arn: 'arn:aws:iam::111122223333:role/elsewhere' }],
    ['a role that nobody names', { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' }],
    ['the keys of a user', { kind: 'static', accessKeyId: 'AKIAEXAMPLE' }],
  ])('is not missed of %s', (_name, identity) => {
    const state = world().role(nodeRole, { policies: [] }).role('arn:aws:iam::111122223333:role/app');
    expect(fault(state, identity, image)).toBeUndefined();
  });
});
