import { intersection, complement, languageOfTexts, shortestText, type Witness } from '../iam/language.ts';
import { isAccepted } from '../iam/policy.ts';
import { parsePolicy } from '../iam/policyDocument.ts';
import type { PrincipalEntry } from '../iam/principal.ts';
import { serviceAccountSubjects } from '../iam/serviceAccountSubjects.ts';
import { admits, admittedSubjects, type SubjectSet } from '../iam/subjects.ts';
import { trustedProviders } from '../iam/trustedProviders.ts';
import { indexOf, type World } from '../model/world.ts';
import { clusterIssuer } from '../services/oidcIssuer.ts';
import { trustedEntries } from '../services/trustedPrincipals.ts';
import { knownAccounts, subjectOfAccount, type KnownAccount } from './serviceAccounts.ts';

/** Whose tokens of one issuer a trust policy admits. */
export interface AdmittedAccounts {
  /** Without `https://`. */
  readonly issuer: string;
  /** `unknown`: nothing says what the issuer of the cluster is. */
  readonly of: 'thisCluster' | 'another' | 'unknown';
  readonly subjects: SubjectSet;
  /** Service accounts of the input that are admitted; none for another cluster's issuer. */
  readonly accounts: readonly KnownAccount[];
  /** A service account that the input does not show and that would be admitted, if somebody made it. */
  readonly other: Witness;
  /** Whether some of the conditions rest on what no input shows, and were taken to hold. */
  readonly undetermined: boolean;
}

/**
 * Decides for each issuer that a role trusts the whole set of service accounts whose tokens it admits: those of
 * the input, and those that anybody may yet create.
 *
 * @returns nothing when the input does not show the trust policy, or IAM would refuse it
 */
export function admittedAccounts(world: World, roleArn: string): readonly AdmittedAccounts[] | undefined {
  const role = indexOf(world).role(roleArn);
  const document = role?.trustPolicy;
  if (!document || !isAccepted(parsePolicy(document, 'trustPolicy'))) return undefined;
  const cluster = clusterIssuer(world, roleArn);
  const known = cluster && cluster.from !== 'trustPolicy' ? cluster.issuer : undefined;
  return trustedProviders(document).map(({ providerArn, issuer }): AdmittedAccounts => {
    const of = known === undefined ? 'unknown' : known === issuer ? 'thisCluster' : 'another';
    const subjects = admittedSubjects(document, { providerArn, issuer });
    const surely = admittedSubjects(document, { providerArn, issuer }, 'surely');
    const doubtful = intersection(subjects.language, complement(surely.language));
    const own = of === 'another' ? [] : knownAccounts(world);
    const accounts = own.filter((account) => admits(subjects, subjectOfAccount(account)));
    const unseen = intersection(
      subjects.language,
      complement(languageOfTexts(accounts.map(subjectOfAccount))),
    );
    return {
      issuer,
      of,
      subjects,
      accounts,
      other: shortestText(intersection(unseen, serviceAccountSubjects)),
      undetermined: shortestText(doubtful).kind !== 'none',
    };
  });
}

/** Lists whom a role's trust policy names besides providers of tokens and roles that the input shows. */
export function trustedOutsiders(world: World, roleArn: string): readonly PrincipalEntry[] {
  const entries = (trustedEntries(indexOf(world).role(roleArn)) ?? []).filter((entry) => {
    if (entry.kind === 'federated') return !entry.provider.includes(':oidc-provider/');
    return entry.kind !== 'role' || !indexOf(world).role(entry.arn);
  });
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}
