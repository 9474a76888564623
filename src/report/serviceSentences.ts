import { identityWords } from './identityWords.ts';
import type {
  BaseArnSource,
  ImdsFinding,
  Kube2iamFinding,
  PodIdentityFinding,
  ServiceEvidence,
  StsFinding,
} from '../services/evidence.ts';
import { kiamWords } from './kiamSentences.ts';
import { decisionNode } from './iamSentences.ts';
import { listOf } from './lists.ts';
import { node, say, type Tone, type TraceNode } from './sentence.ts';

/** A tone, words, and what they consist of. */
export type Words = readonly [tone: Tone, text: string, inside?: readonly TraceNode[]];

/** Says what a service weighed while it answered. */
export function serviceNode(evidence: ServiceEvidence): TraceNode {
  const [tone, text, inside = []] = words(evidence);
  return node(say(tone, text, evidence), inside);
}

function words(evidence: ServiceEvidence): Words {
  switch (evidence.kind) {
    case 'stsFault':
    case 'undeterminedRole':
    case 'malformedRoleArn':
    case 'tokenRejected':
    case 'tokenNotShown':
    case 'issuerInferred':
    case 'issuerUnknown':
    case 'oidcProviderFound':
    case 'oidcProviderAbsent':
    case 'audienceNotRegistered':
    case 'sessionNameRejected':
    case 'sessionTooLong':
    case 'assumption':
      return stsWords(evidence);
    case 'noInstanceMetadata':
    case 'endpointDisabled':
    case 'hopLimit':
    case 'tokenRequired':
    case 'nodeRole':
    case 'noSuchRole':
      return imdsWords(evidence);
    case 'podBySourceAddress':
    case 'roleChosen':
    case 'noRole':
    case 'namespaceRestriction':
    case 'baseArnDiscovered':
    case 'emptyRoleListed':
    case 'otherRoleAsked':
    case 'proxiedToImds':
    case 'clientAddressForwarded':
    case 'describeRegionsDenied':
    case 'regionMissing':
    case 'answeredFromCache':
    case 'daemonIdentity':
      return kube2iamWords(evidence);
    case 'kiamRouteBlocked':
    case 'kiamProxied':
    case 'kiamServer':
    case 'kiamServerCrashed':
    case 'kiamPod':
    case 'kiamRole':
    case 'kiamNoRole':
    case 'kiamOtherRole':
    case 'kiamPermitted':
    case 'kiamSessionHeld':
    case 'kiamIdentity':
      return kiamWords(evidence);
    case 'agentAbsent':
    case 'agentUnsupported':
    case 'agentBehindProxy':
    case 'association':
    case 'associationMissing':
    case 'associationAcrossAccounts':
    case 'associationNotShown':
      return podIdentityWords(evidence);
  }
}

const rejections: Readonly<Record<Extract<StsFinding, { kind: 'tokenRejected' }>['reason'], string>> = {
  expired: 'STS: the token has expired',
  notAToken: 'STS: the file holds no token',
  audience: 'STS: the audience of the token is not the one that was asked for',
  missing: 'STS: no token was sent',
};

function stsWords(finding: StsFinding): Words {
  switch (finding.kind) {
    case 'stsFault':
      return ['bad', `STS is faulty: ${finding.fault}`];
    case 'undeterminedRole':
      return [
        'plain',
        `\`${finding.text}\` holds the placeholder \`${finding.placeholder}\`: the role is not known`,
      ];
    case 'malformedRoleArn':
      return ['bad', `STS: \`${finding.text}\` is no role ARN`];
    case 'tokenRejected':
      return ['bad', rejections[finding.reason]];
    case 'tokenNotShown':
      return ['plain', 'the input does not show the file that holds the token'];
    case 'issuerInferred': {
      const from = finding.from === 'oidcProviders' ? 'the only OIDC provider' : 'the trust policy';
      return ['plain', `the cluster's issuer is not stated; taken from ${from}: ${finding.issuer}`];
    }
    case 'issuerUnknown':
      return ['plain', "the cluster's OIDC issuer is not known"];
    case 'oidcProviderFound':
      return ['good', `account ${finding.accountId} has the OIDC provider ${finding.issuer}`];
    case 'oidcProviderAbsent': {
      const which = finding.issuer === undefined ? 'of the cluster' : finding.issuer;
      return ['bad', `account ${finding.accountId} lacks the OIDC provider ${which}`];
    }
    case 'audienceNotRegistered': {
      const ids = listOf(finding.clientIds, 'and') || 'none';
      return ['bad', `the OIDC provider knows the audiences ${ids}, not ${finding.audience}`];
    }
    case 'sessionNameRejected':
      return ['bad', `STS: \`${finding.text}\` is no name for a session`];
    case 'sessionTooLong': {
      const { requestedSeconds, limitSeconds } = finding;
      return ['bad', `a session of ${requestedSeconds} s was asked for, and the limit is ${limitSeconds} s`];
    }
    case 'assumption': {
      const { action, caller, roleArn, decision } = finding;
      const verdict = decisionNode(decision);
      return [verdict.tone, `${action} of ${roleArn} by ${caller}: ${verdict.text}`, verdict.inside];
    }
  }
}

function imdsWords(finding: ImdsFinding): Words {
  switch (finding.kind) {
    case 'noInstanceMetadata':
      return ['bad', 'Fargate has no instance metadata service'];
    case 'endpointDisabled':
      return ['bad', 'IMDS: the HTTP endpoint is switched off'];
    case 'hopLimit': {
      const { limit, hops, returns } = finding;
      const then = returns ? 'the token comes back' : 'the answer with the token is lost';
      return [returns ? 'good' : 'bad', `IMDS: hop limit ${limit}, the way back takes ${hops}: ${then}`];
    }
    case 'tokenRequired':
      return ['bad', 'IMDS: a request without an IMDSv2 token is refused (401)'];
    case 'nodeRole':
      return ['good', `IMDS: the role of the node is ${identityWords(finding.identity)}`];
    case 'noSuchRole':
      return ['bad', `IMDS: the node has no role \`${finding.asked}\``];
  }
}

const baseArnSources: Readonly<Record<BaseArnSource, string>> = {
  nodeRole: "the node's role",
  cluster: "the cluster's account",
  onlyAccountOfRoles: 'the only account of the roles in the input',
  nowhere: 'nothing in the input, so it is not known',
};

const podLookups: Readonly<Record<Extract<Kube2iamFinding, { kind: 'podBySourceAddress' }>['found'], Words>> =
  {
    pod: ['plain', 'kube2iam: finds the pod by its source address'],
    previous: ['bad', 'kube2iam: still takes it for the pod that had its address before'],
    nobody: ['bad', 'kube2iam: no pod has this source address'],
    several: ['bad', 'kube2iam: several pods have this source address'],
  };

function kube2iamWords(finding: Kube2iamFinding): Words {
  switch (finding.kind) {
    case 'podBySourceAddress':
      return podLookups[finding.found];
    case 'roleChosen': {
      const by = finding.by === 'annotation' ? "the pod's annotation" : 'its default role';
      return ['plain', `kube2iam: takes ${by} \`${finding.text}\`: ${finding.roleArn}`];
    }
    case 'noRole':
      return ['bad', 'kube2iam: the pod has no annotation and there is no default role'];
    case 'namespaceRestriction':
      return restrictionWords(finding);
    case 'baseArnDiscovered':
      return ['plain', `kube2iam: base ARN ${finding.baseArn}, from ${baseArnSources[finding.from]}`];
    case 'emptyRoleListed':
      return ['bad', 'kube2iam: answers 200 with an empty list of roles'];
    case 'otherRoleAsked':
      return [
        'bad',
        `kube2iam: \`${finding.asked}\` was asked for, and the pod's role is ${finding.roleArn}`,
      ];
    case 'proxiedToImds':
      return ['plain', 'kube2iam: passes the request on to IMDS'];
    case 'clientAddressForwarded':
      return ['bad', `kube2iam: ${finding.image} forwards the pod's address, for which IMDS refuses a token`];
    case 'describeRegionsDenied':
      return ['plain', 'kube2iam: may not call ec2:DescribeRegions, so it cannot check its region'];
    case 'regionMissing':
      return ['bad', 'kube2iam: knows no AWS_REGION, so it cannot call ec2:DescribeRegions'];
    case 'answeredFromCache':
      return finding.held === 'session'
        ? ['plain', 'kube2iam: answers with the session of an earlier request, whoever made it']
        : ['bad', 'kube2iam: answers with the error of an earlier request'];
    case 'daemonIdentity':
      return ['plain', `kube2iam: itself is ${identityWords(finding.identity)}`];
  }
}

function restrictionWords({
  allowed,
  by,
  entry = '',
}: Extract<Kube2iamFinding, { kind: 'namespaceRestriction' }>): Words {
  const tone = allowed ? 'good' : 'bad';
  switch (by) {
    case 'unrestricted':
      return [tone, 'kube2iam: no namespace restrictions'];
    case 'defaultRole':
      return [tone, 'kube2iam: the default role is allowed in every namespace'];
    case 'entry':
      return [tone, `kube2iam: the namespace allows it by \`${entry}\``];
    case 'noEntry':
      return [tone, 'kube2iam: the namespace does not allow the role'];
    case 'unreadableList':
      return [tone, 'kube2iam: the list of allowed roles of the namespace cannot be read'];
  }
}

function podIdentityWords(finding: PodIdentityFinding): Words {
  switch (finding.kind) {
    case 'agentAbsent':
      return ['bad', 'EKS Pod Identity: no agent runs on the node'];
    case 'agentBehindProxy':
      return [
        'bad',
        `EKS Pod Identity: the request goes to the proxy ${finding.proxy}, which has no way to the agent`,
      ];
    case 'agentUnsupported':
      return ['bad', 'EKS Pod Identity: the agent does not run on this kind of node'];
    case 'association': {
      const { roleArn = 'a role that the input does not state', targetRoleArn } = finding;
      const target = targetRoleArn === undefined ? '' : `, then ${targetRoleArn}`;
      return ['good', `EKS Pod Identity: the association gives ${roleArn}${target}`];
    }
    case 'associationMissing':
      return ['bad', 'EKS Pod Identity: the service account has no association'];
    case 'associationAcrossAccounts':
      return [
        'bad',
        `EKS Pod Identity: ${finding.roleArn} is of account ${finding.accountId}, not of the cluster’s own`,
      ];
    case 'associationNotShown':
      return ['plain', 'EKS Pod Identity: the input does not show the association'];
  }
}
