import type { KiamFinding } from '../services/evidence.ts';
import { identityWords } from './identityWords.ts';
import type { Words } from './serviceSentences.ts';

const podLookups: Readonly<Record<Extract<KiamFinding, { kind: 'kiamPod' }>['found'], Words>> = {
  pod: ['plain', 'kiam: finds the pod by its source address'],
  previous: ['bad', 'kiam: still takes it for the pod that had its address before'],
  nobody: ['bad', 'kiam: no pod has this source address'],
  several: ['bad', 'kiam: several pods have this source address'],
};

/** Says what kiam's agent and server weighed. */
export function kiamWords(finding: KiamFinding): Words {
  switch (finding.kind) {
    case 'kiamRouteBlocked':
      return [
        'bad',
        `kiam: lets only what fits \`${finding.expression}\` go on to IMDS, not ${finding.path}`,
      ];
    case 'kiamProxied':
      return ['plain', 'kiam: passes the request on to IMDS'];
    case 'kiamServer':
      return ['bad', 'kiam: the agent does not reach its server'];
    case 'kiamServerCrashed':
      return [
        'bad',
        `kiam: its server ends on the annotation \`${finding.text}\`, for all pods of the cluster`,
      ];
    case 'kiamPod':
      return podLookups[finding.found];
    case 'kiamRole':
      return ['plain', `kiam: takes the pod's annotation \`${finding.text}\`: ${finding.roleArn}`];
    case 'kiamNoRole':
      return ['bad', 'kiam: the pod has no annotation'];
    case 'kiamOtherRole':
      return ['bad', `kiam: \`${finding.asked}\` was asked for, and the pod's role is ${finding.roleArn}`];
    case 'kiamPermitted':
      return permittedWords(finding);
    case 'kiamSessionHeld':
      return ['plain', 'kiam: answers with a session that it fetched before'];
    case 'kiamIdentity':
      return ['plain', `kiam: its server is ${identityWords(finding.identity)}`];
  }
}

function permittedWords({ allowed, by, expression }: Extract<KiamFinding, { kind: 'kiamPermitted' }>): Words {
  switch (by) {
    case 'absent':
      return ['bad', 'kiam: the namespace permits no role'];
    case 'unreadable':
      return ['bad', `kiam: the expression \`${expression}\` of the namespace does not compile`];
    case 'expression':
      return allowed
        ? ['good', `kiam: the namespace permits it by \`${expression}\``]
        : ['bad', `kiam: the namespace permits only what fits \`${expression}\``];
  }
}
