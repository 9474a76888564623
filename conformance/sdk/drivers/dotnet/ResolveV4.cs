// Resolves the default chain of AWS SDK for .NET v4 and prints the access key, or the error, as JSON.
using System;
using Amazon.Runtime.Credentials;

static string Answer()
{
    try
    {
        var key = DefaultAWSCredentialsIdentityResolver.GetCredentials().GetCredentials().AccessKey;
        return $"{{\"accessKeyId\":\"{key}\"}}";
    }
    catch (Exception error)
    {
        return $"{{\"error\":\"{error.GetType().Name}\"}}";
    }
}

Console.WriteLine(Answer());
if (Environment.GetEnvironmentVariable("WHICHROLE_LAB_TWICE") != null)
{
    Console.ReadLine();
    Console.WriteLine(Answer());
}
