import { webIdentityPair } from '../../admission/webhookFacts.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, exchangesOf, whereUsually, type Sighting } from '../law.ts';
import { chainPrefersAnotherRule } from '../laws/chainPrefersAnother.ts';
import { failedBy, providerKind } from '../laws/chainWinner.ts';
import { consequences, severityOf } from '../laws/consequences.ts';
import { profileFilesOf, withoutProfileFiles, withoutVariables } from '../laws/withoutVariables.ts';
import type { Answer } from '../../resolve/answer.ts';
import { withSdks, type ContainerAnswers } from '../workloads.ts';

const chains =
  'aws/aws-sdk-go-v2:config/resolve_credentials.go, boto/botocore:botocore/credentials.py, aws/aws-sdk-js:lib/node_loader.js';

const containerVariables = [
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
];
const webIdentityVariables = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/** A profile begins with the credentials of the node, and what the pod was given does not count. */
const metadataAsSource: Rule = causeRule(
  {
    id: 'profile-with-imds-source',
    title: 'a profile starts from the metadata service instead of the role of the pod',
    severity: 'wrongIdentity',
    expects: 'the profile to assume its role from the role of the service account',
    gets: '`credential_source = Ec2InstanceMetadata` starts from the node, or from what kube2iam gives; `Environment` sees static keys alone, never web identity',
    source: 'boto/botocore#2245, aws/aws-sdk#277',
    advice: 'let the profile name a `source_profile` with `role_arn` and `web_identity_token_file`',
  },
  eachContainer((container): Sighting | undefined => {
    const { intentions, answers, name, workload } = container;
    const meant = intentions.find(({ mechanism }) => mechanism !== 'kube2iam');
    const affected = meant
      ? answers.filter((answer) => startsFromMetadata(answer) || startsFromNothing(answer))
      : [];
    const [first] = affected;
    if (!meant || !first) return undefined;
    const source = startsFromMetadata(first) ? 'the metadata service' : 'a source that gives nothing';
    return {
      at: workload.template.ref,
      message: `${name} asks for \`${meant.role}\`, and its profile starts from ${source}${withSdks(affected, answers)}; it gets ${consequences(affected)}`,
      severity: severityOf(affected),
      answers: affected,
      fixes: withoutProfileFiles(container, profileFilesOf(affected)),
    };
  }),
);

/** The source that the profile names, as `Environment`, holds no keys: web identity is none of them. */
function startsFromNothing({ outcomes: [usual] }: Answer): boolean {
  return usual !== undefined && failedBy(usual, ['sourceFailed']);
}

function startsFromMetadata(answer: Answer): boolean {
  return (
    whereUsually([answer], (outcome) =>
      exchangesOf(outcome).some(
        ({ request, provider }) => request.kind === 'imds' && providerKind(answer, provider) === 'profile',
      ),
    ).length > 0
  );
}

/** The webhook itself put the variables there, before there was an association. */
function isInjectedBefore({ workload: { template } }: ContainerAnswers): boolean {
  return (
    template.status !== undefined && template.volumes.some(({ name }) => name === webIdentityPair.volumeName)
  );
}

/** Conflicts in which the chain takes something that stands before what was meant. */
export const chainOrderRules: readonly Rule[] = [
  chainPrefersAnotherRule(
    {
      id: 'static-env-keys-win',
      title: 'static keys in the environment come before the role of the pod',
      severity: 'wrongIdentity',
      expects: 'the role of the pod',
      gets: 'the user of the keys with every SDK but .NET 3, which takes web identity first',
      source: `camunda/camunda-docs#9134, ${chains}`,
      advice: 'remove the keys; charts often bring them along by default',
    },
    ({ winner }) => winner.kind === 'environmentKeys',
    ({ container, winner }) => withoutVariables(container, [...winner.by, 'AWS_SESSION_TOKEN'], winner.refs),
  ),
  chainPrefersAnotherRule(
    {
      id: 'jsv2-container-before-token',
      title: 'the container endpoint comes before web identity',
      severity: 'wrongIdentity',
      expects: 'web identity first, as with other SDKs',
      gets: 'what the container endpoint gives with js-v2, the role of the service account with the others',
      source: 'aws/aws-sdk-js:lib/node_loader.js, external-secrets/kubernetes-external-secrets#240',
      advice: 'leave one mechanism in the container, or move to js-v3',
    },
    ({ winner, intention }) => winner.kind === 'container' && intention.mechanism === 'irsa',
    ({ container }) => withoutVariables(container, containerVariables),
  ),
  chainPrefersAnotherRule(
    {
      id: 'pi-association-plus-user-web-env',
      title: 'variables of web identity in the manifest come before the association',
      severity: 'wrongIdentity',
      expects: 'the role of the association',
      gets: 'the role of the variables with every SDK but js-v2, which asks the container endpoint first; an error with SDKs that stop when the token file is not there',
      source: `aws/eks-pod-identity-agent:README.md, ${chains}`,
      advice: 'remove the variables from the manifest',
    },
    ({ winner, intention, container }) =>
      winner.kind === 'webIdentity' && intention.mechanism === 'podIdentity' && !isInjectedBefore(container),
    ({ container }) => withoutVariables(container, webIdentityVariables),
  ),
  chainPrefersAnotherRule(
    {
      id: 'mounted-aws-dir',
      title: 'a mounted profile comes before the role of the pod',
      severity: 'wrongIdentity',
      expects: 'the role of the pod',
      gets: 'the profile with rust, cpp, js-v2 and js-v3; the role of the pod with go, java, ruby and .NET; with botocore only a profile that assumes a role comes first',
      source: `mezmo/aura#471, ${chains}`,
      advice: 'unmount the profile, or name in the application what it is to use',
    },
    ({ winner, answer }) => winner.kind === 'profile' && !startsFromMetadata(answer),
    ({ container, answer }) => withoutProfileFiles(container, profileFilesOf([answer])),
  ),
  chainPrefersAnotherRule(
    {
      id: 'boto-mixed-env-and-profile',
      title: 'the token of the environment is paired with the role of a profile',
      severity: 'wrongIdentity',
      expects: 'the role of the service account',
      gets: 'the role of the profile with SDKs that look for each value by itself (botocore, AWS CLI); no web identity with the others',
      source: 'boto/botocore:botocore/credentials.py (_get_config)',
      advice: 'let both variables be set, or neither',
    },
    ({ winner }) =>
      winner.kind === 'webIdentity' &&
      winner.by.some((name) => webIdentityVariables.includes(name)) &&
      winner.by.some((name) => name.startsWith('profile ')),
    ({ container }) => withoutVariables(container, webIdentityVariables),
  ),
  metadataAsSource,
];
