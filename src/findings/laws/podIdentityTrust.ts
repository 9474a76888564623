import { podIdentityService } from '../../iam/assumeRequest.ts';
import type { JsonValue } from '../../model/aws.ts';
import { parseRoleArn } from '../../model/arn.ts';
import type { Fix } from '../../model/patch.ts';
import type { World } from '../../model/world.ts';
import { isObject } from '../../model/jsonObject.ts';
import { trustStatements } from './trustStatements.ts';

/** The condition keys that tie EKS Pod Identity to an account, a cluster or a service account. */
export const bindingKeys: RegExp =
  /^(aws:source(arn|account|org\w*)|aws:requesttag\/(eks-cluster|kubernetes)-[\w-]+)$/i;

/**
 * Proposes that a role trusts EKS Pod Identity for this account alone, in the place of what it says about that
 * service now, beside whatever else it trusts.
 *
 * @source aws/aws-eks-best-practices:latest/bpg/security/iam.adoc (confused deputy)
 */
export function trustPodIdentity(world: World, roleArn: string): readonly Fix[] {
  const role = parseRoleArn(roleArn);
  const trust = trustStatements(world, roleArn);
  if (!role || !trust) return [];
  const added = {
    Effect: 'Allow',
    Principal: { Service: podIdentityService },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringEquals: { 'aws:SourceAccount': world.cluster.accountId ?? role.accountId } },
  };
  const others = trust.statements.filter((statement) => !isForPodIdentityAlone(statement));
  return [
    {
      title: `let the trust policy of role ${role.name} admit EKS Pod Identity of account ${added.Condition.StringEquals['aws:SourceAccount']}`,
      patches: [trust.patch([...others, added])],
    },
  ];
}

/** A statement that names somebody else too, or denies, is left as it is. */
function isForPodIdentityAlone(statement: JsonValue): boolean {
  if (!isObject(statement) || statement['Effect'] !== 'Allow') return false;
  const { Principal } = statement;
  if (!isObject(Principal) || Object.keys(Principal).length !== 1) return false;
  return [Principal['Service']].flat().every((service) => service === podIdentityService);
}
