import { describe, expect, it } from 'vitest';
import { webhookConfigEntry } from '../../src/admission/webhookConfigMap.ts';
import { world } from '../../src/model/builder.ts';

const arn = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;

function entryFor(config: string, name = 'pod-identity-webhook'): string | undefined {
  return webhookConfigEntry(world().configMap(`kube-system/${name}`, { config }).build(), 'pay', 'api')
    ?.roleArn;
}

describe('the ConfigMap of the webhook', () => {
  it.each([
    ['knows an exact name', { 'pay/api': { RoleARN: arn('a') } }, arn('a')],
    ['knows a name in any namespace', { '*/api': { RoleARN: arn('b') } }, arn('b')],
    [
      'prefers the exact name',
      { '*/api': { RoleARN: arn('b') }, 'pay/api': { RoleARN: arn('a') } },
      arn('a'),
    ],
    [
      'knows no other pattern',
      { 'pa*/api': { RoleARN: arn('c') }, 'pay/*': { RoleARN: arn('d') } },
      undefined,
    ],
    ['takes an entry without a role for none', { 'pay/api': {} }, undefined],
  ])('%s', (_title, config, expected) => {
    expect(entryFor(JSON.stringify(config))).toBe(expected);
  });

  it('says nothing when it is no JSON, or has another name', () => {
    expect(entryFor('{')).toBeUndefined();
    expect(entryFor(JSON.stringify({ 'pay/api': { RoleARN: arn('a') } }), 'other')).toBeUndefined();
  });

  it('says what annotations would say', () => {
    const config = {
      'pay/api': { RoleARN: arn('a'), Audience: 'x', UseRegionalSTS: true, TokenExpiration: 900 },
    };
    const built = world()
      .configMap('eks/pod-identity-webhook', { config: JSON.stringify(config) })
      .build();
    expect(webhookConfigEntry(built, 'pay', 'api')?.options).toEqual({
      'eks.amazonaws.com/audience': 'x',
      'eks.amazonaws.com/sts-regional-endpoints': 'true',
      'eks.amazonaws.com/token-expiration': '900',
    });
  });
});
