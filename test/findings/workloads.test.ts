import { expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { kiamAgentDefaults, type KiamAgent } from '../../src/model/kiam.ts';
import { byContainer } from '../../src/findings/workloads.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { daemonFacts } from '../daemonFacts.ts';

const agent: KiamAgent = {
  ...daemonFacts('kiam-agent'),
  image: 'quay.io/uswitch/kiam:v4.2',
  flags: kiamAgentDefaults,
};
const cluster = world()
  .cluster({ accountId: '111122223333', region: 'eu-west-1' })
  .serviceAccount('pay/api', { roleArn: 'arn:aws:iam::111122223333:role/api' })
  .pod('pay/app', {
    serviceAccount: 'api',
    annotations: { 'eks.amazonaws.com/skip-containers': 'app', 'iam.amazonaws.com/role': 'legacy' },
  });

it.each([
  ['kiam', { ...cluster.build(), kiamAgents: [agent] }],
  ['kube2iam', cluster.kube2iam({}).build()],
])('a container without injection is still asked a role for by %s, which knows the pod', (mechanism, of) => {
  const answers = resolveAll(of, { sdk: { family: 'go-v2' } });
  const app = byContainer(of, answers).find((container) => container.name === 'pay/app');
  expect(app?.intentions.map(({ mechanism: by, role }) => [by, role])).toEqual([[mechanism, 'legacy']]);
});
