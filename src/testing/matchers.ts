import { findConflicts } from '../findings/examine.ts';
import type { Severity } from '../findings/finding.ts';
import { parseFact } from '../ingest/factText.ts';
import { sameIdentity, type Identity } from '../model/identity.ts';
import type { World } from '../model/world.ts';
import { renderCounterexample, type Counterexample } from '../report/counterexample.ts';
import { explain } from '../report/explain.ts';
import { renderFindings } from '../report/findingsText.ts';
import { identityWords } from '../report/identityWords.ts';
import { colourless } from '../report/palette.ts';
import { answerFor, resolveAll, type ResolveOptions } from '../resolve/resolve.ts';
import { containersOf, sdksOf, statedSdk } from '../resolve/subjects.ts';
import { readSdk, whichRole, type WhichRoleOptions } from '../resolve/whichRole.ts';
import { minimise } from './minimise.ts';
import type { Property } from './property.ts';

/** What a matcher returns to vitest or jest. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Which findings {@link WhichroleMatchers.toHaveNoFindings} looks for. */
export interface FindingOptions {
  /** As `go-v2`. Without it: what the world states, else every SDK. */
  readonly sdk?: string;
  /** Only findings of these severities; all when it is left out. */
  readonly severities?: readonly Severity[];
  /** Ids of rules whose findings are accepted. */
  readonly except?: readonly string[];
}

/** The matchers as `expect(world)` shows them once they are registered. */
export interface WhichroleMatchers<Result = unknown> {
  /**
   * Every outcome for the pod is a session of this role.
   *
   * `none` means: no credentials, whatever the unknown facts are.
   */
  readonly toGiveRole: (pod: string, roleArn: string, options?: WhichRoleOptions) => Result;
  /** No rule of the conflict atlas finds anything. */
  readonly toHaveNoFindings: (options?: FindingOptions) => Result;
  /**
   * With this fault, as `sts=timeout` or `token:pay/api=expired`, no container is somebody else than
   * without it; it may be left without credentials.
   */
  readonly toBeStableUnder: (fault: string, options?: { readonly sdk?: string }) => Result;
  /** The law of the property holds. */
  readonly toHold: (property: Property) => Result;
}

/** The matchers as functions of what stands in `expect(…)`. */
export type MatcherFunctions = {
  readonly [Name in keyof WhichroleMatchers]: (
    received: World,
    ...given: Parameters<WhichroleMatchers[Name]>
  ) => MatcherResult;
};

/** Columns of the texts of failures. */
const width = 80;

/**
 * The matchers, to be handed to `expect.extend` of vitest or jest.
 *
 * @example
 * Object.keys(matchers) // => ['toGiveRole', 'toHaveNoFindings', 'toBeStableUnder', 'toHold']
 */
export const matchers: MatcherFunctions = {
  toGiveRole: (received, pod, roleArn, options = {}) => {
    const { outcomes } = whichRole(received, pod, options);
    return {
      pass: outcomes.every(({ identity }) => nameOf(identity) === roleArn),
      message: () =>
        `expected ${pod} to get ${roleArn} in every case; it gets\n\n` +
        explain(received, pod, options, width),
    };
  },
  toHaveNoFindings: (received, { sdk, severities, except = [] } = {}) => {
    const options: ResolveOptions = sdk === undefined ? {} : { sdk: readSdk(sdk) };
    const findings = findConflicts(received, resolveAll(received, options)).filter(
      ({ rule, severity }) => !except.includes(rule) && (severities?.includes(severity) ?? true),
    );
    return {
      pass: findings.length === 0,
      message: () =>
        findings.length === 0
          ? 'expected findings, and there are none'
          : renderFindings(findings, { width, palette: colourless }),
    };
  },
  toBeStableUnder: (received, fault, { sdk } = {}) => {
    const counterexample = unstableUnder(received, fault, sdk);
    const law = { name: 'toBeStableUnder', law: `${fault} gives no container another identity` };
    return {
      pass: counterexample === undefined,
      message: () =>
        counterexample ? renderCounterexample(law, counterexample, width) : `${law.law}, and it was to`,
    };
  },
  toHold: (received, property) => {
    const verdict = property.check(received);
    return {
      pass: verdict.kind === 'holds',
      message: () =>
        verdict.kind === 'holds'
          ? `${property.law}, and it was not to be so`
          : renderCounterexample(property, minimise(property, verdict.counterexample), width),
    };
  },
};

/** Finds a container that is somebody else once a fault is there. */
function unstableUnder(before: World, fault: string, sdk: string | undefined): Counterexample | undefined {
  const after = withFact(before, fault);
  const only = sdk === undefined ? undefined : [statedSdk(readSdk(sdk))];
  for (const target of containersOf(before)) {
    for (const one of only ?? sdksOf(before, target)) {
      const healthy = answerFor(before, target, one).outcomes.map(({ identity }) => identity);
      const answer = answerFor(after, target, one);
      const outcome = answer.outcomes.find(
        ({ identity }) => identity.kind !== 'none' && !healthy.some((each) => sameIdentity(each, identity)),
      );
      if (outcome) {
        const changes = [`let ${fault.replace('=', ' be ')}, instead of ${wordsOf(healthy)}`];
        return { world: after, changes, witness: { kind: 'outcome', answer, outcome } };
      }
    }
  }
  return undefined;
}

/**
 * States a fact as `--assume` takes it.
 *
 * @throws Error when there is no such fact or value
 */
function withFact(world: World, text: string): World {
  const at = text.lastIndexOf('=');
  const read = parseFact(text.slice(0, at), text.slice(at + 1));
  if (read.kind === 'fact') return { ...world, facts: [...world.facts, read.fact] };
  const { message, expected, nearest } = read.complaint;
  const hint = nearest === undefined ? (expected ?? '') : `did you mean \`${nearest}\`?`;
  throw new Error(`${message}, ${hint}`);
}

function wordsOf(identities: readonly Identity[]): string {
  return [...new Set(identities.map((identity) => identityWords(identity)))].join(' or ');
}

function nameOf(identity: Identity): string {
  switch (identity.kind) {
    case 'role':
      return identity.arn;
    case 'unnamedRole':
      return identity.text;
    case 'static':
      return identity.accessKeyId ?? 'static keys';
    case 'none':
      return 'none';
  }
}
