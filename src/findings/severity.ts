import type { Finding, Severity } from './finding.ts';

/** The severities, the gravest first. */
export const severities: readonly Severity[] = ['privilegeEscalation', 'wrongIdentity', 'outage', 'latent'];

/**
 * Tells whether a finding is at least as grave as a threshold.
 *
 * @param threshold - `none`: no finding is
 */
export function isAtLeast({ severity }: Pick<Finding, 'severity'>, threshold: Severity | 'none'): boolean {
  return threshold !== 'none' && severities.indexOf(severity) <= severities.indexOf(threshold);
}
