import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import { lookUpFact, type Ask } from '../../src/model/fact.ts';
import type { ProjectedToken } from '../../src/model/pod.ts';
import type { World } from '../../src/model/world.ts';
import { containerFootholds } from '../../src/resolve/containerFootholds.ts';

export const account = '111122223333';
export const role = (name: string, of: string = account): string => `arn:aws:iam::${of}:role/${name}`;
export const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
export const trust = (principal: JsonValue, ...actions: readonly string[]): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: actions }],
});
export const forPods: JsonValue = trust(
  { Service: 'pods.eks.amazonaws.com' },
  'sts:AssumeRole',
  'sts:TagSession',
);

/** A cluster whose pods are kept from the metadata of their nodes. */
export const cluster: WorldBuilder = world()
  .cluster({ oidcIssuer: issuer, accountId: account, region: 'eu-west-1', name: 'prod' })
  .nodeDefaults({ roleArn: role('node'), imds: { httpTokens: 'required', httpPutResponseHopLimit: 1 } })
  .complete({ podIdentityAssociations: true })
  .serviceAccount('pay/api');

const usual: Readonly<Record<string, string>> = {
  cni: 'aws-vpc-cni',
  'kube2iam.daemon': 'ready',
  'kube2iam.rule': 'absent',
  podIdentityAgent: 'running',
  trust: 'admits',
};

/** What each attempt of code in pay/api to come by credentials gives, in the order of the attempts. */
export function attempts(
  of: World,
  roles?: readonly string[],
  answers: Readonly<Record<string, string>> = {},
): readonly string[] {
  const workload = of.workloads.find(({ namespace, name }) => namespace === 'pay' && name === 'api');
  const [container] = workload?.template.containers ?? [];
  if (!workload || !container) throw new Error('the test needs the pod pay/api');
  const ask: Ask = (question) => {
    const value = answers[question.name] ?? lookUpFact(of, question).value ?? usual[question.name];
    if (value === undefined) throw new Error(`nobody answers ${question.name}`);
    return value;
  };
  const starts = containerFootholds(of, { workload, container }, roles && new Set(roles));
  return starts.map(({ obtain, via }) => {
    const credentials = obtain(ask)?.credentials;
    if (!credentials) return via === undefined ? 'nothing' : `nothing at ${via}`;
    const { identity, mechanism } = credentials;
    const who =
      identity.kind === 'role'
        ? identity.arn.replace(`arn:aws:iam::${account}:role/`, '')
        : identity.kind === 'unnamedRole'
          ? identity.text
          : (identity.accessKeyId ?? 'keys');
    return `${mechanism}${via === undefined ? '' : ` at ${via}`} ${who}`;
  });
}

/** A pod with tokens of its own for these audiences, as a manifest mounts them. */
export const withTokens = (...audiences: readonly string[]): PodOptions => ({
  serviceAccount: 'api',
  volumes: [
    {
      name: 'tokens',
      source: {
        kind: 'projected',
        tokens: audiences.map((audience): ProjectedToken => ({
          audience,
          expirationSeconds: 3600,
          path: audience,
        })),
      },
    },
  ],
  containers: { app: { volumeMounts: [{ name: 'tokens', mountPath: '/tokens' }] } },
});
