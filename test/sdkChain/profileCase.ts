import type { ResolvedProvider } from '../../src/sdkChain/behaviour.ts';
import type { ProfileProvider } from '../../src/sdkChain/entry.ts';
import { runChain, type ChainInput } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';
import { containerRow, imdsRow, profileRow, sdkOf, told, webIdentityRow } from './ownSdk.ts';

export const credentials = '/home/app/.aws/credentials';
export const config = '/home/app/.aws/config';
export const keys = 'aws_access_key_id = AKIAFILE\naws_secret_access_key = secret\n';
export const roleArn = 'arn:aws:iam::111122223333:role/app';
export const role: string = `role_arn = ${roleArn}\n`;
export const node = 'the role of the node';
export const irsa: ResolvedProvider = webIdentityRow({ values: 'profileAlone' });
export const everySource: readonly ResolvedProvider[] = [irsa, containerRow, imdsRow];

/** A profile in a pod, and what is told of the run. */
export interface ProfileCase {
  readonly name: string;
  readonly row?: Partial<ProfileProvider>;
  /** What the SDK has beside profiles. */
  readonly others?: readonly ResolvedProvider[];
  readonly world: FakeWorld;
  readonly processKeys?: 'temporary' | 'lasting';
  readonly lines: readonly string[];
}

/** Runs a case. */
export function linesOf({ row = {}, others = [], world, processKeys }: ProfileCase): readonly string[] {
  const fake = fakeInput({ ...world, variables: { HOME: '/home/app', ...world.variables } });
  const input: ChainInput = processKeys ? { ...fake, processKeys: () => processKeys } : fake;
  return told(runChain(sdkOf([profileRow(row), ...others]), input));
}

export const readCredentials: string = `read ${credentials} (profile) -> text`;
export const readConfig: string = `read ${config} (profile) -> text`;

/** The line that says which profile was chosen, and from which files. */
export function chosen(name: string, ...files: readonly string[]): string {
  return `profile selected by profile ${name}, ${files.join(', ')} of ${files.map(() => 'Pod api').join(', ')}`;
}
