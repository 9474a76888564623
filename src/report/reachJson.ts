import type { Witness } from '../iam/language.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { AdmittedAccounts } from '../resolve/admittedAccounts.ts';
import type { Reach, ReachHolder } from '../resolve/reach.ts';
import type { ConditionJson, DiagnosticJson, IdentityJson } from './answersSchema.ts';
import { conditionToJson, diagnosticToJson, identityToJson } from './json.ts';
import { principalWords } from './reachSentences.ts';
import type { RoleAccess } from './reachText.ts';

/** What `reach --output json` prints. */
export interface ReachesJson {
  readonly schemaVersion: 1;
  readonly reaches: readonly ReachJson[];
  readonly errors: readonly DiagnosticJson[];
}

/** What `role --output json` prints. */
export interface RoleJson extends ReachesJson {
  readonly role: string;
  /** Null: the input does not show the trust policy. */
  readonly admitted: readonly AdmittedJson[] | null;
  /** Principals of the trust policy that the input does not show. */
  readonly trusted: readonly string[];
  /** Namespaces in which kube2iam gives the role to every pod that names it; null means every namespace. */
  readonly kube2iam: readonly { readonly daemon: string; readonly namespaces: readonly string[] | null }[];
}

/** One way to an identity; a way with several alternative conditions has an entry for each. */
export interface ReachJson {
  readonly holder: Pick<ReachHolder, 'kind'> & {
    readonly namespace?: string;
    readonly name: string;
    readonly workloadKind?: string;
  };
  readonly identity: IdentityJson;
  readonly hops: readonly {
    readonly by: Reach['hops'][number]['by'];
    readonly via?: 'nodePort';
    readonly identity: IdentityJson;
  }[];
  readonly when: readonly ConditionJson[];
  readonly incomplete: boolean;
  readonly beyond: readonly string[];
}

/** Whose tokens of one issuer are admitted. */
export interface AdmittedJson {
  readonly issuer: string;
  readonly of: AdmittedAccounts['of'];
  /** Null: no list of patterns says what the set is. */
  readonly patterns: readonly string[] | null;
  /** `namespace/name` of the service accounts of the input. */
  readonly serviceAccounts: readonly string[];
  /** A service account outside the input that would be admitted; null when there can be none. */
  readonly other: string | null;
  readonly undetermined: boolean;
}

/** Writes what a pod can obtain as JSON. */
export function reachesToJson(reaches: readonly Reach[], diagnostics: readonly Diagnostic[]): ReachesJson {
  return {
    schemaVersion: 1,
    reaches: reaches.flatMap(reachToJson),
    errors: diagnostics.map(diagnosticToJson),
  };
}

/** Writes who can obtain a role as JSON. */
export function roleToJson(access: RoleAccess, diagnostics: readonly Diagnostic[]): RoleJson {
  const { roleArn, reaches, admitted, outsiders, naming } = access;
  const { schemaVersion, ...lists } = reachesToJson(reaches, diagnostics);
  return {
    schemaVersion,
    role: roleArn,
    admitted: admitted?.map(admittedToJson) ?? null,
    trusted: outsiders.map(principalWords),
    kube2iam: naming.map(({ daemon, namespaces }) => ({
      daemon: `${daemon.namespace}/${daemon.name}`,
      namespaces: namespaces === 'every' ? null : namespaces,
    })),
    ...lists,
  };
}

function reachToJson({ holder, identity, hops, when, incomplete, beyond }: Reach): readonly ReachJson[] {
  return when.map((conjunction) => ({
    holder: holderToJson(holder),
    identity: identityToJson(identity),
    hops: hops.map(({ by, via, identity: obtained }) => ({
      by,
      ...(via === undefined ? {} : { via }),
      identity: identityToJson(obtained),
    })),
    when: conjunction.map(conditionToJson),
    incomplete,
    beyond,
  }));
}

function holderToJson(holder: ReachHolder): ReachJson['holder'] {
  const { kind } = holder;
  switch (kind) {
    case 'pod': {
      const { namespace, workload } = holder;
      return { kind, namespace, name: workload.name, workloadKind: workload.kind };
    }
    case 'serviceAccount':
      return { kind, namespace: holder.namespace, name: holder.name };
    case 'node':
      return { kind, name: holder.name };
    case 'role':
      return { kind, name: holder.arn };
  }
}

function admittedToJson(admitted: AdmittedAccounts): AdmittedJson {
  const { issuer, of, subjects, accounts, other, undetermined } = admitted;
  return {
    issuer,
    of,
    patterns: subjects.patterns ?? null,
    serviceAccounts: accounts.map(({ namespace, name }) => `${namespace}/${name}`),
    other: textOf(other),
    undetermined,
  };
}

function textOf(witness: Witness): string | null {
  return witness.kind === 'text' ? witness.text : null;
}
