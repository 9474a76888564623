import { describe, expect, it } from 'vitest';
import { withoutInjection } from '../../src/admission/withoutInjection.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import type { PodTemplate } from '../../src/model/pod.ts';

function podWith(volume: string): PodTemplate {
  const text = `
apiVersion: v1
kind: Pod
metadata: { name: api-0, namespace: pay }
spec:
  containers:
    - name: app
      image: example.com/app:1.0
      env:
        - { name: AWS_ROLE_ARN, value: "arn:aws:iam::111122223333:role/api" }
        - { name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/eks.amazonaws.com/serviceaccount/token }
        - { name: LEVEL, value: info }
      volumeMounts:
        - { name: aws-iam-token, mountPath: /var/run/secrets/eks.amazonaws.com/serviceaccount }
  volumes:
    - { name: aws-iam-token, ${volume} }
status: { phase: Running }
`;
  const template = parseInput([{ file: 'pod.yaml', text }]).world.workloads[0]?.template;
  if (!template) throw new Error('the input has a pod');
  return template;
}

const token =
  'projected: { sources: [{ serviceAccountToken: { audience: sts.amazonaws.com, path: token } }] }';

describe('a pod without what the webhook put in', () => {
  it('has neither the variables nor the volume, and is new', () => {
    const { status, volumes, containers } = withoutInjection(podWith(token));
    expect({ status, volumes }).toEqual({ status: undefined, volumes: [] });
    expect(containers[0]?.env.map(({ name }) => name)).toEqual(['LEVEL']);
    expect(containers[0]?.volumeMounts).toEqual([]);
  });

  it('keeps variables that the author set beside a volume of his own', () => {
    const { volumes, containers } = withoutInjection(podWith('emptyDir: {}'));
    expect(volumes).toHaveLength(1);
    expect(containers[0]?.env).toHaveLength(3);
  });
});
