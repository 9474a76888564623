import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { Environment, EnvValue } from '../../src/model/environment.ts';
import type { Reply, Request } from '../../src/model/exchange.ts';
import { factKey, lookUpFact, type Ask } from '../../src/model/fact.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import type { World } from '../../src/model/world.ts';
import type { PacketPath } from '../../src/network/path.ts';
import { enterContainer } from '../../src/resolve/resolveOnce.ts';
import { respond, type Caller } from '../../src/resolve/respond.ts';
import type { Way } from '../../src/resolve/trace.ts';

const account = '111122223333';
export const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
export const podRef: ObjectRef = { kind: 'Pod', namespace: 'pay', name: 'api' };
export const cluster: WorldBuilder = world()
  .cluster({ accountId: account, region: 'eu-west-1', name: 'prod' })
  .node('n1', { addresses: ['10.0.0.1'], imds: { httpTokens: 'optional', httpProtocolIpv6: 'enabled' } })
  .nodeDefaults({ roleArn: role('node') })
  .pod('pay/api', { node: 'n1' });

const always: Readonly<Record<string, string>> = { cni: 'aws-vpc-cni', podIdentityAgent: 'running' };

/** Who a packet is for, and who has it in the end. */
function wayText({ to, path }: Way): string {
  const { end }: PacketPath = path;
  const where = to.kind === 'address' ? `${to.protocol} ${to.address} port ${to.port}` : to.kind;
  return `${where}: ${end.kind === 'arrives' ? end.at.kind : end.kind}`;
}

/** What comes back, by which ways, for which kinds of reasons, and which facts were consulted. */
interface Heard {
  readonly reply: Reply;
  readonly ways: readonly string[];
  readonly evidence: readonly string[];
  readonly asked: readonly string[];
}

/** Lets the one container of the pod `api`, of `pay` unless another namespace is named, send a request from an environment. */
export function heard(
  of: World,
  request: Request,
  seen: Partial<Environment> = {},
  answers: Readonly<Record<string, string>> = {},
  from = 'pay',
): Heard {
  const asked = new Set<string>();
  const ask: Ask = (question) => {
    asked.add(
      `${factKey(question)} of ${question.about?.kind ?? 'nothing'} ${question.about?.name ?? ''}`.trim(),
    );
    const value = answers[question.name] ?? lookUpFact(of, question).value ?? always[question.name];
    if (value === undefined) throw new Error(`nobody answers ${question.name}`);
    return value;
  };
  const workload = of.workloads.find(({ namespace, name }) => namespace === from && name === 'api');
  const [container] = workload?.template.containers ?? [];
  if (!workload || !container) throw new Error('the test needs a pod `api`');
  const { caller } = enterContainer(of, ask, { workload, container });
  const environment: Environment = { variables: new Map(), files: new Map(), hiddenDirectories: [], ...seen };
  const inside: Caller = { ...caller, admission: { ...caller.admission, environment } };
  asked.clear();
  const { reply, ways, evidence } = respond(of, ask, inside, request);
  return { reply, ways: ways.map(wayText), evidence: evidence.map(({ kind }) => kind), asked: [...asked] };
}

export const variables = (set: Readonly<Record<string, string | undefined>>): Partial<Environment> => ({
  variables: new Map(
    Object.entries(set).map(([name, value]): [string, EnvValue] => [
      name,
      { ...(value === undefined ? {} : { value }), from: podRef, by: 'manifest' },
    ]),
  ),
});
