import type { SdkFamily } from '../../model/sdk.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import { disabledVariable } from '../../sdkChain/flow/imdsSwitch.ts';
import type { Rule } from '../finding.ts';
import { chainCannotRule } from '../laws/chainCannot.ts';
import { failedBy } from '../laws/chainWinner.ts';
import { injectedPair } from '../laws/injectedPair.ts';
import { isTooOldFor, newerSdkFixes } from '../laws/sdkTooOld.ts';
import { containerOf, withoutVariables } from '../laws/withoutVariables.ts';
import type { ContainerAnswers } from '../workloads.ts';
import { describeSdk } from '../../model/sdk.ts';

const keyVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** Conflicts in which the SDK cannot use what was configured. */
export const chainSdkRules: readonly Rule[] = [
  chainCannotRule(
    {
      id: 'sdk-too-old-for-irsa',
      title: 'the SDK is older than web identity',
      severity: 'wrongIdentity',
      expects: 'the role of the service account',
      gets: 'web identity is not in the chain, so the metadata service is asked: the node role, or a role of kube2iam',
      source:
        'external-secrets/kubernetes-external-secrets#452, external-secrets/kubernetes-external-secrets#200, aws/aws-sdk-java-v2#1470',
      advice: 'bring a newer SDK, or an image that holds one',
    },
    (answer, usual) => injectedPair(usual) === 'webIdentity' && isTooOldFor(answer, 'irsa'),
    (container, affected) => ({
      lacks: `uses ${listSdks(affected)}, which knows no web identity`,
      fixes: newerSdkFixes(container, affected, 'irsa'),
    }),
  ),
  chainCannotRule(
    {
      id: 'pi-sdk-too-old',
      title: 'the SDK is older than EKS Pod Identity',
      severity: 'wrongIdentity',
      expects: 'the role of the association',
      gets: 'the SDK refuses the address of the agent, or reads no token file: an error with go-v1, go-v2 and js-v3, the node role with SDKs that go on (java-v2, js-v2)',
      source:
        'distribution/distribution#4418, peak/s5cmd#807, runatlantis/helm-charts#349, danielqsj/kafka_exporter#494, opensearch-project/OpenSearch#17305, smithy-lang/smithy-typescript#1143',
      advice: 'bring a newer SDK, or an image that holds one',
    },
    (answer, usual) => injectedPair(usual) === 'containerCredentials' && isTooOldFor(answer, 'podIdentity'),
    (container, affected) => ({
      lacks: `uses ${listSdks(affected)}, which knows no EKS Pod Identity`,
      fixes: newerSdkFixes(container, affected, 'podIdentity'),
    }),
  ),
  chainCannotRule(
    {
      id: 'java-sts-module-missing',
      title: 'the application lacks the STS module that web identity needs',
      severity: 'wrongIdentity',
      expects: 'the role of the service account',
      gets: 'web identity throws, the chain goes on without a word, and the metadata service answers',
      source:
        'aws/aws-sdk-java-v2#1915, metarank/metarank#1511, geoserver/geoserver-cloud#334, awslabs/amazon-kinesis-client-ruby#86, slackhq/astra#17',
      advice: 'add the module `sts` of the SDK to the class path',
    },
    lacksModule(['java-v1', 'java-v2', 'kotlin']),
    () => ({ lacks: 'has no STS module on its class path', fixes: [] }),
  ),
  chainCannotRule(
    {
      id: 'dotnet-securitytoken-missing',
      title: 'the application lacks the package AWSSDK.SecurityToken that web identity needs',
      severity: 'outage',
      expects: 'the role of the service account',
      gets: 'web identity cannot be built, and the chain stops there',
      source:
        'awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/service-accounts.adoc, aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials/FallbackCredentialsFactory.cs',
      advice: 'add the package AWSSDK.SecurityToken',
    },
    lacksModule(['dotnet-v3', 'dotnet-v4']),
    () => ({ lacks: 'has no package AWSSDK.SecurityToken', fixes: [] }),
  ),
  chainCannotRule(
    {
      id: 'half-static-env',
      title: 'one of the two variables of a static key is set',
      severity: 'outage',
      expects: 'half a pair to count as none',
      gets: 'an error with SDKs that take the key id for the whole (botocore, AWS CLI); the role of the pod with the others',
      source: 'aws/aws-sdk-go-v2:config/resolve_credentials.go, boto/botocore:botocore/credentials.py',
      advice: 'remove both variables',
    },
    (_answer, usual) => failedBy(usual, ['halfPair']),
    (container) => ({
      lacks: `sets ${ownNames(container, keyVariables)} without the other half of the pair`,
      fixes: withoutVariables(container, keyVariables),
    }),
  ),
  chainCannotRule(
    {
      id: 'metadata-disabled-env',
      title: 'the metadata service is switched off for a container that has its role from there',
      severity: 'outage',
      expects: 'a little more safety',
      gets: 'no SDK that reads the variable asks the metadata address, where kube2iam would answer',
      source: `metarank/metarank#1511, aws/aws-sdk-cpp:src/aws-cpp-sdk-core/source/auth/AWSCredentialsProviderChain.cpp`,
      advice: 'leave the variable to pods with IRSA or Pod Identity',
    },
    (_answer, usual, { intentions: [first] }) =>
      (first?.mechanism === 'kube2iam' || first?.mechanism === 'kiam') && failedBy(usual, ['disabled']),
    (container) => ({
      lacks: `asks for \`${container.intentions[0]?.role ?? ''}\` by the metadata address, which ${disabledVariable} switches off`,
      fixes: withoutVariables(container, [disabledVariable]),
    }),
  ),
];

function lacksModule(families: readonly SdkFamily[]): (answer: Answer, usual: Outcome) => boolean {
  return ({ sdk }, usual) => families.includes(sdk.family) && failedBy(usual, ['moduleMissing']);
}

function listSdks(answers: readonly Answer[]): string {
  return [...new Set(answers.map(({ sdk }) => describeSdk(sdk)))].join(', ');
}

function ownNames(container: ContainerAnswers, names: readonly string[]): string {
  const own = containerOf(container)?.env.map(({ name }) => name) ?? [];
  return names.filter((name) => own.includes(name)).join(' and ') || 'a key';
}
