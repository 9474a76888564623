<?php
// Resolves the default chain of AWS SDK for PHP and prints the access key, or the error, as JSON.
require getenv('WHICHROLE_LAB_SDK') . '/vendor/autoload.php';

function answer(callable $provider): string
{
    try {
        return json_encode(['accessKeyId' => $provider()->wait()->getAccessKeyId()]);
    } catch (Throwable $error) {
        return json_encode(['error' => (new ReflectionClass($error))->getShortName()]);
    }
}

$provider = Aws\Credentials\CredentialProvider::defaultProvider();
echo answer($provider), "\n";
if (getenv('WHICHROLE_LAB_TWICE')) {
    fgets(STDIN);
    echo answer($provider), "\n";
}
