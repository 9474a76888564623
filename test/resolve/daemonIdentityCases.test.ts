import { expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { ContainerOptions } from '../../src/model/builderOptions.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';

const account = '111122223333';
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

const cluster = (httpTokens: 'optional' | 'required' = 'optional'): WorldBuilder =>
  world()
    .cluster({ accountId: account, region: 'eu-west-1', oidcIssuer: issuer })
    .oidcProvider(`arn:aws:iam::${account}:oidc-provider/${issuer}`)
    .nodeDefaults({ roleArn: role('node'), imds: { httpTokens, httpPutResponseHopLimit: 2 } })
    .fact('cni', 'aws-vpc-cni')
    .fact('kube2iam.daemon', 'ready')
    .serviceAccount('kube-system/own', { roleArn: role('kube2iam') })
    .kube2iam({ iptables: true, hostInterface: 'eni+', hostIp: '$(HOST_IP)', baseRoleArn: role('') })
    .pod('pay/app', { annotations: { 'iam.amazonaws.com/role': 'legacy' } });

/** What kube2iam is itself when the pod `pay/app` asks it for credentials. */
function identity(
  state: WorldBuilder,
  image: string,
  containers: Readonly<Record<string, ContainerOptions>> | undefined,
  serviceAccount?: 'own',
): string | undefined {
  const options = {
    hostNetwork: true,
    containers: containers ?? {},
    ...(serviceAccount && { serviceAccount }),
  };
  const built = (containers ? state.workload('DaemonSet', 'kube-system/kube2iam', options) : state).build();
  const ofImage = { ...built, kube2iam: built.kube2iam.map((daemon) => ({ ...daemon, image })) };
  const answers = resolveAll(ofImage, { sdk: { family: 'go-v2' } });
  const outcomes = answers
    .filter(({ subject }) => subject.namespace === 'pay')
    .flatMap((each) => each.outcomes);
  const evidence = outcomes
    .flatMap(({ trace }) => trace.flatMap((step) => (step.kind === 'exchange' ? step.evidence : [])))
    .find((each) => each.kind === 'daemonIdentity');
  const found = evidence?.identity;
  if (found?.kind === 'role') return found.arn.replace(role(''), '');
  return found?.kind === 'static' ? found.accessKeyId : found?.kind;
}

const newest = 'jtblin/kube2iam:0.15.0';
const old = 'jtblin/kube2iam:0.11.2';
const alone = (image: string, env = {}): Readonly<Record<string, ContainerOptions>> => ({
  kube2iam: { image, env: { AWS_REGION: 'eu-west-1', ...env } },
});

const logs = { logs: { image: 'busybox:1.36', env: keys } };

it.each<[string, () => string | undefined, string]>([
  ['has the role of the node', () => identity(cluster(), newest, alone(newest)), 'node'],
  ['has it, where its own pod is not shown', () => identity(cluster(), newest, undefined), 'node'],
  [
    'has keys of its own container',
    () => identity(cluster(), newest, alone(newest, keys)),
    'AKIAIOSFODNN7EXAMPLE',
  ],
  [
    'has no keys of another container of its pod',
    () => identity(cluster(), newest, { ...logs, ...alone(newest) }),
    'node',
  ],
  ['has none of a container that is not its own', () => identity(cluster(), newest, logs), 'node'],
  [
    'has the role of its service account',
    () => identity(cluster(), newest, alone(newest), 'own'),
    'kube2iam',
  ],
  [
    'has the role of the node before 0.12, whose SDK knows no web identity',
    () => identity(cluster(), old, alone(old), 'own'),
    'node',
  ],
  [
    'asks for tokens, where they are required',
    () => identity(cluster('required'), newest, alone(newest)),
    'node',
  ],
  [
    'asks for none before 0.12, and has nothing',
    () => identity(cluster('required'), old, alone(old)),
    'none',
  ],
])('kube2iam %s', (_name, found, expected) => {
  expect(found()).toBe(expected);
});
