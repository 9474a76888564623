/** The parts of an Amazon Resource Name. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/**
 * Splits an ARN, or gives nothing when the text is none.
 *
 * @source ARN format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 * @example
 * parseArn('arn:aws:iam::111122223333:role/team/app')?.resource // => 'role/team/app'
 */
export function parseArn(text: string): Arn | undefined {
  const parts = text.split(':');
  const [scheme, partition, service, region, accountId, ...resource] = parts;
  if (scheme !== 'arn' || !partition || !service || region === undefined || accountId === undefined) {
    return undefined;
  }
  if (resource.length === 0 || resource.join(':') === '') return undefined;
  return { partition, service, region, accountId, resource: resource.join(':') };
}

/** The parts of an IAM role's ARN. `path` begins and ends with `/`. */
export interface RoleArnParts {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
  readonly path: string;
  readonly name: string;
}

/**
 * Splits the ARN of a role, or gives nothing when the text is not one.
 *
 * The account must have 12 digits: an 11-digit account is a typo that AWS refuses.
 *
 * @source IAM identifiers: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 * @example
 * parseRoleArn('arn:aws:iam::111122223333:role/team/app')?.name // => 'app'
 * parseRoleArn('arn:aws:iam::111122223333:policy/app') // => undefined
 */
export function parseRoleArn(text: string): RoleArnParts | undefined {
  const arn = parseArn(text);
  if (!arn || arn.service !== 'iam' || arn.region !== '' || !/^\d{12}$/.test(arn.accountId)) return undefined;
  const match = /^role(\/(?:[!-~]+\/)?)([\w+=,.@-]{1,64})$/.exec(arn.resource);
  if (!match) return undefined;
  const [, path = '/', name = ''] = match;
  return { arn: text, partition: arn.partition, accountId: arn.accountId, path, name };
}

/**
 * The ARN that `aws sts get-caller-identity` prints for a role session. The role's path is dropped.
 *
 * @source AssumedRoleUser: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 * @example
 * assumedRoleArn('arn:aws:iam::111122223333:role/team/app', 's1')
 * // => 'arn:aws:sts::111122223333:assumed-role/app/s1'
 */
export function assumedRoleArn(roleArn: string, sessionName: string): string | undefined {
  const role = parseRoleArn(roleArn);
  if (!role) return undefined;
  return `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`;
}
