/** Behaviour of kube2iam that came with a release. */
export interface VersionedBehaviour {
  readonly since: readonly [major: number, minor: number, patch: number];
  readonly source: string;
}

/** The token request of IMDSv2 passes the proxy; before, the proxy added a header for which it is refused. */
export const passesTokenRequests: VersionedBehaviour = {
  since: [0, 10, 10],
  source: 'jtblin/kube2iam#241; commit 0af1fd4, released with 0.10.10',
};

/** The daemon is built on AWS SDK for Go v2; before, on v1.8.7, which knows neither IMDSv2 nor web identity. */
export const usesSdkV2: VersionedBehaviour = {
  since: [0, 12, 0],
  source: 'jtblin/kube2iam:go.mod of 0.11.2 and of 0.12.0; commit 0bf7505 (#344)',
};

/** Before it assumes a role, the daemon lists the regions of EC2; without that permission it assumes none. */
export const describesRegions: VersionedBehaviour = {
  since: [0, 12, 0],
  source: 'jtblin/kube2iam:iam/iam.go (getRegions before AssumeRole), README.md; released with 0.12.0',
};

/** An address of which the daemon knows no pod is nobody's; before, it was given the default role. */
export const knowsStrangers: VersionedBehaviour = {
  since: [0, 8, 0],
  source: 'jtblin/kube2iam:store/store.go (Get) of 0.7.0, mappings/mapper.go (GetRoleMapping) of 0.8.0',
};

/**
 * Tells whether a daemon behaves so, or nothing when the tag of its image is no version.
 *
 * @example
 * behavesSo('jtblin/kube2iam:0.10.9', passesTokenRequests) // => false
 * behavesSo('jtblin/kube2iam:latest', passesTokenRequests) // => undefined
 */
export function behavesSo(image: string | undefined, { since }: VersionedBehaviour): boolean | undefined {
  const tag = /:v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(image ?? '');
  if (!tag) return undefined;
  const version = tag.slice(1).map((part) => Number(part ?? 0));
  const differs = since.findIndex((part, at) => part !== version[at]);
  return differs < 0 || (version[differs] ?? 0) > (since[differs] ?? 0);
}
