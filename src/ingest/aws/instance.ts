import type { InstanceProfile } from '../../model/aws.ts';
import { child, integer, items, text, type Field } from '../field.ts';
import type { Instance } from '../found.ts';
import { withoutUndefined } from '../withoutUndefined.ts';

/**
 * Reads `aws ec2 describe-instances`.
 *
 * @source Amazon EC2 API, data types Instance and InstanceMetadataOptionsResponse
 */
export function readInstances(field: Field): readonly Instance[] {
  return items(child(field, 'Reservations')).flatMap((reservation) =>
    items(child(reservation, 'Instances')).flatMap((item) => readInstance(item) ?? []),
  );
}

function readInstance(field: Field): Instance | undefined {
  const instanceId = text(child(field, 'InstanceId'));
  const state = text(child(child(field, 'State'), 'Name'));
  if (instanceId === undefined || state === 'terminated') return undefined;
  const ref = { kind: 'Instance', name: instanceId, position: field.position };
  const options = child(field, 'MetadataOptions');
  const tags = items(child(field, 'Tags')).map(
    (tag) => [text(child(tag, 'Key')) ?? '', text(child(tag, 'Value')) ?? ''] as const,
  );
  const address = text(child(field, 'PrivateIpAddress'));
  return withoutUndefined({
    ref,
    instanceId,
    privateDnsName: text(child(field, 'PrivateDnsName')) ?? '',
    addresses: address === undefined ? [] : [address],
    instanceProfileArn: text(child(child(field, 'IamInstanceProfile'), 'Arn')),
    imds: withoutUndefined({
      httpEndpoint: oneOf(child(options, 'HttpEndpoint'), ['enabled', 'disabled']),
      httpTokens: oneOf(child(options, 'HttpTokens'), ['optional', 'required']),
      httpPutResponseHopLimit: integer(child(options, 'HttpPutResponseHopLimit')),
      httpProtocolIpv6: oneOf(child(options, 'HttpProtocolIpv6'), ['enabled', 'disabled']),
      ref: options.value === undefined ? undefined : { ...ref, position: options.position },
    }),
    tags: Object.fromEntries(tags),
  });
}

/** Reads one of the words that the API has for a field; any other counts as not stated. */
function oneOf<Word extends string>(field: Field, words: readonly Word[]): Word | undefined {
  const written = text(field);
  return words.find((word) => word === written);
}

/** Reads an instance profile. It holds at most one role. @source IAM API, data type InstanceProfile */
export function readInstanceProfile(field: Field): InstanceProfile | undefined {
  const arn = text(child(field, 'Arn'));
  const name = text(child(field, 'InstanceProfileName'));
  if (arn === undefined || name === undefined) return undefined;
  const [role] = items(child(field, 'Roles'));
  const roleArn = role && text(child(role, 'Arn'));
  const ref = { kind: 'InstanceProfile', name: arn, position: field.position };
  return withoutUndefined({ ref, arn, name, roleArn });
}
