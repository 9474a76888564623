import { describe, expect, it } from 'vitest';
import { complaints, podWith, read } from '../read.ts';

const anyTemplate =
  '{metadata: {labels: {app: a}, annotations: {k: v}}, spec: {containers: [{name: app, image: a}]}}';

describe('the kinds that hold pods', () => {
  it.each([
    ['apps/v1', 'Deployment', `spec: {template: ${anyTemplate}}`, 'spec.template'],
    ['extensions/v1beta1', 'Deployment', `spec: {template: ${anyTemplate}}`, 'spec.template'],
    ['apps/v1beta2', 'StatefulSet', `spec: {template: ${anyTemplate}}`, 'spec.template'],
    ['extensions/v1beta1', 'DaemonSet', `spec: {template: ${anyTemplate}}`, 'spec.template'],
    ['apps/v1', 'ReplicaSet', `spec: {template: ${anyTemplate}}`, 'spec.template'],
    ['v1', 'ReplicationController', `spec: {template: ${anyTemplate}}`, 'spec.template'],
    ['batch/v1', 'Job', `spec: {template: ${anyTemplate}}`, 'spec.template'],
    [
      'batch/v1beta1',
      'CronJob',
      `spec: {jobTemplate: {spec: {template: ${anyTemplate}}}}`,
      'spec.jobTemplate.spec.template',
    ],
    ['v1', 'PodTemplate', `template: ${anyTemplate}`, 'template'],
  ])('%s %s keeps its template where it belongs', (version, kind, body, field) => {
    const parsed = read(
      `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: a, annotations: {own: x}}\n${body}`,
    );
    expect(complaints(parsed)).toEqual([]);
    expect(parsed.world.workloads).toMatchObject([
      {
        kind,
        namespace: 'default',
        name: 'a',
        annotations: { own: 'x' },
        ref: { kind, namespace: 'default', name: 'a', position: { file: 'a.yaml', line: 1, column: 1 } },
        template: {
          ref: { field, position: { line: 4 } },
          labels: { app: 'a' },
          annotations: { k: 'v' },
          serviceAccountName: 'default',
          hostNetwork: false,
          containers: [{ name: 'app', kind: 'app', image: 'a' }],
        },
      },
    ]);
  });

  it('reads what decides about a pod, with the place of each variable', () => {
    const parsed = read(
      podWith(
        '      env:',
        '        - name: AWS_ROLE_ARN',
        '          value: arn:aws:iam::111122223333:role/app',
        '        - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}',
        '        - {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}',
        '        - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}',
        '        - {name: EMPTY}',
        '      envFrom: [{secretRef: {name: s}, prefix: P_}, {configMapRef: {name: c, optional: true}}]',
        '      volumeMounts: [{name: t, mountPath: /token, subPath: x}]',
        '      ports: [{containerPort: 80, name: http}, {containerPort: 53, protocol: UDP}]',
        '      securityContext: {runAsUser: 7}',
        '  initContainers:',
        '    - {name: first, image: i}',
        '    - {name: beside, image: i, restartPolicy: Always}',
        '  serviceAccountName: api',
        '  hostNetwork: true',
        '  nodeName: n1',
        '  nodeSelector: {pool: gpu}',
        '  tolerations: [{operator: Exists}, {key: k, value: v, effect: NoSchedule}]',
        '  securityContext: {fsGroup: 5, runAsUser: 6}',
        '  volumes:',
        '    - name: t',
        '      projected: {sources: [{serviceAccountToken: {audience: a, path: token}}, {configMap: {name: c}}]}',
        '    - {name: s, secret: {secretName: s, items: [{key: a, path: b}]}}',
        '    - {name: c, configMap: {name: c}}',
        '    - {name: h, hostPath: {path: /}}',
      ),
    );
    expect(complaints(parsed)).toEqual([]);
    const template = parsed.world.workloads[0]?.template;
    expect(template).toMatchObject({
      serviceAccountName: 'api',
      hostNetwork: true,
      nodeName: 'n1',
      nodeSelector: { pool: 'gpu' },
      tolerations: [
        { operator: 'Exists' },
        { key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' },
      ],
      fsGroup: 5,
      runAsUser: 6,
      volumes: [
        {
          name: 't',
          source: { kind: 'projected', tokens: [{ audience: 'a', expirationSeconds: 3600, path: 'token' }] },
        },
        { name: 's', source: { kind: 'secret', name: 's', items: { a: 'b' } } },
        { name: 'c', source: { kind: 'configMap', name: 'c', items: undefined } },
        { name: 'h', source: { kind: 'other', type: 'hostPath' } },
      ],
    });
    expect(template?.containers.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'init first',
      'sidecar beside',
      'app app',
    ]);
    const app = template?.containers.at(-1);
    expect(app).toMatchObject({
      runAsUser: 7,
      volumeMounts: [{ name: 't', mountPath: '/token', subPath: 'x' }],
      ports: [
        { name: 'http', port: 80, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
      ],
      envFrom: [
        { kind: 'secretRef', name: 's', prefix: 'P_', optional: false },
        { kind: 'configMapRef', name: 'c', prefix: '', optional: true },
      ],
    });
    expect(app?.env.map(({ name, source }) => [name, source])).toEqual([
      ['AWS_ROLE_ARN', { kind: 'value', value: 'arn:aws:iam::111122223333:role/app' }],
      ['IP', { kind: 'fieldRef', path: 'status.podIP' }],
      ['KEY', { kind: 'secretKeyRef', name: 's', key: 'k', optional: true }],
      ['CPU', { kind: 'resourceFieldRef', resource: 'limits.cpu' }],
      ['EMPTY', { kind: 'value', value: '' }],
    ]);
    expect(app?.env[1]?.ref).toMatchObject({
      kind: 'Pod',
      field: 'spec.containers[0].env[1]',
      position: { line: 12, column: 11 },
    });
  });

  it.each([
    ['only the deprecated name', ['  serviceAccount: old'], 'old'],
    ['both names', ['  serviceAccount: old', '  serviceAccountName: new'], 'new'],
    ['neither', [], 'default'],
    ['an empty name', ['  serviceAccountName: ""'], 'default'],
  ])('takes the service account from %s', (_name, lines, expected) => {
    expect(read(podWith(...lines)).world.workloads[0]?.template.serviceAccountName).toBe(expected);
  });

  it('keeps what a live cluster knows of a pod, and its controller', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'api-5d8-x',
        namespace: 'pay',
        creationTimestamp: '2026-01-02T03:04:05Z',
        ownerReferences: [
          { kind: 'Foo', name: 'foo' },
          { kind: 'ReplicaSet', name: 'api-5d8', controller: true },
        ],
      },
      spec: { containers: [{ name: 'app', image: 'a' }] },
      status: { phase: 'Running', podIP: '10.0.0.7', hostIP: '10.0.0.1' },
    };
    expect(read(JSON.stringify(pod)).world.workloads).toMatchObject([
      {
        kind: 'Pod',
        owner: { kind: 'ReplicaSet', name: 'api-5d8' },
        template: {
          status: {
            phase: 'Running',
            podIP: '10.0.0.7',
            hostIP: '10.0.0.1',
            createdAt: '2026-01-02T03:04:05Z',
          },
        },
      },
    ]);
  });

  it.each([
    ['a pod that nobody applied', podWith('status: {}')],
    ['a pod without status', podWith()],
  ])('gives no status to %s', (_name, text) => {
    expect(read(text).world.workloads[0]?.template).not.toHaveProperty('status');
  });
});

describe('complaints about pods', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'a misspelt service account',
      ['  serviceAcountName: x'],
      ['9 warning unknown-field spec.serviceAcountName → serviceAccountName'],
    ],
    [
      'a field in the wrong case',
      ['  hostnetwork: true'],
      ['9 warning unknown-field spec.hostnetwork → hostNetwork'],
    ],
    ['a boolean in quotes', ['  hostNetwork: "true"'], ['9 error wrong-type spec.hostNetwork']],
    ['a number as selector', ['  nodeSelector: {gpu: true}'], ['9 error wrong-type spec.nodeSelector.gpu']],
    [
      'a variable that is a number',
      ['      env: [{name: A, value: 1}]'],
      ['9 error wrong-type spec.containers[0].env[0].value'],
    ],
    [
      'a variable without a name',
      ['      env: [{value: x}]'],
      ['9 error missing-field spec.containers[0].env[0]'],
    ],
    ['a list that is a mapping', ['      env: {A: b}'], ['9 error wrong-type spec.containers[0].env']],
    [
      'a placeholder',
      ['      env: [{name: AWS_ROLE_ARN, value: "<ROLE_ARN>"}]'],
      ['9 note placeholder spec.containers[0].env[0].value'],
    ],
    [
      'an unknown source',
      ['      env: [{name: A, valueFrom: {x: y}}]'],
      ['9 error invalid-value spec.containers[0].env[0].valueFrom'],
    ],
    ['an unknown field that resembles none', ['  zzz: 1'], []],
    ["Kubernetes' own references", ['      env: [{name: AWS_PROFILE, value: $(NAME)}]'], []],
  ])('%s', (_name, lines, expected) => {
    expect(complaints(read(podWith(...lines)))).toEqual(expected);
  });

  it('uses a value of the wrong type as it was meant', () => {
    const { template } = read(podWith('      env: [{name: A, value: 010}]', '  hostNetwork: "true"')).world
      .workloads[0] ?? { template: undefined };
    expect(template?.hostNetwork).toBe(true);
    expect(template?.containers[0]?.env[0]?.source).toEqual({ kind: 'value', value: '010' });
  });

  it('says when a pod has no container', () => {
    expect(complaints(read('apiVersion: v1\nkind: Pod\nmetadata: {name: p}'))).toEqual([
      '1 error missing-field spec',
    ]);
  });

  it.each([
    ['java-v2@2.20.0', [{ sdk: { family: 'java-v2', version: '2.20.0' } }]],
    ['boto3', [{ sdk: { family: 'botocore' } }]],
    [
      'app=java-v2, sidecar=go-v2@1.30.0',
      [
        { container: 'app', sdk: { family: 'java-v2' } },
        { container: 'sidecar', sdk: { family: 'go-v2', version: '1.30.0' } },
      ],
    ],
    ['java-v9', []],
  ])('reads the SDK annotation %j', (value, expected) => {
    const text = podWith().replace('name: p', `name: p\n  annotations: {whichrole.dev/sdk: "${value}"}`);
    const parsed = read(text);
    expect(parsed.world.sdkStatements).toMatchObject(
      expected.map((statement) => ({ namespace: 'default', workload: 'p', ...statement })),
    );
    expect(complaints(parsed).length).toBe(expected.length === 0 ? 1 : 0);
  });
});
