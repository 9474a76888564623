import type { Finding, Rule } from '../finding.ts';

/** A role is written into an annotation that no mechanism reads. */
export const annotationNobodyReads: Rule = {
  id: 'annotation-nobody-reads',
  title: 'a role annotation stands where nothing reads it',
  severity: 'wrongIdentity',
  expects: 'the annotated role',
  gets: 'whatever it would get without the annotation',
  level: 'cause',
  source: 'aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go, jtblin/kube2iam:mappings/mapper.go',
  find: ({ world, answers, annotationComplaints }) =>
    annotationComplaints.map(({ object, message, help, position, field }): Finding => ({
      rule: annotationNobodyReads.id,
      severity: 'wrongIdentity',
      at: {
        ...(object ?? { kind: 'Cluster', name: world.cluster.name ?? '' }),
        ...(field === undefined ? {} : { field }),
        ...(position ? { position } : {}),
      },
      message,
      answers: answers.filter(
        ({ subject }) => subject.namespace === object?.namespace && subject.workload.name === object.name,
      ),
      advice: help ?? '',
      fixes: [],
    })),
};
