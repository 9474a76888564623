import * as v from 'valibot';
import type { CloudTrailView } from '../services/cloudTrail.ts';

const text = v.string();

/** The shape of `cloudTrail` in the JSON of an outcome. */
export const cloudTrailSchema: v.GenericSchema<CloudTrailView> = v.object({
  issued: v.exactOptional(
    v.pipe(
      v.object({ eventSource: text, eventName: text, callerType: text, caller: text }),
      v.description('the event of handing the credentials out; absent where there is none'),
    ),
  ),
  later: v.pipe(
    v.object({
      type: v.picklist(['AssumedRole', 'IAMUser']),
      principalId: text,
      arn: v.exactOptional(text),
      sessionIssuer: v.exactOptional(text),
      federatedProvider: v.exactOptional(text),
      principalTags: v.exactOptional(v.array(text)),
    }),
    v.description('userIdentity of every later call'),
  ),
  sourceIdentity: v.literal('absent'),
  cannotShow: v.array(
    v.picklist(['noEventOfIssue', 'whichPod', 'whichServiceAccount', 'meaninglessSessionName']),
  ),
  source: text,
  strength: v.picklist(['documented', 'reported', 'inferred']),
});
