// Resolves the default chain of AWS SDK for JavaScript v2 and prints the access key, or the error, as JSON.
const { createInterface } = require('node:readline');
const AWS = require('aws-sdk');

AWS.config.update({ region: process.env.AWS_REGION || 'us-east-1' });
const config = new AWS.S3().config;

// A missing Pod Identity token file is thrown past the callback.
process.on('uncaughtException', (error) => {
  console.log(JSON.stringify({ error: `uncaught ${error.code ?? error.name}` }));
  process.exit(1);
});

function resolveOnce(then) {
  config.getCredentials((error) => {
    const answer = error
      ? { error: error.code ?? error.name, message: error.message }
      : { accessKeyId: config.credentials?.accessKeyId };
    console.log(JSON.stringify(answer));
    then();
  });
}

resolveOnce(() => {
  if (!process.env.WHICHROLE_LAB_TWICE) process.exit(0);
  createInterface({ input: process.stdin }).once('line', () => resolveOnce(() => process.exit(0)));
});
