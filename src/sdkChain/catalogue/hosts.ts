/**
 * Hosts that SDKs allow for `AWS_CONTAINER_CREDENTIALS_FULL_URI` over plain HTTP before they know EKS
 * Pod Identity.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export const loopbackHosts: readonly string[] = ['localhost', '127/8', '::1'];

/**
 * The same once they know it: the ECS agent and the EKS Pod Identity agent are added.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export const agentHosts: readonly string[] = [
  ...loopbackHosts,
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::23',
];

/** The same where an SDK does not know the IPv6 address of the EKS Pod Identity agent. */
export const agentHostsOverIpv4: readonly string[] = agentHosts.filter((host) => host !== 'fd00:ec2::23');
