// Resolves the default chain of AWS SDK for JavaScript v3 and prints the access key, or the error, as JSON.
const { createInterface } = require('node:readline');
const { defaultProvider } = require('@aws-sdk/credential-provider-node');

const region = process.env.AWS_REGION || 'us-east-1';
const provider = chain()({ clientConfig: { region }, parentClientConfig: { region }, region });

/** Until 3.5xx a client lent its providers the way to STS; since then they bring their own. */
function chain() {
  const { version } = require('@aws-sdk/client-sts/package.json');
  if (Number(version.split('.')[1]) > 550) return defaultProvider;
  return (
    require('@aws-sdk/client-sts').decorateDefaultCredentialProvider?.(defaultProvider) ?? defaultProvider
  );
}

async function resolveOnce() {
  try {
    const { accessKeyId } = await provider();
    return { accessKeyId };
  } catch (error) {
    const name = error.name === 'Error' ? error.code : error.name;
    return { error: error.Code ?? name ?? error.name, message: error.message };
  }
}

async function main() {
  console.log(JSON.stringify(await resolveOnce()));
  if (!process.env.WHICHROLE_LAB_TWICE) return;
  await new Promise((resolve) => createInterface({ input: process.stdin }).once('line', resolve));
  console.log(JSON.stringify(await resolveOnce()));
}

main().then(() => process.exit(0));
