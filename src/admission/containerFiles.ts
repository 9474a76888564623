import type { Environment, EnvValue, FileContent } from '../model/environment.ts';
import type { PodTemplate, Volume, VolumeMount } from '../model/pod.ts';
import { indexOf, type World } from '../model/world.ts';
import { mountedPathInside, type AdmittedContainer } from './podIdentityWebhook.ts';
import { apiToken } from './webhookFacts.ts';

/**
 * The variables that name a file in which an SDK looks for credentials.
 *
 * @source AWS SDKs and Tools Reference Guide, "Settings reference":
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
const fileVariables: readonly string[] = [
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
];

type Files = Pick<Environment, 'files' | 'hiddenDirectories'>;

/** The file of a volume: its path inside the volume and what it holds. */
type VolumeFile = readonly [path: string, content: FileContent];

/**
 * Lists the files of a container that can matter to credentials: service account tokens, and mounted Secrets
 * and ConfigMaps where an SDK looks for a profile or a token.
 *
 * Every pod has the token of the Kubernetes API, also where no manifest mounts it.
 */
export function containerFiles(
  world: World,
  template: PodTemplate,
  admitted: AdmittedContainer,
  variables: ReadonlyMap<string, EnvValue>,
): Files {
  const files = new Map<string, FileContent>();
  const hiddenDirectories: Environment['hiddenDirectories'][number][] = [];
  const token = { ...apiToken, audience: undefined };
  files.set(mountedPathInside(template, apiToken.path), tokenContent(template, token, template.ref));
  for (const mount of admitted.volumeMounts) {
    const volume = admitted.volumes.find(({ name }) => name === mount.name);
    if (!volume) continue;
    const listed = volumeFiles(world, template, volume);
    for (const [path, content] of listed ?? unlistedFile(volume, mount)) {
      const where = mountedPath(mount, path);
      if (where === undefined) continue;
      const matters = content.kind === 'serviceAccountToken' || bearsOnCredentials(where, variables);
      if (matters) files.set(mountedPathInside(template, where), content);
    }
    if (!listed && mount.subPath === undefined && bearsOnCredentials(mount.mountPath, variables)) {
      hiddenDirectories.push({
        path: mountedPathInside(template, withoutSlash(mount.mountPath)),
        from: volume.ref,
      });
    }
  }
  return { files, hiddenDirectories };
}

/** The files of a volume, or nothing when the input does not show which there are. */
function volumeFiles(
  world: World,
  template: PodTemplate,
  { source, ref }: Volume,
): readonly VolumeFile[] | undefined {
  switch (source.kind) {
    case 'projected':
      return source.tokens.map((token) => [token.path, tokenContent(template, token, ref)]);
    case 'other':
      return undefined;
    case 'secret':
    case 'configMap': {
      const kind = source.kind === 'secret' ? 'Secret' : 'ConfigMap';
      const object = indexOf(world).dataObject(kind, template.namespace, source.name);
      const items = source.items ? Object.entries(source.items) : undefined;
      const keys = items ?? (object ? Object.keys(object.data).map((key) => [key, key] as const) : undefined);
      return keys?.map(([key, path]) => [path, textContent(object?.data[key], object?.ref ?? ref)]);
    }
  }
}

/** A mounted sub-path is one file, even where the volume's other files are not known. */
function unlistedFile({ ref }: Volume, { subPath }: VolumeMount): readonly VolumeFile[] {
  return subPath === undefined ? [] : [[subPath, { kind: 'hidden', from: ref }]];
}

function tokenContent(
  { namespace, serviceAccountName }: PodTemplate,
  token: { readonly audience: string | undefined; readonly expirationSeconds: number },
  from: Volume['ref'],
): FileContent {
  return {
    kind: 'serviceAccountToken',
    audience: token.audience ?? apiToken.audience,
    subject: `system:serviceaccount:${namespace}:${serviceAccountName}`,
    expirationSeconds: token.expirationSeconds,
    from,
  };
}

function textContent(text: string | undefined, from: Volume['ref']): FileContent {
  if (text === undefined) return { kind: 'hidden', from };
  return text === '' ? { kind: 'empty', from } : { kind: 'text', text, from };
}

/** Where a file of a volume appears in the container, or nothing when the mount's sub-path leaves it out. */
function mountedPath({ mountPath, subPath }: VolumeMount, path: string): string | undefined {
  const root = withoutSlash(mountPath);
  if (subPath === undefined || subPath === '') return `${root}/${path}`;
  if (path === subPath) return root;
  return path.startsWith(`${subPath}/`) ? `${root}/${path.slice(subPath.length + 1)}` : undefined;
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Tells whether a file or directory is one where an SDK looks: under `.aws`, or named by a variable. */
function bearsOnCredentials(path: string, variables: ReadonlyMap<string, EnvValue>): boolean {
  if (/(^|\/)\.aws(\/|$)/.test(path)) return true;
  return fileVariables.some((name) => {
    const named = variables.get(name)?.value;
    return named !== undefined && (named === path || named.startsWith(`${withoutSlash(path)}/`));
  });
}
