import type { Fix } from '../../model/patch.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { ResolvedProvider } from '../../sdkChain/behaviour.ts';
import type { Rule } from '../finding.ts';
import type { Intention } from '../intention.ts';
import { causeRule, eachContainer, exchangesOf, type ConflictRow, type Sighting } from '../law.ts';
import { mechanismWords, type ContainerAnswers } from '../workloads.ts';
import { providerKind, winnerOf, type Winner } from './chainWinner.ts';
import { consequences } from './consequences.ts';

/** A member of the chain that won although the objects ask for another. */
export interface Preference {
  readonly answer: Answer;
  readonly winner: Winner;
  readonly intention: Intention;
  readonly container: ContainerAnswers;
}

/** The member of a chain by which each mechanism comes. */
const meantMember: Readonly<Record<Intention['mechanism'], ResolvedProvider['kind']>> = {
  irsa: 'webIdentity',
  podIdentity: 'container',
  kube2iam: 'imds',
  kiam: 'imds',
};

/**
 * The law: the chain takes the first member that is switched on, whatever the objects mean; nothing fails.
 *
 * @param fits - which preferences are of this row
 */
export function chainPrefersAnotherRule(
  row: ConflictRow,
  fits: (preference: Preference) => boolean,
  fixesFor: (preference: Preference) => readonly Fix[],
): Rule {
  return causeRule(
    row,
    eachContainer((container): Sighting | undefined => {
      const { name, answers } = container;
      const preferences = preferencesOf(container).filter(fits);
      const [first] = preferences;
      if (!first) return undefined;
      const { winner, intention } = first;
      const affected = answers.filter((answer) => preferences.some((each) => each.answer === answer));
      return {
        at: winner.refs[0] ?? container.workload.template.ref,
        message: `${name} asks for \`${intention.role}\` by ${mechanismWords[intention.mechanism]}, and ${winner.by.join(' and ')} ${winner.by.length === 1 ? 'comes' : 'come'} first: it gets ${consequences(affected)}`,
        answers: affected,
        fixes: fixesFor(first),
      };
    }),
  );
}

function preferencesOf(container: ContainerAnswers): readonly Preference[] {
  const {
    intentions: [intention],
    answers,
  } = container;
  if (!intention) return [];
  return answers.flatMap((answer): readonly Preference[] => {
    const winner = winnerOf(answer);
    const [usual] = answer.outcomes;
    if (!winner || !usual || hasFailed(answer, meantMember[intention.mechanism])) return [];
    const { identity, mechanism } = usual;
    const asMeant =
      mechanism === intention.mechanism &&
      (mechanism !== 'irsa' || (identity.kind === 'role' && identity.arn === intention.role));
    return asMeant || startsFrom(usual, intention.role) ? [] : [{ answer, winner, intention, container }];
  });
}

/** A chain of roles that begins with the one that was asked for goes on from it on purpose. */
function startsFrom(usual: Outcome, roleArn: string): boolean {
  return exchangesOf(usual).some(
    ({ request, reply }) =>
      request.kind === 'sts' &&
      request.action === 'AssumeRoleWithWebIdentity' &&
      request.roleArn === roleArn &&
      reply.kind === 'ok',
  );
}

function hasFailed(answer: Answer, kind: ResolvedProvider['kind']): boolean {
  const [usual] = answer.outcomes;
  return (usual?.trace ?? []).some(
    (step) =>
      step.kind === 'chain' &&
      step.step.kind === 'failed' &&
      providerKind(answer, step.step.provider) === kind,
  );
}
