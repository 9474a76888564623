import type { CloudTrailGap, CloudTrailView } from '../services/cloudTrail.ts';
import { listOf } from './lists.ts';
import { node, say, type TraceNode } from './sentence.ts';

const gaps: Readonly<Record<Exclude<CloudTrailGap, 'noEventOfIssue'>, string>> = {
  whichPod: 'which pod',
  whichServiceAccount: 'which service account',
  meaninglessSessionName: 'anything by the name of the session',
};

const strengths: Readonly<Record<CloudTrailView['strength'], string>> = {
  documented: '',
  reported: ', as reported',
  inferred: ', as it follows from the documents',
};

/** Says what CloudTrail shows of credentials, and what it cannot show. */
export function cloudTrailNode(view: CloudTrailView): TraceNode {
  const { issued, later, cannotShow, source, strength } = view;
  const { type, principalId, principalTags, federatedProvider } = later;
  const unseen = cannotShow.flatMap((gap) => (gap === 'noEventOfIssue' ? [] : gaps[gap]));
  const details = [
    ...(federatedProvider === undefined ? [] : [`federatedProvider ${federatedProvider}`]),
    ...(principalTags === undefined ? [] : [`tags ${principalTags.join(', ')}`]),
  ];
  const inside = [
    issued
      ? say(
          'plain',
          `${issued.eventName} at ${issued.eventSource}, by ${issued.caller} (${issued.callerType})`,
        )
      : say('plain', 'no event when the credentials are handed out'),
    say('plain', `later calls: ${[`${type} ${principalId}`, ...details].join(', ')}`),
    ...(unseen.length === 0 ? [] : [say('plain', `it does not show ${listOf(unseen, 'or')}`)]),
  ];
  return node(
    say('aside', `CloudTrail${strengths[strength]}`, { source }),
    inside.map((sentence) => node(sentence)),
  );
}
