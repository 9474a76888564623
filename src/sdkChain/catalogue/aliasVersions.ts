/**
 * Names whose versions count differently from those of their family.
 *
 * boto3 1.9.220 needs botocore 1.12.220 or later, and so up to 1.29; 1.33.0 needs 1.33.0.
 *
 * @source boto/boto3:setup.py (`install_requires`), versions 1.9.220, 1.29.7 and 1.33.0
 */
export const aliasVersions: readonly {
  readonly alias: string;
  readonly until: string;
  readonly addToMinor: number;
}[] = [{ alias: 'boto3', until: '1.33.0', addToMinor: 3 }];
