import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../src/sdkChain/flow/proxy.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';
import { fakeInput } from './fakeWorld.ts';

const proxy = 'http://proxy.example.com:3128';

/** Where a request goes: to the proxy, or to the host itself. */
function leadsTo(url: string, variables: Readonly<Record<string, string>>): string {
  const { behaviour } = sdkBehaviour({ family: 'go-v2' });
  const found = proxyFor(startWalk(behaviour, fakeInput({ variables })), url);
  if (found === undefined) return 'host';
  return found === proxy ? 'proxy' : found;
}

describe('a request to the agent with HTTP_PROXY set', () => {
  const url = 'http://169.254.170.23/v1/credentials';
  const table: readonly (readonly [string, 'proxy' | 'host'])[] = [
    // Names and addresses.
    ['', 'proxy'],
    [',', 'proxy'],
    ['example.com', 'proxy'],
    ['*', 'host'],
    ['169.254.170.23', 'host'],
    [' 169.254.170.23 ', 'host'],
    ['169.254.170.23:80', 'host'],
    ['10.0.0.1,169.254.170.23', 'host'],
    ['169.254.170.2', 'proxy'],
    ['169.254.170', 'proxy'],
    // Networks.
    ['169.254.0.0/16', 'host'],
    ['169.254.170.0/24', 'host'],
    ['169.254.171.0/24', 'proxy'],
    ['169.254.170.16/29', 'host'],
    ['169.254.170.24/29', 'proxy'],
    ['169.254.170.22/31', 'host'],
    ['169.254.170.20/31', 'proxy'],
    ['169.254.170.23/32', 'host'],
    ['169.254.170.22/32', 'proxy'],
    ['169.255.255.255/15', 'host'],
    ['168.0.0.0/7', 'host'],
    ['10.0.0.0/7', 'proxy'],
    ['0.0.0.0/0', 'host'],
    ['fd00::/8', 'proxy'],
    // What is no network.
    ['169.254.0.0/', 'proxy'],
    ['169.254.0.0/99', 'proxy'],
    ['169.254.0.0/33', 'proxy'],
    ['169.254.170.23/116', 'proxy'],
    ['169.254.170.23/323', 'proxy'],
    ['169.254.170.23/x', 'proxy'],
    ['169.254.0.256/16', 'proxy'],
    ['1169.254.0.0/16', 'proxy'],
    ['x169.254.0.0/16', 'proxy'],
    ['169.254.0.0.0/16', 'proxy'],
    ['169.254.0.0x/16', 'proxy'],
    ['169.254/16', 'proxy'],
  ];
  test.each(table)('and NO_PROXY=%s goes to the %s', (exceptions, expected) => {
    expect(leadsTo(url, { HTTP_PROXY: proxy, NO_PROXY: exceptions })).toBe(expected);
  });
});

describe('a request with HTTP_PROXY set', () => {
  const table: readonly (readonly [string, string, 'proxy' | 'host'])[] = [
    // No proxy is asked for the machine itself.
    ['http://localhost:8080/', '', 'host'],
    ['http://127.0.0.1/', '', 'host'],
    ['http://127.10.20.30/', '', 'host'],
    ['http://[::1]:8080/', '', 'host'],
    ['http://127.0.0.1.example.com/', '', 'proxy'],
    ['http://agent-127.0.0.1.nip.io/', '', 'proxy'],
    ['http://128.0.0.1/', '', 'proxy'],
    ['http://localhost.example.com/', '', 'proxy'],
    ['http://agent.example.com./', '', 'proxy'],
    ['http://agent.example.com./', ' , ', 'proxy'],
    // Only plain HTTP goes through it.
    ['https://agent.example.com/', '', 'host'],
    ['$(AWS_CONTAINER_CREDENTIALS_FULL_URI)', '', 'host'],
    // A name covers itself and what is below it.
    ['http://agent.example.com/', 'example.com', 'host'],
    ['http://agent.example.com/', '.example.com', 'host'],
    ['http://agent.example.com/', '*.example.com', 'host'],
    ['http://agent.example.com/', 'example.com:80', 'host'],
    ['http://agent.example.com/', '.example.com:80', 'host'],
    ['http://AGENT.example.com/', 'Agent.Example.com', 'host'],
    ['http://agent.example.com/', 'agent.example.com:80', 'host'],
    ['http://example.com/', '.example.com', 'proxy'],
    ['http://example.com/', '*.example.com', 'proxy'],
    ['http://example.com/', 'example.com', 'host'],
    ['http://agent.example.com/', 'example.com:8080', 'proxy'],
    ['http://agent.example.com:8080/', 'example.com:8080', 'host'],
    ['http://[fd00:ec2::23]/', '[fd00:ec2::23]:80', 'host'],
    ['http://[fd00:ec2::23]/', '[fd00:ec2::23]:8080', 'proxy'],
    ['http://agent.example.com/', ':80', 'proxy'],
    ['http://agent.example.com/', 'agent', 'proxy'],
    ['http://agent.example.com/', 'gent.example.com', 'proxy'],
    ['http://example.com/', 'agent.example.com', 'proxy'],
    ['http://255.255.255.255/', '255.255.255.0/24', 'host'],
    ['http://[fd00:ec2::23]/', '', 'proxy'],
    ['http://[fd00:ec2::23]/', 'fd00:ec2::23', 'host'],
    ['http://[fd00:ec2::23]/', '0.0.0.0/0', 'proxy'],
    ['http://agent.example.com/', '0.0.0.0/0', 'proxy'],
  ];
  test.each(table)('%s and NO_PROXY=%s goes to the %s', (url, exceptions, expected) => {
    expect(leadsTo(url, { HTTP_PROXY: proxy, NO_PROXY: exceptions })).toBe(expected);
  });
});

describe('the variables', () => {
  const url = 'http://agent.example.com/';
  const table: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{}, 'host'],
    [{ HTTP_PROXY: '' }, 'host'],
    [{ HTTP_PROXY: proxy }, 'proxy'],
    [{ http_proxy: proxy }, 'proxy'],
    [{ HTTP_PROXY: '', http_proxy: proxy }, 'proxy'],
    [{ HTTP_PROXY: proxy, http_proxy: 'http://other.example.com' }, 'proxy'],
    [{ HTTP_PROXY: 'http://other.example.com', http_proxy: proxy }, 'http://other.example.com'],
    [{ HTTPS_PROXY: proxy }, 'host'],
    [{ HTTP_PROXY: proxy, no_proxy: 'example.com' }, 'host'],
    [{ HTTP_PROXY: proxy, NO_PROXY: '', no_proxy: 'example.com' }, 'host'],
    [{ HTTP_PROXY: proxy, NO_PROXY: 'example.org', no_proxy: 'example.com' }, 'proxy'],
  ];
  test.each(table)('%o lead to the %s', (variables, expected) => {
    expect(leadsTo(url, variables)).toBe(expected);
  });
});
