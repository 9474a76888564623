import { describeDiagnostic } from '../model/diagnostic.ts';
import { nearestWord } from '../model/nearest.ts';
import type { SdkRef } from '../model/sdk.ts';
import { indexOf, type World } from '../model/world.ts';
import type { Workload } from '../model/workload.ts';
import { parseSdk } from '../sdkChain/registry.ts';
import { overviewFor, type Overview } from './resolve.ts';
import type { ContainerOf } from './subjects.ts';

/** Narrows the question of {@link whichRole}. */
export interface WhichRoleOptions {
  /** As `go-v2` or `java-v2@2.20.0`. Without it: what the world states, else every SDK. */
  readonly sdk?: string | SdkRef;
  /** Without it: the first container that is no init container. */
  readonly container?: string;
  /** How many known facts may break at the same time. */
  readonly faults?: number;
}

/**
 * Says which identity a pod gets, by which mechanism, when, and why.
 *
 * @param world - everything that is known
 * @param name - `namespace/name` of a pod or controller, or `namespace/Kind/name`
 * @throws Error when the world has no such workload or container, or the SDK is not known; the message
 * names the nearest that is
 * @example
 * whichRole(
 *   world().nodeDefaults({ roleArn: 'arn:aws:iam::111122223333:role/node' }).pod('pay/api').build(),
 *   'pay/api',
 *   { sdk: 'go-v2' },
 * ).outcomes[0]?.mechanism // => 'imds'
 */
export function whichRole(world: World, name: string, options: WhichRoleOptions = {}): Overview {
  const target = findContainer(world, name, options.container);
  const faults = options.faults === undefined ? {} : { faults: options.faults };
  return overviewFor(world, target, { ...faults, ...(options.sdk ? { sdk: readSdk(options.sdk) } : {}) });
}

/**
 * Reads an SDK that is given as text or as data.
 *
 * @throws Error when there is none of that name; the message names the nearest and those that exist
 */
export function readSdk(sdk: string | SdkRef): SdkRef {
  if (typeof sdk !== 'string') return sdk;
  const parsed = parseSdk(sdk);
  if (parsed.kind === 'sdk') return parsed.sdk;
  throw new Error(describeDiagnostic(parsed.diagnostic).replace(/^error: /, ''));
}

/** Finds a workload by `namespace/name` or `namespace/Kind/name`; nothing when there is none. */
export function findWorkload(world: World, name: string): Workload | undefined {
  const parts = name.split('/');
  const [namespace = '', kind, workload] =
    parts.length === 3 ? parts : [parts.length === 1 ? 'default' : parts[0], undefined, parts.at(-1)];
  return indexOf(world)
    .workloads(namespace, workload ?? '')
    .find((candidate) => kind === undefined || candidate.kind.toLowerCase() === kind.toLowerCase());
}

/**
 * Finds a container of a workload; without a name the first that is no init container.
 *
 * @throws Error when the world has no such workload or container; the message names the nearest that is
 */
export function findContainer(world: World, name: string, containerName: string | undefined): ContainerOf {
  const workload = findWorkload(world, name);
  if (!workload) {
    const names = world.workloads.map((candidate) => `${candidate.namespace}/${candidate.name}`);
    throw new Error(`no workload \`${name}\`${suggestion(name, names)}`);
  }
  const { containers } = workload.template;
  const container =
    containerName === undefined
      ? (containers.find(({ kind }) => kind === 'app') ?? containers[0])
      : containers.find((candidate) => candidate.name === containerName);
  if (!container) {
    const names = containers.map((candidate) => candidate.name);
    throw new Error(
      `no container \`${containerName ?? ''}\` in ${name}${suggestion(containerName ?? '', names)}`,
    );
  }
  return { workload, container };
}

function suggestion(written: string, known: readonly string[]): string {
  const nearest = nearestWord(written, known);
  return nearest === undefined ? '' : `, did you mean \`${nearest}\`?`;
}
