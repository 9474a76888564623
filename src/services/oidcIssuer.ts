import { indexOf, type World } from '../model/world.ts';
import { trustedIssuers } from './trustedPrincipals.ts';

/** The issuer of the cluster's service account tokens, and how it is known. */
export interface ClusterIssuer {
  /** Without `https://`. */
  readonly issuer: string;
  readonly from: 'cluster' | 'oidcProviders' | 'trustPolicy';
}

/**
 * The issuers of EKS clusters.
 *
 * @source awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/enable-iam-roles-for-service-accounts.adoc
 */
const eksIssuer = /^oidc[.-]eks[.-].+\/id\/[0-9A-Za-z]+$/;

/**
 * Finds the issuer of the cluster's tokens.
 *
 * When nobody states it, the one EKS provider of the input is taken, or the one issuer that the trust policy
 * names. That is an assumption, and the caller reports it.
 */
export function clusterIssuer(world: World, roleArn: string): ClusterIssuer | undefined {
  const stated = world.cluster.oidcIssuer?.replace(/^https:\/\//, '');
  if (stated !== undefined) return { issuer: stated, from: 'cluster' };
  const providers = new Set(world.oidcProviders.map(({ url }) => url).filter((url) => eksIssuer.test(url)));
  const [provider] = providers;
  if (provider !== undefined && providers.size === 1) return { issuer: provider, from: 'oidcProviders' };
  const [trusted, ...others] = trustedIssuers(indexOf(world).role(roleArn)) ?? [];
  return trusted !== undefined && others.length === 0 ? { issuer: trusted, from: 'trustPolicy' } : undefined;
}
