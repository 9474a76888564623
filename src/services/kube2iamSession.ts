const maxSessionNameLength = 64;

/**
 * Names the session that kube2iam opens for a pod: a hash of the pod's address, and the role's name.
 *
 * @param podIP - absent for a pod that does not exist yet
 * @source jtblin/kube2iam:iam/iam.go (sessionName, getHash)
 * @example
 * kube2iamSession('arn:aws:iam::111122223333:role/k8s/app', undefined) // => '<hash of pod IP>-app'
 */
export function kube2iamSession(roleArn: string, podIP: string | undefined): string {
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const hash = podIP === undefined ? '<hash of pod IP>' : fnv1a(podIP).toString(16);
  return `${hash}-${name}`.slice(0, maxSessionNameLength);
}

/** The 32-bit FNV-1a hash of an ASCII text. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}
