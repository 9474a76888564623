import type { SecurityGroup } from '../../model/securityGroup.ts';
import { child, integer, items, text, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';

/** Reads `aws ec2 describe-security-groups`. @source Amazon EC2 API, data types SecurityGroup and IpPermission */
export function readSecurityGroups(field: Field): readonly SecurityGroup[] {
  return items(child(field, 'SecurityGroups')).map((item): SecurityGroup => {
    const id = text(child(item, 'GroupId')) ?? '';
    const egress = items(child(item, 'IpPermissionsEgress')).map((rule) =>
      withoutUndefined({
        protocol: text(child(rule, 'IpProtocol')) ?? '',
        fromPort: integer(child(rule, 'FromPort')),
        toPort: integer(child(rule, 'ToPort')),
      }),
    );
    return {
      ref: withoutUndefined({ kind: 'SecurityGroup', name: id, position: item.position }),
      id,
      egress,
    };
  });
}
