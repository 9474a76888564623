/** The pair of variables, the token and the volume by which a mechanism reaches a container. */
export interface InjectedPair {
  /** The container is left without both as soon as it defines one of them itself. */
  readonly variables: readonly [string, string];
  readonly volumeName: string;
  readonly mountPath: string;
  /** Relative to the mount. */
  readonly tokenPath: string;
  readonly audience: string;
  readonly source: string;
}

/**
 * What the pod identity webhook injects for IAM roles for service accounts.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (NewModifier, addEnvToContainer), main.go (flags)
 */
export const webIdentityPair: InjectedPair = {
  variables: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  volumeName: 'aws-iam-token',
  mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  tokenPath: 'token',
  audience: 'sts.amazonaws.com',
  source: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go',
};

/**
 * What the same webhook injects for EKS Pod Identity.
 *
 * @source aws/amazon-eks-pod-identity-webhook:main.go (container-credentials flags), pkg/constants.go
 */
export const containerCredentialsPair: InjectedPair = {
  variables: ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
  volumeName: 'eks-pod-identity-token',
  mountPath: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
  tokenPath: 'eks-pod-identity-token',
  audience: 'pods.eks.amazonaws.com',
  source: 'aws/amazon-eks-pod-identity-webhook:main.go',
};

/**
 * The address of the EKS Pod Identity agent that is injected, by the cluster's address family.
 *
 * @source aws/amazon-eks-pod-identity-webhook:main.go; aws/eks-pod-identity-agent:configuration/config.go
 */
export const agentUri: Readonly<Record<'ipv4' | 'ipv6', string>> = {
  ipv4: 'http://169.254.170.23/v1/credentials',
  ipv6: 'http://[fd00:ec2::23]/v1/credentials',
};

/**
 * Annotations and labels that the webhook reads, and on which object.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/annotations.go, deploy/mutatingwebhook.yaml
 */
export const webhookKeys = {
  roleArn: 'eks.amazonaws.com/role-arn',
  audience: 'eks.amazonaws.com/audience',
  regionalSts: 'eks.amazonaws.com/sts-regional-endpoints',
  tokenExpiration: 'eks.amazonaws.com/token-expiration',
  skipContainers: 'eks.amazonaws.com/skip-containers',
  skipLabel: 'eks.amazonaws.com/skip-pod-identity-webhook',
  podIdentityLabel: 'eks.amazonaws.com/pod-identity',
} as const;

/**
 * Token lifetimes in seconds. The default of a Pod Identity token is drawn at random from the last two hours
 * before the default; the model keeps the default.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/constants.go (Default-, MinTokenExpiration), pkg/validation.go
 */
export const tokenExpirationSeconds: { readonly default: number; readonly minimum: number } = {
  default: 86_400,
  minimum: 600,
};

/**
 * Whether the webhook that EKS runs sets AWS_STS_REGIONAL_ENDPOINTS when the service account says nothing.
 *
 * The program's own default is `false`; every EKS version since 1.25 defaults to the regional endpoint.
 *
 * @source awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/configure-sts-endpoint.adoc
 */
export const regionalStsByDefault = true;

/**
 * The shape of a role ARN that the webhook does not warn about. Other values are injected all the same.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go (addSA)
 */
export const quietRoleArn: RegExp = /^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w\-/.@+=,]+$/;

/**
 * The texts that Go's `strconv.ParseBool` takes for true and false; any other is ignored by the webhook.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go (addSA); golang/go:src/strconv/atob.go
 */
export const booleanTexts: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

/** The service account token that every pod has, whatever the webhook does. */
export interface DefaultToken {
  readonly path: string;
  /** What EKS gives as the audience when a token asks for none. */
  readonly audience: string;
  readonly expirationSeconds: number;
}

/**
 * The token of the Kubernetes API.
 *
 * @source kubernetes/kubernetes:plugin/pkg/admission/serviceaccount/admission.go (DefaultAPITokenMountPath,
 * 3607 s); the audience is that of EKS clusters, `https://kubernetes.default.svc`
 */
export const apiToken: DefaultToken = {
  path: '/var/run/secrets/kubernetes.io/serviceaccount/token',
  audience: 'https://kubernetes.default.svc',
  expirationSeconds: 3607,
};
