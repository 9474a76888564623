import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { renderExplanation, sdkGroups } from '../../src/report/explanation.ts';
import { colourless } from '../../src/report/palette.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { sdkFamilies } from '../../src/model/sdk.ts';
import { appRole, irsaWorld } from './worlds.ts';

const screen = { width: 80, palette: colourless };

describe('renderExplanation', () => {
  it('tells the way to every outcome as a tree', () => {
    const given = irsaWorld().build();
    const answers = resolveAll(given, { sdk: { family: 'java-v2' } });
    expect(renderExplanation(answers, screen, ['proxy'])).toMatchInlineSnapshot(`
      "Deployment pay/api, container app

      SDK java-v2
      => app via IRSA if the trust policy of app admits the caller
         arn:aws:sts::111122223333:assumed-role/app/aws-sdk-java-<unix ms>
      ├─ · placement: the input shows no node; any node is meant; its role is
      │    arn:aws:iam::111122223333:role/node
      ├─ ✓ admission: the webhook injects AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE
      │    (IRSA) — ServiceAccount pay/api
      │    metadata.annotations["eks.amazonaws.com/role-arn"] [1]
      ├─ - environment: not configured; it looks for AWS_ACCESS_KEY_ID and
      │    AWS_SECRET_ACCESS_KEY [2]
      ├─ · webIdentity: chosen by AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE —
      │    ServiceAccount pay/api metadata.annotations["eks.amazonaws.com/role-arn"]
      │    [3]
      ├─ ✓ webIdentity: read /var/run/secrets/eks.amazonaws.com/serviceaccount/token:
      │    a token for audience sts.amazonaws.com, subject
      │    system:serviceaccount:pay:api — ServiceAccount pay/api
      │    metadata.annotations["eks.amazonaws.com/role-arn"]
      ├─ ✓ webIdentity: AssumeRoleWithWebIdentity of
      │  │ arn:aws:iam::111122223333:role/app at STS in eu-west-1: credentials of
      │  │ arn:aws:iam::111122223333:role/app via IRSA, session aws-sdk-java-<unix ms>
      │  ├─ ✓ packet to the cluster DNS (53): leaves the node
      │  │  └─ ✓ receiver: it arrives [4]
      │  ├─ ✓ packet to STS (443): leaves the node
      │  │  └─ ✓ receiver: it arrives [4]
      │  ├─ · the cluster's OIDC issuer is not known [5]
      │  └─ ✓ AssumeRoleWithWebIdentity of arn:aws:iam::111122223333:role/app by
      │       system:serviceaccount:pay:api: allowed by IAM, as stated, assumed or
      │       explored: trust:arn:aws:iam::111122223333:role/app [6]
      ├─ ✓ webIdentity: credentials of arn:aws:iam::111122223333:role/app via IRSA,
      │    session aws-sdk-java-<unix ms>
      └─ - CloudTrail, as reported [7]
         ├─ · AssumeRoleWithWebIdentity at sts.amazonaws.com, by
         │    system:serviceaccount:pay:api (WebIdentityUser)
         ├─ · later calls: AssumedRole AROA<unknown>:aws-sdk-java-<unix ms>,
         │    federatedProvider arn:aws:iam::111122223333:oidc-provider/<issuer>
         └─ · it does not show which pod or anything by the name of the session
      => node via IMDS if the trust policy of app refuses
      ├─ - the first 5 steps are as above
      ├─ ✗ webIdentity: AssumeRoleWithWebIdentity of
      │  │ arn:aws:iam::111122223333:role/app at STS in eu-west-1: status 403
      │  │ AccessDenied (Not authorized to perform sts:AssumeRoleWithWebIdentity)
      │  ├─ ✓ packet to the cluster DNS (53): leaves the node
      │  │  └─ ✓ receiver: it arrives [4]
      │  ├─ ✓ packet to STS (443): leaves the node
      │  │  └─ ✓ receiver: it arrives [4]
      │  ├─ · the cluster's OIDC issuer is not known [5]
      │  └─ ✗ AssumeRoleWithWebIdentity of arn:aws:iam::111122223333:role/app by
      │       system:serviceaccount:pay:api: refused by IAM, as stated, assumed or
      │       explored: trust:arn:aws:iam::111122223333:role/app [6]
      ├─ ✗ webIdentity: AccessDenied; the chain goes on [2]
      ├─ - profile: not configured; it looks for ~/.aws/credentials and ~/.aws/config
      │    [8]
      ├─ - container: not configured; it looks for
      │    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and
      │    AWS_CONTAINER_CREDENTIALS_FULL_URI [9]
      ├─ · imds: chosen [10]
      ├─ ✓ imds: PUT /latest/api/token at IMDS: a token
      │  ├─ ✓ packet to 169.254.169.254:80: reaches IMDS
      │  │  ├─ - nat PREROUTING: kube2iam is not installed [11]
      │  │  └─ ✓ receiver: it arrives [4]
      │  └─ ✓ IMDS: hop limit 2, the way back takes 2: the token comes back [12]
      ├─ ✓ imds: GET …/iam/security-credentials/ at IMDS (v2): node
      │  └─ ✓ packet to 169.254.169.254:80: reaches IMDS, as before
      ├─ ✓ imds: GET …/iam/security-credentials/node at IMDS (v2): credentials of
      │  │ arn:aws:iam::111122223333:role/node via IMDS
      │  ├─ ✓ packet to 169.254.169.254:80: reaches IMDS, as before
      │  └─ ✓ IMDS: the role of the node is arn:aws:iam::111122223333:role/node [13]
      ├─ ✓ imds: credentials of arn:aws:iam::111122223333:role/node via IMDS
      └─ - CloudTrail [14]
         ├─ · no event when the credentials are handed out
         ├─ · later calls: AssumedRole AROA<unknown>:<session>
         └─ · it does not show which pod or which service account

      [1] aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go
      [2] aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/
          credentials/AwsCredentialsProviderChain.java; aws/aws-sdk-java-v2#6638;
          conformance/sdk/recordings/java-v2
      [3] aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/
          credentials/WebIdentityTokenFileCredentialsProvider.java;
          conformance/sdk/recordings/java-v2
      [4] measured with packets
      [5] aws/amazon-eks-pod-identity-webhook#264;
          https://repost.aws/knowledge-center/eks-pods-iam-role-service-accounts
      [6] https://docs.aws.amazon.com/IAM/latest/UserGuide/
          reference_policies_evaluation-logic.html
      [7] aws/amazon-eks-pod-identity-webhook#112 (an event);
          awsdocs/aws-cloudtrail-user-guide:doc_source/cloudtrail-event-reference-
          user-identity.md
      [8] aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/
          credentials/internal/ProfileCredentialsUtils.java;
          conformance/sdk/recordings/java-v2
      [9] aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/
          credentials/ContainerCredentialsProvider.java;
          conformance/sdk/recordings/java-v2
      [10] aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/
           credentials/InstanceProfileCredentialsProvider.java;
           conformance/sdk/recordings/java-v2
      [11] jtblin/kube2iam:iptables/iptables.go
      [12] https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-
           existing-instances.html
      [13] https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-
           security-credentials.html
      [14] awsdocs/aws-cloudtrail-user-guide:doc_source/cloudtrail-event-reference-
           user-identity.md (roles for Amazon EC2); the session is named after the
           instance

      not known: trust
      assumed:   webhook=injects, stsModule=present, token=valid, sts=answers,
                 oidcProvider=registered, imds.httpEndpoint=enabled
                 state it, or otherwise, with --assume key=value

      other containers: proxy (-c)"
    `);
  });

  it('every line fits the terminal', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1 }), fc.constantFrom(...sdkFamilies), (given, family) => {
        const text = renderExplanation(resolveAll(given, { sdk: { family } }), screen);
        expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('sdkGroups', () => {
  it('puts every SDK into exactly one group', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1, facts: 'stated' }), (given) => {
        // The answers for one container, as `explain` shows them.
        const answers = resolveAll(given);
        const name = answers[0]?.subject.container.name;
        const ofOne = answers.filter(({ subject }) => subject.container.name === name);
        const sdks = sdkGroups(ofOne).flatMap((group) => group.sdks);
        expect(sdks.toSorted()).toEqual([...sdkFamilies].toSorted());
      }),
      { numRuns: 10 },
    );
  });

  it('separates the SDKs that go on after a refusal from those that stop', () => {
    const given = irsaWorld().fact('trust', 'refuses', appRole).build();
    const groups = sdkGroups(resolveAll(given)).map(({ sdks, answer }) => [
      answer.outcomes[0]?.identity.kind,
      sdks.includes('java-v2'),
    ]);
    expect(groups).toEqual([
      ['none', false],
      ['role', true],
    ]);
  });
});
