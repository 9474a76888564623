import type { Container, PodTemplate } from '../model/pod.ts';
import type { Destination, PacketPath } from './path.ts';
import { pathStep } from './pathStep.ts';

const blockedAddress = '169.254.169.254';

/**
 * Finds the init container that shuts the metadata service out of the network namespace of its pod, as a
 * process in a container meets it: whatever started before was not shut out.
 *
 * On the network of the host such a rule would be one of the node; nothing is said of those.
 *
 * @source jupyterhub/zero-to-jupyterhub-k8s:jupyterhub/values.yaml (cloudMetadata.blockWithIptables)
 */
export function blockingInitContainer(
  { containers, hostNetwork }: PodTemplate,
  container: Pick<Container, 'name' | 'kind'>,
): Container | undefined {
  if (hostNetwork) return undefined;
  const starts = containers.filter(({ kind }) => kind === 'init' || kind === 'sidecar');
  const own = starts.findIndex(({ name }) => name === container.name);
  return starts.slice(0, own < 0 ? starts.length : own).find(dropsMetadata);
}

/** The rule is a list of words of its own, or a command in a line of a shell. */
function dropsMetadata({ kind, words = [] }: Container): boolean {
  const commands = words.join(' ').split(/[;&|\n]+/);
  return kind === 'init' && commands.some(addsDrop);
}

/** A rule that is added, and not one that is tested or deleted. */
function addsDrop(command: string): boolean {
  return (
    /\biptables\b.*\s(-A|--append|-I|--insert)\s/.test(command) &&
    command.includes(blockedAddress) &&
    /\b(DROP|REJECT)\b/.test(command)
  );
}

/** Ends a way inside the pod, where an init container has shut the metadata service out. */
export function pastInitContainer(
  pod: PodTemplate,
  container: Pick<Container, 'name' | 'kind'>,
  to: Destination,
  path: () => PacketPath,
): PacketPath {
  const toMetadata = to.kind === 'address' && to.address === blockedAddress;
  const block = toMetadata ? blockingInitContainer(pod, container) : undefined;
  if (!block) return path();
  return {
    steps: [pathStep('namespace', 'drops', 'initContainerBlocks', { refs: [block.ref] })],
    end: { kind: 'dropped' },
  };
}
