import type { CheckResult } from '../findings/check.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { describeRef, type SourcePosition } from '../model/objectRef.ts';
import type { Overview } from '../resolve/resolve.ts';

/** Everything that a check has to tell, in whatever format. */
export interface CheckReport extends CheckResult {
  /** Every complaint: about the input too. */
  readonly diagnostics: readonly Diagnostic[];
  /** The least severity at which a finding lets the check fail. */
  readonly threshold: Severity | 'none';
  readonly verdict: 'passed' | 'failed';
  /** The baseline with which the findings were compared. */
  readonly baselineFile?: string;
}

/** The severities as the command line spells them. */
export const severityWords: Readonly<Record<Severity, string>> = {
  privilegeEscalation: 'privilege-escalation',
  wrongIdentity: 'wrong-identity',
  outage: 'outage',
  latent: 'latent',
};

/** Where a reader has to look: the object at fault, else the first workload that it concerns. */
export function placeOf({ at, answers: [first] }: Finding): SourcePosition | undefined {
  return at.position ?? first?.subject.at.position;
}

/** Names the container of an overview: `Deployment pay/api, container app`. */
export function containerWords({ subject }: Overview): string {
  const { namespace, workload, container } = subject;
  return `${describeRef({ ...workload, namespace })}, container ${container.name}`;
}
