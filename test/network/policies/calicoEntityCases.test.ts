import { describe, expect, it } from 'vitest';
import type { CalicoEntity, CalicoNetworkSet, CalicoPolicy } from '../../../src/model/calicoPolicy.ts';
import type { CalicoSelector } from '../../../src/model/calicoSelector.ts';
import type { World } from '../../../src/model/world.ts';
import { entityFits } from '../../../src/network/policies/calicoEntity.ts';
import { onlyIf, outcomeOf, peers, twoNamespaces, type Outcome, type PeerName } from './connection.ts';

const anything: CalicoEntity = { notNets: [], notPorts: [] };
const all: CalicoSelector = { kind: 'all' };
const global: CalicoSelector = { kind: 'global' };
const is = (key: string, value: string): CalicoSelector => ({ kind: 'compare', key, operator: '==', value });
const not = (operand: CalicoSelector): CalicoSelector => ({ kind: 'not', operand });
const and = (...operands: CalicoSelector[]): CalicoSelector => ({ kind: 'and', operands });
const or = (...operands: CalicoSelector[]): CalicoSelector => ({ kind: 'or', operands });

function fitOf(
  scope: 'pay' | 'global',
  entity: Partial<CalicoEntity>,
  peer: PeerName,
  calicoNetworkSets: readonly CalicoNetworkSet[] = [],
): Outcome {
  const of: World = { ...twoNamespaces.build(), calicoNetworkSets };
  const ref = { kind: scope === 'pay' ? 'NetworkPolicy' : 'GlobalNetworkPolicy', name: 'p' };
  const whole = { ...anything, ...entity };
  const rule = {
    ref: { ...ref, field: 'spec.egress[0]' },
    action: 'Allow' as const,
    source: anything,
    destination: whole,
    unread: [],
  };
  const policy: CalicoPolicy = {
    ref,
    ...(scope === 'pay' ? { namespace: 'pay' } : {}),
    name: 'p',
    tier: 'default',
    types: ['Egress'],
    selector: all,
    ingress: [],
    egress: [rule],
  };
  return outcomeOf(entityFits(of, policy, rule, whole, peers[peer]));
}

describe('pods in a rule of Calico', () => {
  const db = is('app', 'db');
  const accounts = (...names: string[]): Partial<CalicoEntity> => ({ serviceAccounts: { names } });
  it.each<[string, 'pay' | 'global', Partial<CalicoEntity>, PeerName, Outcome]>([
    ['no selector: any pod', 'pay', {}, 'db', 'yes'],
    ['no selector: any address', 'pay', {}, 'imds', 'yes'],
    ['global: a pod of any namespace', 'global', { selector: db }, 'db', 'yes'],
    ['global: not a pod that the selector misses', 'global', { selector: db }, 'worker', 'no'],
    ['global: no pod on the host network', 'global', { selector: is('app', 'agent') }, 'agentPod', 'no'],
    ['global: no address', 'global', { selector: all }, 'imds', 'no'],
    ['namespaced: a pod of the own namespace', 'pay', { selector: is('app', 'worker') }, 'worker', 'yes'],
    ['namespaced: not one that the selector misses', 'pay', { selector: db }, 'worker', 'no'],
    ['namespaced: no pod of another namespace', 'pay', { selector: db }, 'db', 'no'],
    ['a namespace by label', 'pay', { namespaceSelector: is('team', 'data') }, 'db', 'yes'],
    ['… that is not the pod’s', 'pay', { namespaceSelector: is('team', 'data') }, 'worker', 'no'],
    ['a namespace by name', 'pay', { namespaceSelector: is('projectcalico.org/name', 'data') }, 'db', 'yes'],
    ['every namespace', 'pay', { namespaceSelector: all }, 'db', 'yes'],
    ['global() is no pod', 'global', { namespaceSelector: global }, 'db', 'no'],
    [
      'both selectors must fit',
      'global',
      { selector: is('app', 'worker'), namespaceSelector: is('team', 'data') },
      'db',
      'no',
    ],
    ['notSelector leaves a pod out', 'global', { notSelector: db }, 'db', 'no'],
    ['… and no other', 'global', { notSelector: db }, 'worker', 'yes'],
    ['… and no address of no network set', 'global', { notSelector: db }, 'imds', 'yes'],
    ['a service account by name', 'global', accounts('x', 'db-sa'), 'db', 'yes'],
    ['… another', 'global', accounts('x'), 'db', 'no'],
    ['… of another namespace', 'pay', accounts('db-sa'), 'db', 'no'],
    ['an address has no service account', 'global', accounts('db-sa'), 'imds', 'no'],
  ])('%s', (_title, scope, entity, peer, fits) => {
    expect(fitOf(scope, entity, peer)).toStrictEqual(fits);
  });
});

describe('service accounts in a rule of Calico by selector', () => {
  const name = (value: string): CalicoSelector => is('projectcalico.org/name', value);
  const labels = onlyIf('policyMatch GlobalNetworkPolicy p spec.egress[0] serviceAccounts.selector');
  const team: CalicoSelector = { kind: 'has', key: 'team' };
  it.each<[string, CalicoSelector, Outcome]>([
    ['all', all, 'yes'],
    ['what has no namespace', global, 'no'],
    ['the name', name('db-sa'), 'yes'],
    ['another name', name('x'), 'no'],
    ['not the name', not(name('db-sa')), 'no'],
    ['not another name', not(name('x')), 'yes'],
    ['one of two names', or(name('x'), name('db-sa')), 'yes'],
    ['two names at once', and(name('x'), name('db-sa')), 'no'],
    ['a list of names', { kind: 'in', key: 'projectcalico.org/name', values: ['x', 'db-sa'] }, 'yes'],
    ['a label', team, labels],
    ['not a label', not(team), labels],
    ['a label beside the name', and(name('db-sa'), team), labels],
    ['a label or the name', or(team, name('x')), labels],
  ])('%s', (_title, selector, fits) => {
    expect(fitOf('global', { serviceAccounts: { names: [], selector } }, 'db')).toStrictEqual(fits);
  });

  it('a name that is not the pod’s settles it', () => {
    const serviceAccounts = { names: ['x'], selector: team };
    expect(fitOf('global', { serviceAccounts }, 'db')).toBe('no');
  });
});

describe('sets of networks in a rule of Calico', () => {
  const nets = ['10.9.0.0/16', '169.254.169.254/32'];
  const labels = { what: 'metadata' };
  const globalSet = { ref: { kind: 'GlobalNetworkSet', name: 's' }, name: 's', labels, nets };
  const setOf = (namespace: string): CalicoNetworkSet => ({
    ref: { kind: 'NetworkSet', namespace, name: 's' },
    namespace,
    name: 's',
    labels,
    nets,
  });
  const metadata = is('what', 'metadata');
  const nowhere: Partial<CalicoEntity> = { namespaceSelector: global };
  const team = (value: string): Partial<CalicoEntity> => ({ namespaceSelector: is('team', value) });
  it.each<[string, 'pay' | 'global', Partial<CalicoEntity>, CalicoNetworkSet, Outcome]>([
    ['global policy: a global set', 'global', { selector: metadata }, globalSet, 'yes'],
    ['global policy: a set of any namespace', 'global', { selector: metadata }, setOf('data'), 'yes'],
    [
      'a negated selector leaves the addresses of a set out',
      'pay',
      { notSelector: metadata },
      globalSet,
      'no',
    ],
    ['… and of no set that it misses', 'pay', { notSelector: is('what', 'else') }, globalSet, 'yes'],
    ['a set that the selector misses', 'global', { selector: is('what', 'else') }, globalSet, 'no'],
    ['… in the own namespace', 'pay', { selector: is('what', 'else') }, setOf('pay'), 'no'],
    ['namespaced policy: a set of its namespace', 'pay', { selector: metadata }, setOf('pay'), 'yes'],
    ['namespaced policy: no set of another', 'pay', { selector: metadata }, setOf('data'), 'no'],
    ['namespaced policy: no global set', 'pay', { selector: metadata }, globalSet, 'no'],
    ['global() selects a global set', 'pay', { selector: metadata, ...nowhere }, globalSet, 'yes'],
    ['… without another selector', 'pay', nowhere, globalSet, 'yes'],
    ['… and none of a namespace', 'pay', nowhere, setOf('pay'), 'no'],
    ['a namespace selects its sets', 'pay', team('data'), setOf('data'), 'yes'],
    ['… by name', 'pay', { namespaceSelector: is('projectcalico.org/name', 'data') }, setOf('data'), 'yes'],
    ['… and no others', 'pay', team('data'), setOf('pay'), 'no'],
    ['… and no global ones', 'pay', { namespaceSelector: all }, globalSet, 'no'],
    [
      'a set has no service account',
      'global',
      { selector: metadata, serviceAccounts: { names: ['db-sa'] } },
      globalSet,
      'no',
    ],
  ])('%s', (_title, scope, entity, set, fits) => {
    expect(fitOf(scope, entity, 'imds', [set])).toStrictEqual(fits);
  });

  it('holds only what is inside', () => {
    expect(fitOf('global', { selector: metadata }, 'internet', [globalSet])).toBe('no');
  });

  it('asks for STS network by network', () => {
    const public4 = { ...globalSet, nets: ['52.0.0.0/8', '169.254.0.0/16'] };
    expect(fitOf('global', { selector: metadata }, 'sts', [public4])).toStrictEqual(
      onlyIf('stsAddress 52.0.0.0/8'),
    );
  });
});
