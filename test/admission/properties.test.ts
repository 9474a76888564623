import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, type Admission } from '../../src/admission/admit.ts';
import { skippedContainers } from '../../src/admission/skippedContainers.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { Ask } from '../../src/model/fact.ts';
import type { World } from '../../src/model/world.ts';

const role = 'arn:aws:iam::111122223333:role/api';

const variableNames = [
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_REGION',
  'AWS_STS_REGIONAL_ENDPOINTS',
  'HOME',
] as const;

const pairs = [
  ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
] as const;

/** A pod of the service account `api`, with one container whose variables, labels and annotations vary. */
const pod: fc.Arbitrary<PodOptions> = fc.record({
  serviceAccount: fc.constant('api'),
  env: fc.dictionary(fc.constantFrom(...variableNames), fc.constantFrom('', 'x', '$(HOME)'), {
    noNullPrototype: true,
  }),
  labels: fc.constantFrom({}, { 'eks.amazonaws.com/skip-pod-identity-webhook': '' }),
  annotations: fc.constantFrom(
    {},
    { 'eks.amazonaws.com/skip-containers': 'app' },
    { 'eks.amazonaws.com/skip-containers': 'b' },
  ),
  nodeSelector: fc.constantFrom({}, { 'kubernetes.io/os': 'windows' }),
});

const mechanism = fc.record({
  annotated: fc.boolean(),
  associated: fc.boolean(),
  region: fc.constantFrom(undefined, 'eu-west-1'),
  webhook: fc.constantFrom('injects', 'missed'),
});

type Mechanism = typeof mechanism extends fc.Arbitrary<infer Value> ? Value : never;

function worldOf({ annotated, associated, region }: Mechanism): WorldBuilder {
  const account = world()
    .cluster(region === undefined ? {} : { region })
    .serviceAccount('pay/api', annotated ? { roleArn: role } : {});
  return associated ? account.podIdentityAssociation('pay/api', { roleArn: role }) : account;
}

function admitOnly(built: World, ask: Ask): Admission {
  const [workload] = built.workloads;
  const [container] = workload?.template.containers ?? [];
  if (!workload || !container) throw new Error('the world has one container');
  return admit(built, ask, workload, container);
}

const admitted = (options: PodOptions, given: Mechanism): Admission =>
  admitOnly(worldOf(given).workload('Deployment', 'pay/api', options).build(), () => given.webhook);

/** What the process sees, without where it came from. */
const seen = ({ environment }: Admission): object => ({
  variables: [...environment.variables].map(([name, { value }]) => [name, value]),
  files: [...environment.files].map(([path, { kind }]) => [path, kind]),
});

describe('admission', () => {
  it('never injects half a pair of variables', () => {
    fc.assert(
      fc.property(pod, mechanism, (options, given) => {
        const { variables } = admitted(options, given).environment;
        for (const pair of pairs) {
          const injected = pair.filter(
            (name) => variables.has(name) && variables.get(name)?.by !== 'manifest',
          );
          expect([0, 2]).toContain(injected.length);
        }
      }),
    );
  });

  it('never changes a variable that the container defines itself', () => {
    fc.assert(
      fc.property(pod, mechanism, (options, given) => {
        const { variables } = admitted(options, given).environment;
        for (const name of Object.keys(options.env ?? {})) expect(variables.get(name)?.by).toBe('manifest');
      }),
    );
  });

  it('gives a skipped container what it would have without annotation and association', () => {
    const skipped = [
      { labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'false' } },
      { annotations: { 'eks.amazonaws.com/skip-containers': 'x,app' } },
    ];
    fc.assert(
      fc.property(pod, mechanism, fc.constantFrom(...skipped), (options, given, skip) => {
        const bare = { ...given, annotated: false, associated: false };
        const spec = { ...options, ...skip };
        expect(seen(admitted(spec, given))).toEqual(seen(admitted(spec, bare)));
      }),
    );
  });

  it('takes no notice of the role annotation where there is an association', () => {
    fc.assert(
      fc.property(pod, mechanism, (options, given) => {
        const associated = { ...given, associated: true };
        const without = admitted(options, { ...associated, annotated: false });
        expect(seen(admitted(options, { ...associated, annotated: true }))).toEqual(seen(without));
      }),
    );
  });

  it('leaves a pod that exists as it is, and asks nothing about its creation', () => {
    fc.assert(
      fc.property(pod, mechanism, (options, given) => {
        const running: PodOptions = { ...options, status: { phase: 'Running' } };
        const never: Ask = ({ name }) => {
          throw new Error(`asked for ${name}`);
        };
        const { environment } = admitOnly(worldOf(given).pod('pay/api', running).build(), never);
        expect([...environment.variables.keys()]).toEqual(Object.keys(options.env ?? {}));
      }),
    );
  });

  it('reads back the names that a CSV writer wrote', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', ',', '"', ' ', '\n'),
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const record = names.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
        expect(skippedContainers(record)).toEqual(names);
      }),
    );
  });
});
