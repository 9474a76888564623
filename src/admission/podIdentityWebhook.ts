import type { EnvValue } from '../model/environment.ts';
import type { Labels } from '../model/labels.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import { placeholderIn } from '../model/placeholder.ts';
import type { Container, EnvVar, PodTemplate, Volume, VolumeMount } from '../model/pod.ts';
import type { Cluster, World } from '../model/world.ts';
import type { ConfiguredMechanism } from './configuredMechanism.ts';
import { noted, notInjected, type AdmissionEvidence } from './evidence.ts';
import {
  agentUri,
  booleanTexts,
  containerCredentialsPair,
  quietRoleArn,
  regionalStsByDefault,
  tokenExpirationSeconds,
  webhookKeys,
  webIdentityPair,
} from './webhookFacts.ts';

/** An environment variable of the pod spec, and who put it there. */
export interface AdmittedVariable extends EnvVar {
  readonly by: EnvValue['by'];
}

/** What admission makes of one container and its pod. */
export interface AdmittedContainer {
  readonly env: readonly AdmittedVariable[];
  readonly envFrom: Container['envFrom'];
  readonly volumeMounts: readonly VolumeMount[];
  readonly volumes: readonly Volume[];
  readonly labels: Labels;
}

/** Takes a container as its spec has it. */
export function asWritten(template: PodTemplate, container: Container): AdmittedContainer {
  return {
    env: container.env.map((variable) => ({ ...variable, by: 'manifest' })),
    envFrom: container.envFrom,
    volumeMounts: container.volumeMounts,
    volumes: template.volumes,
    labels: template.labels,
  };
}

const stsVariable = 'AWS_STS_REGIONAL_ENDPOINTS';
const regionVariables = ['AWS_DEFAULT_REGION', 'AWS_REGION'] as const;

/** A mechanism that the webhook injects. */
export type InjectedMechanism = Extract<ConfiguredMechanism, { kind: 'irsa' | 'podIdentity' }>;

/**
 * Mutates a container the way the webhook does at the creation of its pod.
 *
 * The pair of variables comes as a whole or not at all; region, STS endpoint, volume and mount come also without it.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (addEnvToContainer, getPodSpecPatch)
 */
export function mutate(
  world: World,
  template: PodTemplate,
  container: Container,
  mechanism: InjectedMechanism,
): { readonly admitted: AdmittedContainer; readonly evidence: readonly AdmissionEvidence[] } {
  const written = asWritten(template, container);
  const pair = mechanism.kind === 'irsa' ? webIdentityPair : containerCredentialsPair;
  const names = new Set(container.env.map(({ name }) => name));
  const own = container.env.filter(({ name }) => pair.variables.includes(name));
  const added = [
    ...endpointVariables(world, mechanism, names),
    ...(own.length === 0 ? pairVariables(world, template, mechanism) : []),
  ];
  const ownVolume = template.volumes.find(({ name }) => name === pair.volumeName);
  const ownMount = container.volumeMounts.find(({ name }) => name === pair.volumeName);
  // A container that defines one of the pair, a region and the STS endpoint is passed over, mount and all.
  const passedOver =
    own.length > 0 && names.has(stsVariable) && regionVariables.some((name) => names.has(name));
  const mount: VolumeMount = { name: pair.volumeName, mountPath: pair.mountPath };
  const admitted: AdmittedContainer = {
    ...written,
    env: [...written.env, ...added],
    volumeMounts: ownMount || passedOver ? container.volumeMounts : [...container.volumeMounts, mount],
    volumes: ownVolume ? template.volumes : [...template.volumes, tokenVolume(template, mechanism)],
    labels:
      mechanism.kind === 'podIdentity'
        ? { ...template.labels, [webhookKeys.podIdentityLabel]: 'enabled' }
        : template.labels,
  };
  const [first] = own;
  const evidence: readonly AdmissionEvidence[] = [
    first
      ? notInjected('userEnvPresent', first.ref, own.map(({ name }) => name).join(', '))
      : {
          kind: 'injected',
          pair: mechanism.kind === 'irsa' ? 'webIdentity' : 'containerCredentials',
          variables: pair.variables,
          at: mechanism.at,
          source: pair.source,
        },
    ...valueNotes(mechanism, own.length === 0 ? 'injected' : 'kept'),
    ...(ownVolume ? [noted('userVolume', ownVolume.ref, ownVolume.name)] : []),
    ...(ownMount ? [noted('userMount', container.ref, ownMount.mountPath)] : []),
  ];
  return { admitted, evidence };
}

function valueNotes(mechanism: InjectedMechanism, pair: 'injected' | 'kept'): readonly AdmissionEvidence[] {
  if (mechanism.kind === 'podIdentity') {
    const { unusedRoleArn, at } = mechanism;
    return unusedRoleArn === undefined ? [] : [noted('associationWins', at, unusedRoleArn)];
  }
  const { roleArn, at } = mechanism;
  if (pair === 'kept') return [];
  if (placeholderIn(roleArn) !== undefined) return [noted('placeholder', at, roleArn)];
  return quietRoleArn.test(roleArn) ? [] : [noted('malformedRoleArn', at, roleArn)];
}

/** AWS_STS_REGIONAL_ENDPOINTS, and both region variables unless the container defines one of them. */
function endpointVariables(
  world: World,
  { options, at }: InjectedMechanism,
  names: ReadonlySet<string>,
): readonly AdmittedVariable[] {
  const region = regionOf(world.cluster);
  const regionalSts = booleanTexts.get(options[webhookKeys.regionalSts] ?? '') ?? regionalStsByDefault;
  const withSts = regionalSts && !names.has(stsVariable);
  const withRegion = !regionVariables.some((name) => names.has(name));
  return [
    ...(withSts ? [literal(stsVariable, 'regional', at, 'podIdentityWebhook')] : []),
    ...(withRegion ? regionVariables.map((name) => literal(name, region, at, 'podIdentityWebhook')) : []),
  ];
}

/**
 * The region that the webhook of EKS injects: what is stated, or what the cluster's issuer names. Where neither
 * is known the variable is there all the same, with a placeholder for its text.
 *
 * @source https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html (AWS_REGION in the pod)
 */
function regionOf({ region, oidcIssuer }: Cluster): string {
  return region ?? /^oidc\.eks\.([a-z0-9-]+)\.amazonaws\.com/.exec(oidcIssuer ?? '')?.[1] ?? '<region>';
}

function pairVariables(
  world: World,
  template: PodTemplate,
  mechanism: InjectedMechanism,
): readonly AdmittedVariable[] {
  const { at } = mechanism;
  if (mechanism.kind === 'irsa') {
    const [role, tokenFile] = webIdentityPair.variables;
    return [
      literal(role, mechanism.roleArn, at, 'podIdentityWebhook'),
      literal(tokenFile, tokenFileOf(template, webIdentityPair), at, 'podIdentityWebhook'),
    ];
  }
  const [uri, tokenFile] = containerCredentialsPair.variables;
  return [
    literal(uri, agentUri[world.cluster.ipFamily], at, 'eksPodIdentity'),
    literal(tokenFile, tokenFileOf(template, containerCredentialsPair), at, 'eksPodIdentity'),
  ];
}

function tokenFileOf(template: PodTemplate, pair: typeof webIdentityPair): string {
  return pathInside(template, `${pair.mountPath}/${pair.tokenPath}`);
}

/** Tells whether the node affinity alone brings the pod to Windows, which the webhook does not see. */
export function isWindowsByAffinity({ nodeSelector, affinityOs }: PodTemplate): boolean {
  return affinityOs === 'windows' && !isWindowsBySelector(nodeSelector);
}

/**
 * Writes a path as a process in the pod names it: with drive and backslashes where the node selector asks for
 * Windows.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (getPodSpecPatch: only the node selector
 * is looked at, not an affinity)
 */
export function pathInside({ nodeSelector }: PodTemplate, path: string): string {
  return isWindowsBySelector(nodeSelector) ? windowsPath(path) : path;
}

/** Writes a path as the kubelet mounts it, on the operating system that the pod really runs on. */
export function mountedPathInside(template: PodTemplate, path: string): string {
  return isWindowsByAffinity(template) ? windowsPath(path) : pathInside(template, path);
}

function isWindowsBySelector(nodeSelector: Labels): boolean {
  return [nodeSelector['kubernetes.io/os'], nodeSelector['beta.kubernetes.io/os']].includes('windows');
}

function windowsPath(path: string): string {
  return `C:${path.replaceAll('/', '\\')}`;
}

function literal(name: string, value: string, ref: ObjectRef, by: AdmittedVariable['by']): AdmittedVariable {
  return { name, source: { kind: 'value', value }, ref, by };
}

function tokenVolume(template: PodTemplate, mechanism: InjectedMechanism): Volume {
  const pair = mechanism.kind === 'irsa' ? webIdentityPair : containerCredentialsPair;
  const annotated = mechanism.kind === 'irsa' ? mechanism.options[webhookKeys.audience] : undefined;
  const token = {
    audience: annotated ?? pair.audience,
    expirationSeconds:
      lifetime(template.annotations[webhookKeys.tokenExpiration]) ??
      lifetime(mechanism.options[webhookKeys.tokenExpiration]) ??
      tokenExpirationSeconds.default,
    path: pair.tokenPath,
  };
  return { name: pair.volumeName, source: { kind: 'projected', tokens: [token] }, ref: mechanism.at };
}

/** A token lifetime as annotated; what is no integer is ignored, what is too short is raised. */
function lifetime(annotation: string | undefined): number | undefined {
  if (annotation === undefined || !/^[+-]?\d{1,18}$/.test(annotation)) return undefined;
  return Math.max(Number(annotation), tokenExpirationSeconds.minimum);
}
