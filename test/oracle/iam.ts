import type { JsonValue } from '../../src/model/aws.ts';

/** A request as the oracle takes it: everything is known. */
export interface PlainRequest {
  readonly principal: {
    readonly kind: 'role' | 'federated' | 'service';
    readonly name: string;
    readonly session?: string;
  };
  readonly action: string;
  readonly resource: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

type Obj = { readonly [key: string]: JsonValue };
const list = (value: JsonValue | undefined): string[] =>
  (Array.isArray(value) ? (value as JsonValue[]) : [value ?? []].flat()).map(String);

/**
 * The decision on one valid policy, said briefly and slowly: by regular expressions, straight from the JSON,
 * and without a reason. Knows nothing of variables and of values that are not known.
 */
export function plainVerdict(
  policy: JsonValue,
  request: PlainRequest,
): 'allow' | 'explicitDeny' | 'implicitDeny' {
  const statements = [(policy as Obj)['Statement'] ?? []].flat() as Obj[];
  const applying = new Set(
    statements.filter((statement) => applies(statement, request)).map((it) => it['Effect']),
  );
  if (applying.has('Deny')) return 'explicitDeny';
  return applying.has('Allow') ? 'allow' : 'implicitDeny';
}

function applies(statement: Obj, request: PlainRequest): boolean {
  const principal = statement['Principal'];
  if (principal !== undefined && !names(principal, request)) return false;
  const listed = (element: string, fits: (text: string) => boolean): boolean => {
    const not = statement[`Not${element}`];
    if (not !== undefined) return !list(not).some(fits);
    return statement[element] === undefined || list(statement[element]).some(fits);
  };
  return (
    listed('Action', (text) => glob(text.toLowerCase(), request.action.toLowerCase())) &&
    listed('Resource', (text) => text === '*' || arnGlob(text, request.resource)) &&
    Object.entries((statement['Condition'] ?? {}) as Obj).every(([operator, block]) =>
      Object.entries(block as Obj).every(([key, value]) => holds(operator, list(value), request, key)),
    )
  );
}

function names(principal: JsonValue, { principal: asking }: PlainRequest): boolean {
  if (principal === '*') return true;
  return Object.entries(principal as Obj).some(([type, values]) =>
    list(values).some((value) => {
      if (value === '*') return true;
      if (type === 'Service') return asking.kind === 'service' && value === asking.name;
      if (type === 'Federated') return asking.kind === 'federated' && value === asking.name;
      if (asking.kind !== 'role') return false;
      const account = asking.name.split(':')[4];
      const session = `arn:aws:sts::${account}:assumed-role/${asking.name.split('/').at(-1)}/${asking.session}`;
      return [account, `arn:aws:iam::${account}:root`, asking.name, session].includes(value);
    }),
  );
}

function holds(written: string, expected: string[], request: PlainRequest, key: string): boolean {
  const lower = written.toLowerCase();
  const every = lower.startsWith('forallvalues:');
  const some = lower.startsWith('foranyvalue:');
  const ifExists = lower.endsWith('ifexists');
  const name = lower.replace(/^for(any|all)values?:/, '').replace(/ifexists$/, '');
  const actual = request.keys[key.toLowerCase()];
  if (name === 'null') return expected.includes(String(actual === undefined));
  const negated = name.includes('not');
  const one = compare[name.replace('not', '')];
  if (!one) throw new Error(`the oracle knows no ${written}`);
  const fits = (value: string): boolean => expected.some((text) => one(text, value)) !== negated;
  if (every) return (actual ?? []).every((value) => value === '' || fits(value));
  if (some) return (actual ?? []).some((value) => value !== '' && fits(value));
  if (actual === undefined) return negated || ifExists;
  return negated ? actual.every(fits) : actual.some(fits);
}

const compare: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  stringequals: (expected, actual) => expected === actual,
  stringequalsignorecase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  stringlike: glob,
  arnlike: arnGlob,
  arnequals: arnGlob,
  bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  numericequals: (expected, actual) => Number(actual) === Number(expected),
  numericlessthan: (expected, actual) => Number(actual) < Number(expected),
  numericgreaterthanequals: (expected, actual) => Number(actual) >= Number(expected),
  dategreaterthan: (expected, actual) => Date.parse(actual) > Date.parse(expected),
  // `NotIpAddress` without its `Not`.
  ipaddress: (expected, actual) => {
    const [base = '', bits = '32'] = expected.split('/');
    const number = (text: string): number =>
      text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - Number(bits));
    return Math.floor(number(base) / size) === Math.floor(number(actual) / size);
  },
};

function glob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function arnGlob(pattern: string, text: string): boolean {
  const cut = (arn: string): string[] => {
    const parts = arn.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const [expected, actual] = [cut(pattern), cut(text)];
  return pattern.split(':').length >= 6 && expected.every((part, at) => glob(part, actual[at] ?? ''));
}
