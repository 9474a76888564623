import type { Labels } from '../../model/labels.ts';
import type { ProjectedToken, Volume, VolumeSource } from '../../model/pod.ts';
import { child, descend, integer, items, members, refOf, text, type Field } from '../field.ts';

/** A projected token that names no lifetime lives for an hour. @source kubernetes/api:core/v1/types.go */
const defaultTokenSeconds = 3600;

/** Reads one entry of a pod's `volumes`. */
export function readVolume(field: Field): Volume {
  return { name: text(child(field, 'name')) ?? '', source: readSource(field), ref: refOf(field) };
}

function readSource(field: Field): VolumeSource {
  const projected = child(field, 'projected');
  if (projected.value !== undefined) return { kind: 'projected', tokens: readTokens(projected) };
  const secret = child(field, 'secret');
  if (secret.value !== undefined) {
    return { kind: 'secret', name: text(child(secret, 'secretName')) ?? '', items: readItems(secret) };
  }
  const configMap = child(field, 'configMap');
  if (configMap.value !== undefined) {
    return { kind: 'configMap', name: text(child(configMap, 'name')) ?? '', items: readItems(configMap) };
  }
  const [type = 'emptyDir'] = members(field).flatMap(([key]) => (key === 'name' ? [] : [key]));
  return { kind: 'other', type };
}

function readTokens(projected: Field): readonly ProjectedToken[] {
  return items(child(projected, 'sources')).flatMap((source) => {
    const token = child(source, 'serviceAccountToken');
    if (token.value === undefined) return [];
    return {
      audience: text(child(token, 'audience')),
      expirationSeconds: integer(child(token, 'expirationSeconds')) ?? defaultTokenSeconds,
      path: text(child(token, 'path')) ?? '',
    };
  });
}

/** Which keys become which files; nothing means every key under its own name. */
function readItems(source: Field): Labels | undefined {
  if (child(source, 'items').value === undefined) return undefined;
  const pairs = items(child(source, 'items')).flatMap((item) => {
    const key = text(child(item, 'key'));
    return key === undefined ? [] : [[key, text(descend(item, 'path')) ?? key] as const];
  });
  return Object.fromEntries(pairs);
}
