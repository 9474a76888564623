/** The SDK families that whichrole knows, in the order in which they are listed. */
export const sdkFamilies = [
  'aws-cli-v1',
  'aws-cli-v2',
  'botocore',
  'js-v2',
  'js-v3',
  'go-v1',
  'go-v2',
  'java-v1',
  'java-v2',
  'kotlin',
  'rust',
  'dotnet-v3',
  'dotnet-v4',
  'ruby',
  'php',
  'cpp',
  'swift',
] as const;

/** The name of an SDK family, as in `--sdk java-v2`. */
export type SdkFamily = (typeof sdkFamilies)[number];

/** An SDK, perhaps with its version; without one, the newest known behaviour is meant. */
export interface SdkRef {
  readonly family: SdkFamily;
  readonly version?: string;
}

/** Other names that people use for a family. */
export const sdkAliases: Readonly<Record<string, SdkFamily>> = {
  boto3: 'botocore',
  boto: 'botocore',
  python: 'botocore',
  'aws-cli': 'aws-cli-v2',
  awscli: 'aws-cli-v2',
  node: 'js-v3',
  js: 'js-v3',
  javascript: 'js-v3',
  go: 'go-v2',
  java: 'java-v2',
  dotnet: 'dotnet-v4',
  net: 'dotnet-v4',
  'c++': 'cpp',
  'ruby-v3': 'ruby',
  'php-v3': 'php',
};

/** Writes an SDK as users type it. */
export function describeSdk(sdk: SdkRef): string {
  return sdk.version === undefined ? sdk.family : `${sdk.family}@${sdk.version}`;
}
