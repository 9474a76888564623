import type { Provider } from '../entry.ts';

/** Every provider whose credentials expire, for SDKs with one cache over the whole chain. */
export const everyKind: readonly Provider['kind'][] = ['profile', 'webIdentity', 'container', 'imds'];
