import type { Identity, Mechanism } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Container } from '../model/pod.ts';
import { describeSdk, type SdkRef } from '../model/sdk.ts';
import type { WorkloadKind } from '../model/workload.ts';
import type { CloudTrailView } from '../services/cloudTrail.ts';
import type { Condition } from './condition.ts';
import type { ConsultedFact } from './explore.ts';
import type { Step } from './trace.ts';

/** Whom an answer is about. */
export interface Subject {
  readonly namespace: string;
  readonly workload: { readonly kind: WorkloadKind; readonly name: string };
  readonly container: { readonly name: string; readonly kind: Container['kind'] };
  readonly at: ObjectRef;
}

/** The SDK that an answer holds for, and how it is known. */
export interface AnswerSdk extends SdkRef {
  /** `notStated`: nobody said which SDK the container uses; this answer is one of several. */
  readonly basis: 'stated' | 'notStated';
}

/** One identity that the container can have, and when. */
export interface Outcome {
  readonly identity: Identity;
  readonly mechanism: Mechanism;
  /** The role session's name, or the pattern of the name that the SDK makes up. */
  readonly session?: string;
  /** What `aws sts get-caller-identity` prints as `Arn`, as far as it is known. */
  readonly callerArn?: string;
  /** What an auditor sees of it; absent without credentials. */
  readonly cloudTrail?: CloudTrailView;
  readonly when: Condition;
  /** How it comes about, in one of the ways that lead to it. */
  readonly trace: readonly Step[];
}

/** Which identity one container gets with one SDK. The first outcome is the one without surprises. */
export interface Answer {
  readonly subject: Subject;
  readonly sdk: AnswerSdk;
  readonly outcomes: readonly Outcome[];
  /** What was assumed because nothing states it, and what was stated and consulted. */
  readonly consulted: readonly ConsultedFact[];
  /** Whether some combinations were left out because there were too many. */
  readonly incomplete: boolean;
}

/** Names an answer: one container with one SDK. */
export function answerKey({ subject, sdk }: Pick<Answer, 'subject' | 'sdk'>): string {
  return `${containerKey({ subject })}/${describeSdk(sdk)}`;
}

/** Names the container that an answer is about. */
export function containerKey({ subject }: Pick<Answer, 'subject'>): string {
  const { namespace, workload, container } = subject;
  return `${namespace}/${workload.kind}/${workload.name}/${container.name}`;
}
