import { describe, expect, test } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import { askStated, lookUpFact, type Question } from '../../src/model/fact.ts';
import { kube2iamDefaults, type Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import type { World } from '../../src/model/world.ts';
import { anyNode } from '../../src/resolve/placement.ts';
import {
  podBySourceAddress,
  podsAtAddress,
  takenFor,
  type FoundPod,
} from '../../src/services/podBySourceAddress.ts';

const key = 'iam.amazonaws.com/role';
const annotated = (role: string): PodOptions => ({ annotations: { [key]: role } });
const at = (
  podIP: string,
  phase: 'Running' | 'Pending' | 'Succeeded' | 'Failed' = 'Running',
): PodOptions => ({
  status: { phase, podIP },
});

const nameOf = ({ namespace, ref }: PodTemplate): string => `${namespace}/${ref.name}`;

/** Whom a daemon found, with the pod by its name. */
function told(found: FoundPod | undefined): object {
  if (!found) return { kind: 'own' };
  return 'pod' in found ? { kind: found.kind, pod: nameOf(found.pod) } : found;
}

/** The pod `pay/api`, which asks. */
function callerOf({ workloads }: World): PodTemplate {
  const caller = workloads.find(({ namespace, name }) => namespace === 'pay' && name === 'api');
  if (!caller) throw new Error('the world has the caller');
  return caller.template;
}

describe('the pod that kube2iam takes a caller for', () => {
  const address = '10.0.0.7';
  const own = { kind: 'pod', pod: 'pay/api' };
  const nobody = { kind: 'nobody' };
  const several = { kind: 'several' };
  const resolving = { resolveDuplicateCacheIps: true };
  const onNode = (node: string, phase?: 'Running' | 'Succeeded'): PodOptions => ({
    ...at(address, phase),
    node,
  });
  const inNetwork = world().pod('pay/api', at(address));
  const late = (value: string): WorldBuilder =>
    world().pod('pay/api', annotated('app')).fact('podAddress', value, 'pay/api');

  test.each<readonly [name: string, WorldBuilder, Partial<Kube2iamFlags>, expected: object]>([
    ['itself, when its address is not known', world().pod('pay/api').pod('shop/web'), {}, own],
    ['itself, when the others have other addresses', inNetwork.pod('shop/web', at('10.0.0.8')), {}, own],
    [
      'itself, when others with its address have finished',
      inNetwork.pod('shop/web', at(address, 'Failed')),
      {},
      own,
    ],
    [
      'itself, when it has finished itself and nobody has its address',
      world().pod('pay/api', at(address, 'Succeeded')),
      {},
      own,
    ],
    ['nobody, while the cache has not heard of it', late('unknown'), {}, nobody],
    [
      'itself, while the cache is late about another',
      late('own').fact('podAddress', 'unknown', 'pay/db'),
      {},
      own,
    ],
    [
      'another that had its address before',
      late('previous').pod('shop/web', annotated('web')),
      {},
      { kind: 'previous', pod: 'shop/web' },
    ],
    ['several, when two share its address', inNetwork.pod('shop/web', at(address)), {}, several],
    [
      'several, when the other has its address on another node',
      world().pod('pay/api', onNode('n1')).pod('shop/web', onNode('n2')),
      {},
      several,
    ],
    [
      'itself, when --node hides the pods of other nodes',
      world().pod('pay/api', onNode('n1')).pod('shop/web', onNode('n2')),
      { node: 'n1' },
      own,
    ],
    [
      'several, when the other is on the node of --node too',
      world().pod('pay/api', onNode('n1')).pod('shop/web', onNode('n1')),
      { node: 'n1' },
      several,
    ],
    [
      'the first by namespace and name, when duplicates are resolved',
      inNetwork.pod('shop/web', at(address)).pod('cart/web', at(address)).pod('pay/aaa', at(address)),
      resolving,
      { kind: 'pod', pod: 'cart/web' },
    ],
    [
      'itself, when duplicates are resolved and it comes first',
      world().pod('shop/web', at(address)).pod('pay/api', at(address)),
      resolving,
      own,
    ],
    [
      'the first that runs, when duplicates are resolved',
      inNetwork.pod('cart/web', at(address, 'Pending')),
      resolving,
      own,
    ],
    [
      'the first of the pod network, when duplicates are resolved',
      inNetwork.pod('cart/web', { ...at(address), hostNetwork: true }),
      resolving,
      own,
    ],
    [
      'several, when duplicates are resolved and none runs',
      world().pod('pay/api', at(address, 'Pending')).pod('cart/web', at(address, 'Pending')),
      resolving,
      several,
    ],
  ])('%s', (_name, state, flags, expected) => {
    const built = state.build();
    const found = podBySourceAddress(
      built,
      askStated(built),
      { ...kube2iamDefaults, ...flags },
      callerOf(built),
      anyNode('ec2'),
    );
    expect(told(found)).toEqual(expected);
  });

  test('nobody, for packets with the address of the node', () => {
    const built = inNetwork.build();
    const found = podBySourceAddress(built, askStated(built), kube2iamDefaults, undefined, anyNode('ec2'));
    expect(found).toEqual(nobody);
  });

  test.each([
    ['its own node', 'n1', 'n1', own],
    ['another node', 'n2', 'n1', nobody],
    ['a node that the input does not show', 'n9', 'n1', nobody],
    ['a node, where its own is not known', 'n1', '(any node)', own],
    ['nothing', '', 'n1', own],
    ['a variable of its container', '$(NODE_NAME)', 'n1', own],
    ['an argument that Kubernetes leaves as it stands', '$(NODE', 'n1', own],
    ['a template that nobody filled in', '{{ .Values.node }}', 'n1', own],
  ])('with --node naming %s', (_name, named, daemonOn, expected) => {
    const built = world().node('n1').node('n2').pod('pay/api').build();
    const node = built.nodes.find(({ name }) => name === daemonOn) ?? anyNode('ec2');
    const flags = { ...kube2iamDefaults, node: named };
    expect(told(podBySourceAddress(built, askStated(built), flags, callerOf(built), node))).toEqual(expected);
  });
});

describe('the pod for which a late cache takes a caller', () => {
  const previous = world().fact('podAddress', 'previous');

  test.each<readonly [name: string, WorldBuilder, caller: PodOptions, expected: object]>([
    [
      'itself, when the cache is not late',
      world().fact('podAddress', 'own'),
      annotated('app'),
      { kind: 'own' },
    ],
    ['nobody, when it is new', world().fact('podAddress', 'unknown'), annotated('app'), { kind: 'nobody' }],
    ['nobody, when no other is there', previous, annotated('app'), { kind: 'nobody' }],
    [
      'nobody, when no other is annotated with a role',
      previous.pod('shop/web'),
      annotated('app'),
      { kind: 'nobody' },
    ],
    [
      'nobody, when the others have its own role',
      previous.pod('shop/web', annotated('app')),
      annotated('app'),
      { kind: 'nobody' },
    ],
    [
      'nobody, when the other never had an address of the pod network',
      previous.pod('shop/web', { ...annotated('web'), hostNetwork: true }),
      annotated('app'),
      { kind: 'nobody' },
    ],
    [
      'the first with another role',
      previous
        .pod('a/plain')
        .pod('b/same', annotated('app'))
        .pod('c/host', { ...annotated('web'), hostNetwork: true })
        .pod('d/web', annotated('web'))
        .pod('e/db', annotated('db')),
      annotated('app'),
      { kind: 'previous', pod: 'd/web' },
    ],
    [
      'another with a role, when it has none itself',
      previous.pod('a/plain').pod('shop/web', annotated('web')),
      {},
      { kind: 'previous', pod: 'shop/web' },
    ],
  ])('%s', (_name, state, caller, expected) => {
    const built = state.pod('pay/api', caller).build();
    expect(told(takenFor(built, askStated(built), callerOf(built)))).toEqual(expected);
  });

  test('is asked of the one pod, which is taken for itself unless somebody says otherwise', () => {
    const built = world().pod('pay/api').build();
    const asked: Question[] = [];
    takenFor(
      built,
      (question) => {
        asked.push(question);
        return lookUpFact(built, question).value ?? '';
      },
      callerOf(built),
    );
    const about = { kind: 'Pod', namespace: 'pay', name: 'api' };
    expect(asked).toEqual([{ name: 'podAddress', scope: 'pay/api', known: 'own', about }]);
  });
});

describe('the pods that have the address of a caller, to kiam', () => {
  const address = '10.0.0.7';

  test.each<readonly [name: string, WorldBuilder, expected: readonly string[]]>([
    ['the caller alone, when its address is not known', world().pod('pay/api').pod('shop/web'), ['pay/api']],
    ['the caller alone, when it has finished', world().pod('pay/api', at(address, 'Succeeded')), ['pay/api']],
    [
      'the caller first, whatever the order',
      world()
        .pod('cart/web', at(address))
        .pod('pay/api', at(address))
        .pod('shop/web', at(address, 'Pending')),
      ['pay/api', 'cart/web', 'shop/web'],
    ],
    [
      'nobody who has finished, nobody elsewhere',
      world()
        .pod('pay/api', at(address))
        .pod('a/done', at(address, 'Succeeded'))
        .pod('b/broken', at(address, 'Failed'))
        .pod('c/other', at('10.0.0.8'))
        .pod('d/new', { status: { phase: 'Pending' } }),
      ['pay/api'],
    ],
  ])('%s', (_name, state, expected) => {
    const built = state.build();
    expect(podsAtAddress(built, callerOf(built)).map(nameOf)).toEqual(expected);
  });
});
