import type { FactName } from '../../model/factDefinitions.ts';
import type { Mechanism } from '../../model/identity.ts';
import { findContainer } from '../../resolve/whichRole.ts';
import type { World } from '../../model/world.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import { answerFor } from '../../resolve/resolve.ts';
import { timelineFor } from '../../resolve/resolveOverTime.ts';
import type { ContainerOf } from '../../resolve/subjects.ts';
import { sdkBehaviour } from '../../sdkChain/registry.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, type ConflictRow, type Sighting } from '../law.ts';
import { mechanismWords, nameIdentity } from '../workloads.ts';
import { withoutMetadataFixes } from './closeMetadata.ts';

/** What a container comes to when something that works today fails for a while. */
type Hypothesis = (world: World, answer: Answer, target: ContainerOf) => Later | undefined;

type Later = Pick<Outcome, 'identity' | 'mechanism'>;

/** What comes from the metadata address, whoever answers there. */
const metadataMechanisms: ReadonlySet<Mechanism> = new Set(['imds', 'kube2iam', 'kiam']);

/**
 * The law: an identity that is right today changes in the life of a process, by what its SDK remembers.
 *
 * Only where somebody states the SDK: else every pod would be told of SDKs that it does not use.
 *
 * @param when - the failure, as a sentence part
 */
export function changesOverTimeRule(row: ConflictRow, when: string, hypothesis: Hypothesis): Rule {
  return causeRule(
    row,
    eachContainer((container, { world }): Sighting | undefined => {
      const { workload, answers, name, intentions } = container;
      if (intentions[0]?.mechanism !== 'irsa') return undefined;
      for (const answer of answers) {
        if (answer.sdk.basis !== 'stated' || answer.outcomes[0]?.mechanism !== 'irsa') continue;
        const target = targetOf(world, answer);
        const later = hypothesis(world, answer, target);
        if (!later || !metadataMechanisms.has(later.mechanism)) continue;
        return {
          at: workload.template.ref,
          message: `${name} has \`${intentions[0].role}\` today; ${when} ${answer.sdk.family} goes over to ${nameIdentity(later.identity)} by ${mechanismWords[later.mechanism]}`,
          answers: [answer],
          fixes: withoutMetadataFixes(container),
        };
      }
      return undefined;
    }),
  );
}

function targetOf(world: World, { subject }: Answer): ContainerOf {
  const { namespace, workload, container } = subject;
  return findContainer(world, `${namespace}/${workload.kind}/${workload.name}`, container.name);
}

function withFact(world: World, name: FactName, value: string, scope?: string): World {
  return {
    ...world,
    facts: [...world.facts, { name, value, ...(scope === undefined ? {} : { scope }) }],
  };
}

/** What an SDK gets that walks its chain again, once the role of the container is refused. */
export const afterRefusal: Hypothesis = (world, answer, target) => {
  const { identity } = answer.outcomes[0] ?? {};
  if (identity?.kind !== 'role' || isPinned(answer)) return undefined;
  const refusing = withFact(withoutTrust(world, identity.arn), 'trust', 'refuses', identity.arn);
  return answerFor(refusing, target, answer.sdk).outcomes[0];
};

/** Tells whether an SDK asks the member of its chain again that it once had credentials from, and no other. */
function isPinned({ sdk }: Answer): boolean {
  return sdkBehaviour(sdk).behaviour.refresh.chain === 'pinned';
}

/** A fact about trust counts only where no policy is shown. */
function withoutTrust(world: World, roleArn: string): World {
  return {
    ...world,
    roles: world.roles.map(({ trustPolicy, ...role }) =>
      role.arn === roleArn || !trustPolicy ? role : { ...role, trustPolicy },
    ),
  };
}

/** Minutes until STS, silent at the start of the process, is back. */
const backAtMinute = 5;

/** What an SDK goes on with that found STS silent when it began, hours after STS is back. */
export const afterBadStart: Hypothesis = (world, answer, target) => {
  if (!isPinned(answer)) return undefined;
  const back = { title: 'STS answers again', apply: (now: World): World => withFact(now, 'sts', 'answers') };
  const moments = [{ minute: backAtMinute, change: back }];
  const [course] = timelineFor(withFact(world, 'sts', 'timeout'), target, answer.sdk, moments).courses;
  const last = course?.entries.at(-1);
  return last?.kind === 'holds' ? last : undefined;
};
