import { decideAssumeRole } from '../../iam/assumeRole.ts';
import type { StatementEvidence } from '../../iam/decision.ts';
import { lookUpFact, type Ask } from '../../model/fact.ts';
import type { Request } from '../../model/exchange.ts';
import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, exchangesOf, type Sighting } from '../law.ts';
import { byGround } from '../laws/ground.ts';
import { consequences, severityOf } from '../laws/consequences.ts';
import { takesFromMetadata } from '../laws/takesFromMetadata.ts';
import { withoutStatement } from '../laws/withoutStatement.ts';
import { trustCallers } from '../laws/trustCaller.ts';
import { roleName } from '../laws/trustPolicy.ts';
import { profileFilesOf, withoutProfileFiles } from '../laws/withoutVariables.ts';
import { trustedEntries } from '../../services/trustedPrincipals.ts';
import type { ConflictRow } from '../law.ts';

/** A role that a profile wanted on top of another, and STS refused. */
interface RefusedStep {
  readonly request: Extract<Request, { readonly action: 'AssumeRole' }>;
  /** The role from which the step was tried. */
  readonly from: string;
  readonly by: string;
}

function refusedStep({ outcomes: [usual] }: Answer): RefusedStep | undefined {
  for (const { request, reply, evidence } of usual ? exchangesOf(usual) : []) {
    if (request.kind !== 'sts' || request.action !== 'AssumeRole' || reply.kind !== 'httpError') continue;
    const { identity, mechanism } = request.source;
    const decision = evidence.find((found) => found.kind === 'assumption')?.decision;
    if (identity.kind !== 'role' || mechanism === 'imds' || decision?.kind !== 'denied') continue;
    return { request, from: identity.arn, by: decision.by };
  }
  return undefined;
}

/** A profile assumes the role that it has. */
const selfAssume: Rule = causeRule(
  {
    id: 'chain-self-assume',
    title: 'a profile assumes the role that the container already has',
    severity: 'outage',
    expects: 'a step that changes nothing',
    gets: 'a refusal with every SDK that follows the profile, unless the role trusts itself',
    source: 'external-secrets/external-secrets#4432',
    advice: 'leave the step out',
  },
  eachContainer((container): Sighting | undefined => {
    const { answers, name, workload } = container;
    const affected = answers.filter((answer) => {
      const step = refusedStep(answer);
      return step !== undefined && step.from === step.request.roleArn;
    });
    const [first] = affected;
    if (!first) return undefined;
    return {
      at: workload.template.ref,
      message: `${name} assumes ${roleName(refusedStep(first)?.from ?? '')} from itself, and the role does not trust itself; it gets ${consequences(affected)}`,
      severity: severityOf(affected),
      answers: affected,
      fixes: withoutProfileFiles(container, profileFilesOf(affected)),
    };
  }),
);

const baseChanged: ConflictRow = {
  id: 'chain-base-identity-changed',
  title: 'a role trusts the identity that a container had before, and not the one it has now',
  severity: 'outage',
  expects: 'a chain of roles to go on as before',
  gets: 'a refusal at the next role, with every SDK that follows the profile',
  source:
    'external-secrets/kubernetes-external-secrets#622, external-secrets/kubernetes-external-secrets#452',
  advice: 'let the next role trust both, the old and the new, during the migration',
};

/** The next role of a chain trusts the base of before. */
const baseIdentityChanged: Rule = causeRule(baseChanged, ({ world, answers }) =>
  byGround(
    baseChanged,
    answers.flatMap((answer) => {
      const step = refusedStep(answer);
      if (step?.by !== 'trustPolicy' || step.from === step.request.roleArn) return [];
      const { from } = step;
      const { roleArn } = step.request;
      const trusted = (trustedEntries(indexOf(world).role(roleArn)) ?? []).flatMap((entry) =>
        entry.kind === 'role' ? entry.arn : [],
      );
      if (trusted.length === 0) return [];
      const why = `${roleName(roleArn)} trusts ${trusted.map(roleName).join(', ')}, and is assumed from ${roleName(from)} now`;
      const at = { kind: 'TrustPolicy', name: roleArn };
      return [{ answer, ground: { at, why, fixes: trustCallers(world, roleArn, [from]) } }];
    }),
  ),
);

/** A role that trusts its account trusts the node role, and with it whoever reaches the metadata service. */
const trustsAccount: Rule = causeRule(
  {
    id: 'chain-node-trusts-account-root',
    title: 'a role trusts its whole account, and the node role may assume it',
    severity: 'privilegeEscalation',
    expects: 'a trust that stays inside the account',
    gets: 'the role for any identity of the account that may assume roles: the node role too, and so any pod that reaches the metadata service',
    source:
      'jtblin/kube2iam:README.md (policy of the node role), https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html (AWS account principals)',
    advice: 'name the roles that are to assume it',
  },
  ({ world, answers }) =>
    world.roles.flatMap((role): readonly Sighting[] => {
      const nodeRoles = new Set(
        [world.nodeDefaults.roleArn, ...world.nodes.map(({ roleArn }) => roleArn)].filter(
          (arn) => arn !== undefined && arn !== role.arn,
        ),
      );
      for (const nodeRole of nodeRoles) {
        const statement = nodeRole && throughAccount(world, nodeRole, role.arn);
        const pod = statement && podWith(world, nodeRole);
        if (!statement || pod === undefined) continue;
        return [
          {
            at: statement.at,
            message: `${roleName(role.arn)} trusts its whole account, so that ${roleName(nodeRole)} may assume it, and with it ${pod} and whatever else reaches the metadata service`,
            answers: [],
            fixes: namedInstead(world, role.arn, statement, answers),
          },
        ];
      }
      return [];
    }),
);

/** What nothing shows counts as not allowed: only a shown permission is one. */
function shownOnly(world: World): Ask {
  return (question) => lookUpFact(world, question).value ?? 'denies';
}

function throughAccount(world: World, callerRoleArn: string, roleArn: string): StatementEvidence | undefined {
  const decision = decideAssumeRole(world, shownOnly(world), { callerRoleArn, roleArn });
  if (decision.kind !== 'allowed') return undefined;
  const trusting = decision.because.filter(
    ({ policy, effect, applies }) => policy === 'trustPolicy' && effect === 'Allow' && applies,
  );
  // A role that names the node role beside its account means it.
  return trusting.every(({ matchedAs }) => matchedAs === 'account') ? trusting[0] : undefined;
}

/** Finds a pod that can take a node role. */
function podWith(world: World, nodeRole: string): string | undefined {
  const found = world.workloads.find((workload) => takesFromMetadata(world, workload, nodeRole));
  return found && `${found.namespace}/${found.name}`;
}

/** Proposes to name, in the place of the account, the roles from which somebody assumes this one. */
function namedInstead(
  world: World,
  roleArn: string,
  { at }: StatementEvidence,
  answers: readonly Answer[],
): readonly Fix[] {
  const callers = answers.flatMap(({ outcomes: [usual] }) =>
    (usual ? exchangesOf(usual) : []).flatMap(({ request, evidence }) => {
      const assumes = evidence.some((found) => found.kind === 'assumption' && found.roleArn === roleArn);
      const own = request.kind === 'sts' && request.action === 'AssumeRole' ? request.source : undefined;
      const daemon = evidence.find((found) => found.kind === 'daemonIdentity');
      const { identity } = own ?? daemon ?? {};
      return assumes && identity?.kind === 'role' ? identity.arn : [];
    }),
  );
  return withoutStatement(world, roleArn, at.field, [...new Set(callers)]);
}

/** Conflicts of roles that are assumed from other roles. */
export const chainedRoleRules: readonly Rule[] = [selfAssume, baseIdentityChanged, trustsAccount];
