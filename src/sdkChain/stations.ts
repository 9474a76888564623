import type { ResolvedProvider, SdkBehaviour } from './behaviour.ts';
import { containerStations } from './flow/container.ts';
import { environmentKeysStations } from './flow/environmentKeys.ts';
import { imdsStations } from './flow/imds.ts';
import { profileGateStations, profileStations } from './flow/profile.ts';
import { webIdentityStations } from './flow/webIdentity.ts';
import type { Station } from './station.ts';

/** Makes the stations of one provider; the first is where the provider begins. */
export function stationsOf(provider: ResolvedProvider, sdk: SdkBehaviour): readonly Station[] {
  switch (provider.kind) {
    case 'environmentKeys':
      return environmentKeysStations(provider);
    case 'profileGate':
      return profileGateStations(provider);
    case 'profile':
      return profileStations(provider, sdk);
    case 'webIdentity':
      return webIdentityStations(provider);
    case 'container':
      return containerStations(provider);
    case 'imds':
      return imdsStations(provider);
  }
}
