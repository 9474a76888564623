import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { githubAnnotations } from '../../src/report/githubAnnotations.ts';
import { checkedFiles, checkedFindings, ruleOfOps, ruleOfPay } from '../cli/checkManifests.ts';
import { reportOf } from './checkReports.ts';

/** Reads a workflow command the way the runner does. @source actions/runner:src/Runner.Common/ActionCommand.cs */
function readCommand(line: string): {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
} {
  const [, command = '', properties = '', data = ''] = /^::(\w+) ([^:]*)::(.*)$/.exec(line) ?? [];
  const unescape = (text: string): string =>
    text
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  const entries = properties.split(',').map((property) => {
    const at = property.indexOf('=');
    return [property.slice(0, at), unescape(property.slice(at + 1))] as const;
  });
  return { command, properties: Object.fromEntries(entries), data: unescape(data) };
}

const withLines = (text: string): Readonly<Record<string, string>> => ({
  ...checkedFiles,
  'whichrole.yaml': `${checkedFiles['whichrole.yaml'] ?? ''}${text}\n`,
});

describe('githubAnnotations', () => {
  it('writes a command for each finding, at its line', () => {
    const commands = githubAnnotations(reportOf(checkedFiles)).split('\n').map(readCommand);
    expect(commands).toMatchObject(
      checkedFindings.map(({ rule, file, line }) => ({
        command: 'error',
        properties: { file, line: String(line), title: rule },
      })),
    );
  });

  it('warns of what does not let the check fail', () => {
    const text = githubAnnotations(reportOf(checkedFiles, { threshold: 'outage' }));
    const levels = text.split('\n').map((line) => {
      const { command, properties } = readCommand(line);
      return [properties['title'], command];
    });
    expect(levels).toContainEqual([ruleOfPay, 'warning']);
    expect(levels).toContainEqual([ruleOfOps, 'error']);
  });

  it('tells unmet expectations and complaints, and keeps quiet about what is known', () => {
    const report = reportOf(withLines('expect:\n  - { never: node-role }\ncnii: x'), {
      known: checkedFindings.map(({ rule }) => rule),
    });
    expect(githubAnnotations(report).split('\n').map(readCommand)).toMatchObject([
      { command: 'error', properties: { file: 'whichrole.yaml', line: '10', title: 'unmet-expectation' } },
      { command: 'error', properties: { file: 'whichrole.yaml', line: '11', title: 'bad-setting' } },
    ]);
  });

  it('names no file for standard input', () => {
    const files = {
      'whichrole.yaml': checkedFiles['whichrole.yaml'] ?? '',
      '-': checkedFiles['app.yaml'] ?? '',
    };
    expect(githubAnnotations(reportOf(files))).not.toContain('file=');
  });

  it('one finding is one line that the runner reads back, whatever letters stand in it', () => {
    const report = reportOf(checkedFiles);
    const [finding] = report.findings;
    fc.assert(
      fc.property(fc.string(), fc.string(), (message, file) => {
        if (!finding || file === '-') return;
        const at = { ...finding.at, position: { file, line: 1, column: 1 } };
        const text = githubAnnotations({ ...report, findings: [{ ...finding, at, message, advice: '' }] });
        expect(readCommand(text)).toMatchObject({ properties: { file }, data: message });
      }),
    );
  });
});
