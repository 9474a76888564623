import type { CloudTrailGap, CloudTrailView } from '../services/cloudTrail.ts';
import { listOf } from './lists.ts';
import { node, say, type TraceNode } from './sentence.ts';

const gaps: Readonly<Record<CloudTrailGap, string>> = {
  noEventOfIssue: 'that these credentials were handed out',
  whichPod: 'which pod it was',
  whichServiceAccount: 'which service account it was',
  meaninglessSessionName: 'anything by the name of the session, which is made up',
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
  const details = [
    ...(federatedProvider === undefined ? [] : [`federatedProvider ${federatedProvider}`]),
    ...(principalTags === undefined ? [] : [`tags ${principalTags.join(', ')}`]),
  ];
  const inside = [
    issued
      ? say('plain', `${issued.eventName} at ${issued.eventSource} by ${issued.callerType} ${issued.caller}`)
      : say('plain', 'no event when the credentials are handed out'),
    say('plain', `later calls: ${[`${type} ${principalId}`, ...details].join(', ')}`),
    ...(cannotShow.length === 0
      ? []
      : [
          say(
            'plain',
            `it does not show ${listOf(
              cannotShow.map((gap) => gaps[gap]),
              'or',
            )}`,
          ),
        ]),
  ];
  return node(
    say('aside', `CloudTrail${strengths[strength]}`, { source }),
    inside.map((sentence) => node(sentence)),
  );
}
