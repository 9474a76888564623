import type { Container, PodTemplate, Volume } from '../model/pod.ts';
import { containerCredentialsPair, webIdentityPair, type InjectedPair } from './webhookFacts.ts';

const pairs: readonly InjectedPair[] = [webIdentityPair, containerCredentialsPair];

/**
 * Takes out of an existing pod what the webhook put in at its creation: what is left is what its author wrote.
 *
 * Region and STS endpoint stay; they cannot be told from the author's own, and change no identity.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (addEnvToContainer, getPodSpecPatch)
 */
export function withoutInjection({ status: _admitted, ...template }: PodTemplate): PodTemplate {
  const injected = pairs.filter((pair) => template.volumes.some((volume) => isTokenOf(volume, pair)));
  const volumes = new Set(injected.map(({ volumeName }) => volumeName));
  const variables = new Set(injected.flatMap((pair) => pair.variables));
  const cleaned = (container: Container): Container => ({
    ...container,
    env: container.env.filter(({ name }) => !variables.has(name)),
    volumeMounts: container.volumeMounts.filter(({ name }) => !volumes.has(name)),
  });
  return {
    ...template,
    containers: template.containers.map(cleaned),
    volumes: template.volumes.filter(({ name }) => !volumes.has(name)),
  };
}

function isTokenOf({ name, source }: Volume, { volumeName, tokenPath }: InjectedPair): boolean {
  return (
    name === volumeName && source.kind === 'projected' && source.tokens.some(({ path }) => path === tokenPath)
  );
}
