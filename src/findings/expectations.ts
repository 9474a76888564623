import { parseRoleArn } from '../model/arn.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Expectation } from '../model/expectation.ts';
import { nearestWord } from '../model/nearest.ts';
import { matchesWildcard } from '../model/wildcard.ts';
import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import type { Outcome } from '../resolve/answer.ts';
import { overviewFor, type Overview, type ResolveOptions } from '../resolve/resolve.ts';
import { containersOf, type ContainerOf } from '../resolve/subjects.ts';
import { intentionsOf } from './intention.ts';

/** One outcome that is not as expected. */
export interface UnmetExpectation {
  readonly expectation: Expectation;
  readonly overview: Overview;
  readonly outcome: Outcome;
}

/** What came of the expectations of a world. */
export interface CheckedExpectations {
  readonly met: readonly Expectation[];
  readonly unmet: readonly UnmetExpectation[];
  /** Expectations about nobody, or of a role that is nowhere. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks what a world's owner expects of it.
 *
 * An expectation is met when it holds in every outcome: what hangs on something unknown is not certain.
 *
 * @param options - `faults` holds for the expectations that state no number of their own
 */
export function checkExpectations(world: World, options: ResolveOptions = {}): CheckedExpectations {
  const overviewOf = overviewsOf(world, options);
  const roles = rolesOf(world);
  const met: Expectation[] = [];
  const unmet: UnmetExpectation[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const expectation of world.expectations) {
    const targets = containersOf(world).filter(({ workload }) => isAbout(expectation, workload));
    const overviews = targets.map((target) => overviewOf(target, expectation.underFaults));
    const missed = overviews.flatMap((overview) => missedBy(expectation, overview));
    const wrong = complaintsOf(world, expectation, overviews, roles);
    diagnostics.push(...wrong);
    if (wrong.length > 0) continue;
    unmet.push(...missed);
    if (missed.length === 0 && overviews.some(({ incomplete }) => incomplete)) {
      diagnostics.push(undecided(expectation));
      continue;
    }
    if (missed.length === 0) met.push(expectation);
  }
  return { met, unmet, diagnostics };
}

/**
 * Tells whether an outcome is the identity that is meant.
 *
 * @param identity - a role's name or ARN, perhaps with `*`; `none`; or `node-role`
 */
export function isIdentity({ identity, mechanism }: Outcome, meant: string): boolean {
  if (meant === 'none') return identity.kind === 'none';
  if (meant === 'node-role') return mechanism === 'imds';
  return identity.kind === 'role' && isRole(identity.arn, meant);
}

function isRole(arn: string, meant: string): boolean {
  return matchesWildcard(meant, arn) || matchesWildcard(meant, parseRoleArn(arn)?.name ?? arn);
}

/** Several expectations look at one container with the same faults. */
function overviewsOf(
  world: World,
  options: ResolveOptions,
): (target: ContainerOf, faults: number | undefined) => Overview {
  const known = new Map<string, Overview>();
  return (target, faults = options.faults ?? 0) => {
    const { workload, container } = target;
    const key = `${faults} ${workload.namespace}/${workload.kind}/${workload.name} ${container.name}`;
    const overview = known.get(key) ?? overviewFor(world, target, { ...options, faults });
    known.set(key, overview);
    return overview;
  };
}

function missedBy(expectation: Expectation, overview: Overview): readonly UnmetExpectation[] {
  const { claim, identity } = expectation;
  return overview.outcomes
    .filter((outcome) => isIdentity(outcome, identity) !== (claim === 'gets'))
    .map((outcome) => ({ expectation, overview, outcome }));
}

function isAbout({ of }: Expectation, { namespace, kind, name }: Workload): boolean {
  switch (of.kind) {
    case 'cluster':
      return true;
    case 'namespace':
      return matchesWildcard(of.namespace, namespace);
    case 'workload':
      return (
        matchesWildcard(of.workload, `${namespace}/${name}`) ||
        matchesWildcard(of.workload.toLowerCase(), `${namespace}/${kind}/${name}`.toLowerCase())
      );
  }
}

function complaintsOf(
  world: World,
  expectation: Expectation,
  overviews: readonly Overview[],
  roles: readonly string[],
): readonly Diagnostic[] {
  const { of, identity } = expectation;
  if (overviews.length === 0) {
    const names = world.workloads.map(({ namespace, name }) => `${namespace}/${name}`);
    if (of.kind === 'workload') {
      return [
        complaint(
          expectation,
          'workload',
          `the input has no workload \`${of.workload}\``,
          nearestWord(of.workload, names),
        ),
      ];
    }
    if (of.kind === 'cluster')
      return [complaint(expectation, 'never', 'the input has no workload', undefined)];
    const namespaces = new Set(world.workloads.map(({ namespace }) => namespace));
    return [
      complaint(
        expectation,
        'namespace',
        `namespace \`${of.namespace}\` has no workload`,
        nearestWord(of.namespace, namespaces),
      ),
    ];
  }
  if (identity === 'none' || identity === 'node-role') return [];
  const obtained = overviews.flatMap(({ outcomes }) => outcomes);
  if (roles.some((arn) => isRole(arn, identity)) || obtained.some((one) => isIdentity(one, identity)))
    return [];
  const names = [...roles, ...roles.map((arn) => parseRoleArn(arn)?.name ?? arn), 'none', 'node-role'];
  const field = expectation.claim === 'gets' ? 'role' : 'never';
  return [
    complaint(expectation, field, `the input has no role \`${identity}\``, nearestWord(identity, names)),
  ];
}

/** What was not explored may be the one case in which it does not hold. */
function undecided({ ref: { position, ...object } }: Expectation): Diagnostic {
  return {
    code: 'expectation-undecided',
    severity: 'error',
    message: 'too much is unknown to tell whether this always holds',
    object,
    ...(position ? { position } : {}),
    help: 'state the SDK and other facts, or expect it under fewer faults',
  };
}

function complaint(
  { ref: { position, field: entry, ...object } }: Expectation,
  field: string,
  message: string,
  nearest: string | undefined,
): Diagnostic {
  return {
    code: 'expects-nothing',
    severity: 'error',
    message,
    object,
    field: `${entry ?? ''}.${field}`,
    ...(position ? { position } : {}),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

/** ARNs or names of every role that the input exports or mentions. */
function rolesOf(world: World): readonly string[] {
  return [
    ...world.roles.map(({ arn }) => arn),
    ...world.workloads.flatMap((workload) => intentionsOf(world, workload).map(({ role }) => role)),
    ...world.serviceAccounts.flatMap(({ annotations }) => Object.values(annotations)).filter(isRoleArn),
    ...world.podIdentityAssociations.flatMap(({ roleArn, targetRoleArn }) =>
      [roleArn ?? [], targetRoleArn ?? []].flat(),
    ),
    ...world.nodes.flatMap(({ roleArn }) => roleArn ?? []),
    ...(world.nodeDefaults.roleArn === undefined ? [] : [world.nodeDefaults.roleArn]),
    ...world.instanceProfiles.flatMap(({ roleArn }) => roleArn ?? []),
    ...world.kube2iam.flatMap(({ flags }) => (flags.defaultRole === '' ? [] : (flags.defaultRole ?? []))),
  ];
}

function isRoleArn(text: string): boolean {
  return parseRoleArn(text) !== undefined;
}
