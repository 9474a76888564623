import { isObject, type JsonObject } from '../model/jsonObject.ts';
import type { JsonValue } from '../model/aws.ts';
import type { DataObject } from '../model/kubernetes.ts';
import type { Labels } from '../model/labels.ts';
import { fieldOf, type ObjectRef } from '../model/objectRef.ts';
import { oncePer } from '../model/oncePer.ts';
import type { World } from '../model/world.ts';
import { webhookKeys } from './webhookFacts.ts';

/** What the ConfigMap of the webhook says of a service account; `options` as annotations would say them. */
export interface WebhookConfigEntry {
  readonly roleArn: string;
  readonly at: ObjectRef;
  readonly options: Labels;
}

/**
 * Looks a service account up in the ConfigMap `pod-identity-webhook`, which tools such as kOps write in the place
 * of annotations: by its exact name, then by its name in any namespace (`*`). No other pattern is one.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go (Get, populateCacheFromCM)
 */
export function webhookConfigEntry(
  world: World,
  namespace: string,
  name: string,
): WebhookConfigEntry | undefined {
  for (const { object, entries } of configsOf(world)) {
    for (const key of [`${namespace}/${name}`, `*/${name}`]) {
      const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
      if (entry) return readEntry(object, key, entry);
    }
  }
  return undefined;
}

const configsOf = oncePer(({ dataObjects }: World) =>
  dataObjects.map((object) => ({ object, entries: webhookConfig(object) })),
);

/** The entries of the ConfigMap by `namespace/name`; none where a document is no such ConfigMap. */
export function webhookConfig({ kind, name, data }: DataObject): Readonly<Record<string, JsonObject>> {
  const text = kind === 'ConfigMap' && name === 'pod-identity-webhook' ? data['config'] : undefined;
  if (text === undefined) return {};
  try {
    const parsed = JSON.parse(text) as JsonValue;
    const entries = isObject(parsed) ? Object.entries(parsed) : [];
    return Object.fromEntries(entries.flatMap(([key, value]) => (isObject(value) ? [[key, value]] : [])));
  } catch {
    return {};
  }
}

function readEntry({ ref }: DataObject, key: string, entry: JsonObject): WebhookConfigEntry | undefined {
  const { RoleARN, Audience, UseRegionalSTS, TokenExpiration } = entry;
  if (typeof RoleARN !== 'string' || RoleARN === '') return undefined;
  const options = {
    ...(typeof Audience === 'string' && Audience !== '' ? { [webhookKeys.audience]: Audience } : {}),
    [webhookKeys.regionalSts]: String(UseRegionalSTS === true),
    ...(typeof TokenExpiration === 'number' && TokenExpiration !== 0
      ? { [webhookKeys.tokenExpiration]: String(TokenExpiration) }
      : {}),
  };
  return { roleArn: RoleARN, at: fieldOf(ref, `data.config["${key}"]`), options };
}
