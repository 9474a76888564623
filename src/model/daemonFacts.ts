import type { FactDefinition } from './factDefinitions.ts';

/** What the input may leave open about kube2iam and kiam. */
export const daemonFacts: readonly FactDefinition[] = [
  {
    name: 'kube2iam',
    meaning: 'whether kube2iam runs in the cluster although no manifest of it was given',
    scope: 'cluster',
    options: ['installed', 'notInstalled'],
  },
  {
    name: 'kube2iam.daemon',
    meaning: 'whether the kube2iam pod on the node answers',
    scope: 'node',
    options: ['ready', 'notReady', 'gone'],
    faults: ['notReady', 'gone'],
  },
  {
    name: 'kube2iam.rule',
    meaning: 'whether an iptables rule sends metadata requests to kube2iam',
    scope: 'node',
    options: ['present', 'absent'],
    faults: ['absent'],
  },
  {
    name: 'kube2iam.region',
    meaning: 'whether kube2iam, of a version that lists the regions of EC2 first, knows its own region',
    scope: 'cluster',
    options: ['set', 'missing'],
    assumed: 'set',
    faults: ['missing'],
  },
  {
    name: 'kiam.agent',
    meaning: 'whether the kiam agent on the node answers',
    scope: 'node',
    options: ['ready', 'notReady', 'gone'],
    faults: ['notReady', 'gone'],
  },
  {
    name: 'kiam.rule',
    meaning: 'whether an iptables rule sends metadata requests to kiam',
    scope: 'node',
    options: ['present', 'absent'],
    faults: ['absent'],
  },
  {
    name: 'kiam.server',
    meaning: 'whether the kiam server answers its agents',
    scope: 'cluster',
    options: ['ready', 'unreachable'],
    assumed: 'ready',
    faults: ['unreachable'],
  },
  {
    name: 'firstRule',
    meaning: 'whose rule for metadata requests stands first, where several daemons add one',
    scope: 'node',
    options: ['kube2iam', 'kiam'],
  },
  {
    name: 'daemonCache',
    meaning: 'what kube2iam or kiam still holds of an earlier request for the role',
    scope: 'role',
    options: ['empty', 'session', 'error'],
    assumed: 'empty',
  },
  {
    name: 'podAddress',
    meaning: 'for which pod kube2iam or kiam takes a caller, by the address of its packets',
    scope: 'pod',
    options: ['own', 'unknown', 'previous'],
    faults: ['unknown', 'previous'],
  },
];
