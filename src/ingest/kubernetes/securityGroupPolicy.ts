import type { LabelSelector } from '../../model/labels.ts';
import type { SecurityGroupPolicy } from '../../model/securityGroup.ts';
import { child, descend, textList, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { readLabelSelector } from './labelSelector.ts';
import { refusals } from './refusals.ts';

/**
 * Reads a SecurityGroupPolicy. One that the API server refuses does nothing.
 *
 * @source aws/amazon-vpc-resource-controller-k8s:apis/vpcresources/v1beta1/securitygrouppolicy_types.go
 */
export function readSecurityGroupPolicy(
  object: Field,
  name: string,
  namespace: string,
): SecurityGroupPolicy | undefined {
  const spec = child(object, 'spec');
  const { refuse, any } = refusals();
  const selector = (key: string): LabelSelector | undefined => {
    const field = child(spec, key);
    return field.value === undefined ? undefined : readLabelSelector(field, refuse);
  };
  const policy = withoutUndefined({
    ref: object.ref,
    namespace,
    name,
    podSelector: selector('podSelector'),
    serviceAccountSelector: selector('serviceAccountSelector'),
    groupIds: textList(descend(spec, 'securityGroups', 'groupIds')),
  });
  return any() ? undefined : policy;
}
