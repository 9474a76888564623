import { decideCondition } from './conditions/condition.ts';
import type { StatementEvidence } from './decision.ts';
import { fillVariables, matchesPattern } from './pattern.ts';
import type { MatchList, Policy, Statement } from './policy.ts';
import { matchPrincipal, type PrincipalEvidence } from './principal.ts';
import { lookUpKey, type RequestContext } from './requestContext.ts';
import { allOf, anyOf, type Truth } from './truth.ts';

/**
 * Evaluates policies against a request: one evidence for every statement, whether it applies or not.
 *
 * {@link weigh} reads the verdict off the evidence.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_evaluation-logic.md
 */
export function evaluate(policies: readonly Policy[], context: RequestContext): readonly StatementEvidence[] {
  return policies.flatMap((policy) =>
    policy.statements.map((statement) => evaluateStatement(policy, statement, context)),
  );
}

/** A policy that is attached to a principal holds for that principal. */
const implicitPrincipal: PrincipalEvidence = { truth: 'yes' };

function evaluateStatement(policy: Policy, statement: Statement, context: RequestContext): StatementEvidence {
  const principal = statement.principal
    ? matchPrincipal(statement.principal, context.principal)
    : implicitPrincipal;
  const action = principal.truth === 'no' ? 'no' : matchesAction(statement.actions, context);
  const resource = action === 'no' ? 'no' : matchesResource(statement.resources, context);
  const conditions =
    resource === 'no' ? [] : statement.conditions.map((condition) => decideCondition(condition, context));
  const outcome = allOf([
    principal.truth,
    action,
    resource,
    ...conditions.map((condition): Truth =>
      condition.undetermined ? 'open' : condition.holds ? 'yes' : 'no',
    ),
  ]);
  return {
    policy: policy.role,
    at: statement.at,
    ...(statement.sid === undefined ? {} : { sid: statement.sid }),
    action: context.action,
    effect: statement.effect,
    principalMatches: principal.truth !== 'no',
    ...(principal.as === undefined ? {} : { matchedAs: principal.as }),
    actionMatches: action === 'yes',
    resourceMatches: resource !== 'no',
    conditions,
    applies: outcome === 'yes',
    ...(outcome === 'open' ? { undetermined: true as const } : {}),
  };
}

/**
 * @source Prefix and name are case-insensitive:
 *   awsdocs/iam-user-guide:doc_source/reference_policies_elements_action.md
 */
function matchesAction(actions: MatchList, context: RequestContext): Truth {
  const asked = context.action.toLowerCase();
  const listed = actions.patterns.some(({ pattern }) => matchesPattern(pattern, asked));
  return listed === (actions.kind === 'oneOf') ? 'yes' : 'no';
}

/**
 * @source A variable that the request lacks fits nothing, and makes the statement invalid rather than a `NotResource`
 *   wider: awsdocs/iam-user-guide:doc_source/reference_policies_variables.md ("any attempt to match it fails and causes
 *   the statement to be invalid")
 */
function matchesResource(resources: MatchList | undefined, context: RequestContext): Truth {
  if (!resources) return 'yes';
  const filled = resources.patterns.map(({ pattern }) =>
    fillVariables(pattern, (key) => lookUpKey(context, key)),
  );
  const listed = anyOf(
    filled.map((resource): Truth => {
      if (resource.kind !== 'filled') return resource.kind === 'open' ? 'open' : 'no';
      return matchesPattern(resource.pattern, context.resource) ? 'yes' : 'no';
    }),
  );
  if (resources.kind === 'oneOf') return listed;
  if (filled.some((resource) => resource.kind === 'missing')) return 'no';
  return listed === 'open' ? 'open' : listed === 'yes' ? 'no' : 'yes';
}

/** What statements say about a request, taken together. */
export interface Weight {
  /** Whether one of them allows it. */
  readonly allows: Truth;
  /** Whether one of them denies it, which no other can override. */
  readonly denies: Truth;
}

/**
 * Weighs statements: whether one allows, whether one denies.
 *
 * @example
 * weigh([]) // => { allows: 'no', denies: 'no' }
 */
export function weigh(evidence: readonly StatementEvidence[]): Weight {
  const of = (effect: StatementEvidence['effect']): Truth =>
    anyOf(
      evidence
        .filter((statement) => statement.effect === effect)
        .map((statement) => (statement.applies ? 'yes' : statement.undetermined ? 'open' : 'no')),
    );
  return { allows: of('Allow'), denies: of('Deny') };
}

/** What policies decide about a request; `open`: they cannot, for what the input does not show. */
export type Verdict = 'allow' | 'explicitDeny' | 'implicitDeny' | 'open';

/** Reads the verdict: an explicit deny first, then an allow, else the implicit deny. */
export function verdictOf({ allows, denies }: Weight): Verdict {
  if (denies === 'yes') return 'explicitDeny';
  if (allows === 'no') return 'implicitDeny';
  return denies === 'no' && allows === 'yes' ? 'allow' : 'open';
}
