import type { OpenKey, RequestPrincipal } from './requestContext.ts';

/** A context key of requests to STS whose value no manifest and no IAM export shows. */
interface OpenKeyRow extends OpenKey {
  /** Whose requests have it. */
  readonly of: readonly RequestPrincipal['kind'][];
}

const everyone = ['roleSession', 'webIdentity', 'service'] as const;
const workloads = ['roleSession', 'webIdentity'] as const;
const sessions = ['roleSession'] as const;
const signed = ['roleSession', 'service'] as const;

/**
 * The open keys, each with whose requests have it.
 *
 * @source "Availability" of each key:
 *   awsdocs/iam-user-guide:doc_source/reference_policies_condition-keys.md and
 *   awsdocs/iam-user-guide:doc_source/reference_policies_iam-condition-keys.md
 */
const rows: readonly OpenKeyRow[] = [
  { key: 'aws:currenttime', presence: 'always', of: everyone },
  { key: 'aws:epochtime', presence: 'always', of: everyone },
  { key: 'aws:requestedregion', presence: 'always', of: everyone },
  { key: 'aws:useragent', presence: 'always', of: everyone },
  { key: 'aws:userid', presence: 'always', of: everyone },
  { key: 'aws:principalaccount', presence: 'always', of: ['webIdentity', 'service'] },
  { key: 'aws:principaltype', presence: 'always', of: ['webIdentity', 'service'] },
  { key: 'aws:principalarn', presence: 'sometimes', of: ['service'] },
  { key: 'aws:principalservicenameslist', presence: 'always', of: ['service'] },
  { key: 'aws:sourceip', presence: 'sometimes', of: everyone },
  { key: 'aws:sourcevpc', presence: 'sometimes', of: workloads },
  { key: 'aws:sourcevpce', presence: 'sometimes', of: workloads },
  { key: 'aws:sourcevpcarn', presence: 'sometimes', of: workloads },
  { key: 'aws:vpcsourceip', presence: 'sometimes', of: workloads },
  { key: 'aws:vpceaccount', presence: 'sometimes', of: workloads },
  { key: 'aws:vpceorgid', presence: 'sometimes', of: workloads },
  { key: 'aws:vpceorgpaths', presence: 'sometimes', of: workloads },
  { key: 'aws:tokenissuetime', presence: 'always', of: sessions },
  { key: 'aws:principaltag/', presence: 'sometimes', of: sessions },
  { key: 'aws:principalorgid', presence: 'sometimes', of: signed },
  { key: 'aws:principalorgpaths', presence: 'sometimes', of: signed },
  { key: 'aws:sourceidentity', presence: 'sometimes', of: sessions },
  { key: 'aws:federatedprovider', presence: 'sometimes', of: sessions },
  { key: 'aws:ec2instancesourcevpc', presence: 'sometimes', of: sessions },
  { key: 'aws:ec2instancesourceprivateipv4', presence: 'sometimes', of: sessions },
  { key: 'ec2:sourceinstancearn', presence: 'sometimes', of: sessions },
  { key: 'aws:sourceorgid', presence: 'sometimes', of: ['service'] },
  { key: 'aws:sourceorgpaths', presence: 'sometimes', of: ['service'] },
  { key: 'aws:resourceorgid', presence: 'sometimes', of: everyone },
  { key: 'aws:resourceorgpaths', presence: 'sometimes', of: everyone },
  { key: 'aws:resourcetag/', presence: 'sometimes', of: everyone },
  { key: 'iam:resourcetag/', presence: 'sometimes', of: everyone },
  { key: 'sts:rolesessionname', presence: 'always', of: everyone },
  { key: 'sts:sourceidentity', presence: 'sometimes', of: sessions },
  { key: 'sts:transitivetagkeys', presence: 'sometimes', of: signed },
];

/** Gives the context keys that stay open in a request of this kind of principal. */
export function openKeysOf(kind: RequestPrincipal['kind']): readonly OpenKey[] {
  return openKeys[kind];
}

const openKeys: Readonly<Record<RequestPrincipal['kind'], readonly OpenKey[]>> = {
  roleSession: rows.filter((row) => row.of.includes('roleSession')),
  webIdentity: rows.filter((row) => row.of.includes('webIdentity')),
  service: rows.filter((row) => row.of.includes('service')),
};
