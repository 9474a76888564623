import { describe, expect, test } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { sdkFamilies, type SdkFamily, type SdkRef } from '../../src/model/sdk.ts';
import { assumedVersion } from '../../src/resolve/assumedVersion.ts';
import { overviewFor, type ResolveOptions } from '../../src/resolve/resolve.ts';
import { findContainer } from '../../src/resolve/whichRole.ts';

const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const imds = { httpTokens: 'optional', httpPutResponseHopLimit: 2 } as const;
const pod = { kind: 'Pod', namespace: 'pay', name: 'api' } as const;

const cluster = world()
  .cluster({ accountId: '111122223333', region: 'eu-west-1', oidcIssuer: 'oidc.example' })
  .fact('cni', 'aws-vpc-cni')
  .fact('kube2iam', 'notInstalled');
const alike = cluster.nodeDefaults({ imds });
const irsa = alike
  .nodeDefaults({ roleArn: role('node') })
  .serviceAccount('pay/api', { roleArn: role('app') })
  .pod('pay/api', { serviceAccount: 'api' });
const assumedRole = (name: string, session: string): string =>
  `arn:aws:sts::111122223333:assumed-role/${name}/${session}`;

/** Adds a variable that comes from an optional key of a Secret that no manifest shows. */
function withOptionalKey(built: World, name: string): World {
  const source = { kind: 'secretKeyRef', name: 'aws', key: 'key', optional: true } as const;
  const workloads = built.workloads.map((workload) => {
    const { template } = workload;
    const containers = template.containers.map((container) => ({
      ...container,
      env: [...container.env, { name, source, ref: pod }],
    }));
    return { ...workload, template: { ...template, containers } };
  });
  return { ...built, workloads };
}

const withInstance = (built: World): World => ({
  ...built,
  nodes: built.nodes.map((node) => ({ ...node, instanceId: 'i-0abc' })),
});

const keyQuestion = {
  question: {
    name: 'secretValue',
    scope: 'Secret pay/aws key',
    about: { ...pod, kind: 'Secret', name: 'aws' },
  },
  options: ['set', 'unset'],
  why: 'open',
};
const nodeQuestion = {
  question: { name: 'node', scope: 'pay/api', options: ['n1', 'n2'], about: pod },
  options: ['n1', 'n2'],
  why: 'open',
};
const sdkQuestion = {
  question: { name: 'sdk', scope: 'app', about: { ...pod, field: 'containers.app' } },
  options: sdkFamilies,
  why: 'open',
};
/** SDKs that go on to the metadata service after a refused web identity. */
const goesOn: readonly SdkFamily[] = ['js-v2', 'java-v1', 'java-v2', 'kotlin', 'php', 'cpp', 'swift'];

function outcomes(of: World, options: ResolveOptions): readonly unknown[] {
  const told = overviewFor(of, findContainer(of, 'pay/api', undefined), options).outcomes;
  return told.map(({ trace: _steps, cloudTrail: _audit, ...outcome }) => outcome);
}

const go: ResolveOptions = { sdk: { family: 'go-v2' } };
const botocore: ResolveOptions = { sdk: { family: 'botocore' } };

describe('the identities of a container, each with its condition', () => {
  test.each<[string, World, ResolveOptions, readonly unknown[]]>([
    [
      'the roles of two nodes',
      cluster
        .node('n1', { roleArn: role('a'), imds })
        .node('n2', { roleArn: role('b'), imds })
        .pod('pay/api')
        .build(),
      go,
      [
        {
          identity: { kind: 'role', arn: role('a') },
          mechanism: 'imds',
          when: [[{ ...nodeQuestion, values: ['n1'] }]],
        },
        {
          identity: { kind: 'role', arn: role('b') },
          mechanism: 'imds',
          when: [[{ ...nodeQuestion, values: ['n2'] }]],
        },
      ],
    ],
    [
      'two nodes whose roles the input does not name',
      cluster
        .node('n1', { imds })
        .node('n2', { imds: { ...imds, httpPutResponseHopLimit: 3 } })
        .pod('pay/api')
        .build(),
      go,
      [
        {
          identity: { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' },
          mechanism: 'imds',
          when: [[{ ...nodeQuestion, values: ['n1'] }]],
        },
        {
          identity: { kind: 'unnamedRole', which: 'nodeRole', text: 'n2' },
          mechanism: 'imds',
          when: [[{ ...nodeQuestion, values: ['n2'] }]],
        },
      ],
    ],
    [
      'keys of two names, of which the first may be missing',
      withOptionalKey(
        alike.pod('pay/api', { env: { AWS_ACCESS_KEY: 'AKIA1', AWS_SECRET_ACCESS_KEY: 's' } }).build(),
        'AWS_ACCESS_KEY_ID',
      ),
      go,
      [
        {
          identity: { kind: 'static', from: pod },
          mechanism: 'env',
          when: [[{ ...keyQuestion, values: ['set'] }]],
        },
        {
          identity: {
            kind: 'static',
            accessKeyId: 'AKIA1',
            from: { ...pod, field: 'containers.app.env.AWS_ACCESS_KEY' },
          },
          mechanism: 'env',
          when: [[{ ...keyQuestion, values: ['unset'] }]],
        },
      ],
    ],
    [
      'one role in sessions of two names',
      withOptionalKey(irsa.fact('trust', 'admits').build(), 'AWS_ROLE_SESSION_NAME'),
      botocore,
      [
        {
          identity: { kind: 'role', arn: role('app') },
          mechanism: 'irsa',
          session: '$(AWS_ROLE_SESSION_NAME)',
          callerArn: assumedRole('app', '$(AWS_ROLE_SESSION_NAME)'),
          when: [[{ ...keyQuestion, values: ['set'] }]],
        },
        {
          identity: { kind: 'role', arn: role('app') },
          mechanism: 'irsa',
          session: 'botocore-session-<unix s>',
          callerArn: assumedRole('app', 'botocore-session-<unix s>'),
          when: [[{ ...keyQuestion, values: ['unset'] }]],
        },
      ],
    ],
    [
      'one role, over SDKs that name their sessions differently',
      irsa.fact('trust', 'admits').build(),
      {},
      [
        {
          identity: { kind: 'role', arn: role('app') },
          mechanism: 'irsa',
          session: 'botocore-session-<unix s>',
          callerArn: assumedRole('app', 'botocore-session-<unix s>'),
          when: [[]],
        },
      ],
    ],
    [
      'an error or the role of the node, as the SDK goes on after a refusal or not',
      irsa.fact('trust', 'refuses').build(),
      {},
      [
        {
          identity: { kind: 'none', error: 'AccessDenied (exit 255)' },
          mechanism: 'none',
          when: [[{ ...sdkQuestion, values: sdkFamilies.filter((family) => !goesOn.includes(family)) }]],
        },
        {
          identity: { kind: 'role', arn: role('node') },
          mechanism: 'imds',
          when: [[{ ...sdkQuestion, values: goesOn }]],
        },
      ],
    ],
    [
      'the role of an instance, whose session is named after it',
      withInstance(
        cluster
          .node('n1', { roleArn: role('node'), imds })
          .pod('pay/api')
          .build(),
      ),
      go,
      [
        {
          identity: { kind: 'role', arn: role('node') },
          mechanism: 'imds',
          session: 'i-0abc',
          callerArn: assumedRole('node', 'i-0abc'),
          when: [[]],
        },
      ],
    ],
    [
      'the role of an instance, of which only the session is known',
      withInstance(cluster.node('n1', { imds }).pod('pay/api').build()),
      go,
      [
        {
          identity: { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' },
          mechanism: 'imds',
          session: 'i-0abc',
          when: [[]],
        },
      ],
    ],
  ])('%s', (_name, of, options, expected) => {
    expect(outcomes(of, options)).toStrictEqual(expected);
  });

  test('each error of one SDK is an answer of its own', () => {
    const of = irsa.fact('webhook', 'injects').fact('trust', 'admits').build();
    const told = overviewFor(of, findContainer(of, 'pay/api', undefined), {
      ...botocore,
      faults: 1,
    }).outcomes;
    const errors = told.flatMap(({ identity }) => (identity.kind === 'none' ? identity.error : []));
    expect(errors).toEqual([
      'ExpiredTokenException',
      'FileNotFoundError',
      'ConnectTimeoutError',
      'EndpointConnectionError',
      'InternalFailure',
      'InvalidIdentityToken',
      'AccessDenied',
    ]);
  });
});

describe('what had to be assumed of a version that nobody looked at', () => {
  const assumed = (value: string): readonly unknown[] => [
    { question: { name: 'sdk' }, value, basis: { kind: 'assumed' } },
  ];
  test.each<[string, SdkRef, readonly unknown[]]>([
    ['no version', { family: 'go-v2' }, []],
    ['the oldest known', { family: 'go-v2', version: '1.0.0' }, []],
    ['one that is known', { family: 'go-v2', version: '1.20.0' }, []],
    ['the newest known', { family: 'go-v2', version: '1.33.18' }, []],
    [
      'one that is newer',
      { family: 'go-v2', version: '9.9.9' },
      assumed('go-v2@9.9.9 (as from 1.27.34; the newest looked at is 1.33.18)'),
    ],
    [
      'one that is older',
      { family: 'go-v2', version: '0.1.0' },
      assumed('go-v2@0.1.0 (as before 1.1.0; the oldest looked at is 1.0.0)'),
    ],
  ])('%s', (_name, sdk, expected) => {
    expect(assumedVersion(sdk)).toStrictEqual(expected);
  });

  test('stands first in what an answer consulted', () => {
    const of = alike
      .nodeDefaults({ roleArn: role('node') })
      .pod('pay/api')
      .build();
    const sdk = { family: 'go-v2', version: '9.9.9' } as const;
    const node = { kind: 'Node', name: '(any node)' };
    const { consulted, sdks } = overviewFor(of, findContainer(of, 'pay/api', undefined), { sdk });
    expect(sdks).toStrictEqual([{ ...sdk, basis: 'stated' }]);
    expect(consulted).toStrictEqual([
      ...assumedVersion(sdk),
      {
        question: { name: 'imds.httpEndpoint', scope: '(any node)', about: node },
        value: 'enabled',
        basis: { kind: 'assumed' },
      },
      {
        question: { name: 'imds.httpPutResponseHopLimit', scope: '(any node)', known: '2', about: node },
        value: '2',
        basis: { kind: 'input' },
      },
    ]);
  });
});
