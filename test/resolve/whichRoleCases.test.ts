import { describe, expect, test } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { sdkFamilies, type SdkRef } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import type { Condition } from '../../src/resolve/condition.ts';
import { findContainer, findWorkload, readSdk, whichRole } from '../../src/resolve/whichRole.ts';

const node = 'arn:aws:iam::111122223333:role/node';

/** A Pod and a Deployment of one name, a pod in the default namespace, and pods with other containers. */
const cluster: World = world()
  .nodeDefaults({ roleArn: node, imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 } })
  .fact('kube2iam', 'notInstalled')
  .fact('cni', 'aws-vpc-cni')
  .pod('pay/api')
  .workload('Deployment', 'pay/api', { containers: { server: {}, proxy: {} } })
  .pod('web')
  .workload('Job', 'pay/migrate', { containers: { prepare: { kind: 'init' }, run: {} } })
  .workload('Job', 'pay/only-init', {
    containers: { first: { kind: 'init' }, second: { kind: 'sidecar' } },
  })
  .pod('pay/empty', { containers: {} })
  .build();

const irsa: World = world()
  .cluster({ accountId: '111122223333', oidcIssuer: 'oidc.example', region: 'eu-west-1' })
  .nodeDefaults({ roleArn: node, imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 } })
  .serviceAccount('pay/api', { roleArn: 'arn:aws:iam::111122223333:role/app' })
  .pod('pay/api', { serviceAccount: 'api' })
  .fact('kube2iam', 'notInstalled')
  .fact('cni', 'aws-vpc-cni')
  .fact('trust', 'admits')
  .build();

describe('the workload that a name means', () => {
  test.each<[string, string | undefined]>([
    ['pay/api', 'Pod pay/api'],
    ['pay/Pod/api', 'Pod pay/api'],
    ['pay/Deployment/api', 'Deployment pay/api'],
    ['pay/deployment/api', 'Deployment pay/api'],
    ['pay/DEPLOYMENT/api', 'Deployment pay/api'],
    ['pay/StatefulSet/api', undefined],
    ['web', 'Pod default/web'],
    ['default/web', 'Pod default/web'],
    ['api', undefined],
    ['pay/web', undefined],
    ['', undefined],
  ])('%s', (name, expected) => {
    const found = findWorkload(cluster, name);
    expect(found && `${found.kind} ${found.namespace}/${found.name}`).toBe(expected);
  });
});

describe('the container that is meant', () => {
  test.each<[string, string | undefined, string]>([
    ['pay/Deployment/api', undefined, 'Deployment api: server'],
    ['pay/Deployment/api', 'proxy', 'Deployment api: proxy'],
    ['pay/migrate', undefined, 'Job migrate: run'],
    ['pay/migrate', 'prepare', 'Job migrate: prepare'],
    ['pay/only-init', undefined, 'Job only-init: first'],
    ['pay/only-init', 'second', 'Job only-init: second'],
  ])('of %s named %s', (name, container, expected) => {
    const found = findContainer(cluster, name, container);
    expect(`${found.workload.kind} ${found.workload.name}: ${found.container.name}`).toBe(expected);
  });

  test.each<[string, string | undefined, string]>([
    ['pay/apo', undefined, 'no workload `pay/apo`, did you mean `pay/api`?'],
    ['pya/api', undefined, 'no workload `pya/api`, did you mean `pay/api`?'],
    ['shop/checkout', undefined, 'no workload `shop/checkout`'],
    ['pay/migrate', 'prepear', 'no container `prepear` in pay/migrate, did you mean `prepare`?'],
    ['pay/migrate', 'rum', 'no container `rum` in pay/migrate, did you mean `run`?'],
    ['pay/migrate', 'application', 'no container `application` in pay/migrate'],
    ['pay/empty', undefined, 'no container `` in pay/empty'],
  ])('is not there: of %s named %s', (name, container, message) => {
    expect(() => findContainer(cluster, name, container)).toThrow(new Error(message));
  });
});

describe('the SDK that is meant', () => {
  test.each<[string, string | SdkRef, SdkRef]>([
    ['a family', 'go-v2', { family: 'go-v2' }],
    ['a family in a version', 'java-v2@2.20.0', { family: 'java-v2', version: '2.20.0' }],
    ['another name of a family', 'python', { family: 'botocore' }],
    ['data, as it is', { family: 'php', version: '3.1.0' }, { family: 'php', version: '3.1.0' }],
  ])('%s', (_name, sdk, expected) => {
    expect(readSdk(sdk)).toStrictEqual(expected);
  });

  test.each<[string, string]>([
    ['goo-v2', `unknown SDK \`goo-v2\`, expected one of ${sdkFamilies.join(', ')}, did you mean \`go-v2\`?`],
    ['cobol', `unknown SDK \`cobol\`, expected one of ${sdkFamilies.join(', ')}`],
    [
      'kotlin@latest',
      '`kotlin@latest` has no version that can be compared, expected numbers and dots, as `kotlin@1.8.12`',
    ],
  ])('is unknown: %s', (sdk, message) => {
    expect(() => readSdk(sdk)).toThrow(new Error(message));
  });
});

describe('the question', () => {
  const sdksOf = (options: Parameters<typeof whichRole>[2], of = cluster): readonly unknown[] =>
    whichRole(of, 'pay/Deployment/api', options).sdks;

  test.each<[string, Parameters<typeof whichRole>[2], readonly unknown[]]>([
    ['for one SDK', { sdk: 'kotlin' }, [{ family: 'kotlin', basis: 'stated' }]],
    [
      'for one SDK as data',
      { sdk: { family: 'ruby', version: '3.1.0' } },
      [{ family: 'ruby', version: '3.1.0', basis: 'stated' }],
    ],
    ['for every SDK', {}, sdkFamilies.map((family) => ({ family, basis: 'notStated' }))],
    ['for every SDK, unasked', undefined, sdkFamilies.map((family) => ({ family, basis: 'notStated' }))],
  ])('%s', (_name, options, expected) => {
    expect(sdksOf(options)).toStrictEqual(expected);
  });

  test.each<[string, number | undefined, readonly unknown[]]>([
    ['no fault', undefined, [['irsa', '']]],
    ['no fault, said aloud', 0, [['irsa', '']]],
    [
      'one fault',
      1,
      [
        ['irsa', ''],
        ['imds', 'webhook=missed'],
        ['none', 'token=expired'],
        ['none', 'token=missing|unreadable'],
        ['none', 'sts=timeout'],
        ['none', 'sts=refused'],
        ['none', 'sts=serverError'],
        ['none', 'oidcProvider=absent'],
        ['none', 'trust=refuses'],
      ],
    ],
  ])('of a pod with IRSA with %s', (_name, faults, expected) => {
    const options = { sdk: 'go-v2', ...(faults === undefined ? {} : { faults }) };
    const { outcomes } = whichRole(irsa, 'pay/api', options);
    expect(outcomes.map(({ mechanism, when }) => [mechanism, brokenIn(when)])).toEqual(expected);
  });
});

/** The facts of a condition that are not as the input has them. */
function brokenIn(when: Condition): string {
  const broken = when.flat().filter(({ options: [normal = ''], values }) => !values.includes(normal));
  return broken.map(({ question, values }) => `${question.name}=${values.join('|')}`).join(' ');
}
