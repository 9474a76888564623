import type { Rule } from '../finding.ts';
import { afterBadStart, afterRefusal, changesOverTimeRule } from '../laws/changesOverTime.ts';

/** Conflicts in which an identity changes, or stays wrong, in the life of one process. */
export const chainTimeRules: readonly Rule[] = [
  changesOverTimeRule(
    {
      id: 'late-fallthrough',
      title: 'a process that loses its role goes over to another identity while it runs',
      severity: 'latent',
      expects: 'an identity that is settled when the process starts',
      gets: 'the node role in the middle of its life with an SDK that walks its chain again and goes on after a refusal (cpp); an error with java-v2, which asks only the member that it remembers',
      source:
        'aws/aws-sdk-cpp:src/aws-cpp-sdk-core/source/auth/AWSCredentialsProviderChain.cpp, aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/credentials/AwsCredentialsProviderChain.java',
      advice: 'close the metadata service for these pods, so that a refusal is an error',
    },
    'should STS refuse it later,',
    afterRefusal,
  ),
  changesOverTimeRule(
    {
      id: 'java2-sticky-wrong-identity',
      title: 'a process that starts while STS is silent keeps another identity until it restarts',
      severity: 'latent',
      expects: 'a fault at the start to heal',
      gets: 'the metadata service answers first and is remembered, so the node role stays although IRSA is well again (java-v1, java-v2, js-v2)',
      source:
        'aws/aws-sdk-java-v2:core/auth/src/main/java/software/amazon/awssdk/auth/credentials/AwsCredentialsProviderChain.java (reuseLastProviderEnabled)',
      advice:
        'close the metadata service for these pods; or build the chain without reuse, or name the provider',
    },
    'should STS be silent when it starts,',
    afterBadStart,
  ),
];
