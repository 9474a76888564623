import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Resolves the default chain of AWS SDK for Java v2 and prints the access key, or the error, as JSON. */
public class ResolveV2 {
  public static void main(String[] args) throws Exception {
    AwsCredentialsProvider provider = DefaultCredentialsProvider.create();
    System.out.println(resolve(provider));
    if (System.getenv("WHICHROLE_LAB_TWICE") != null) {
      System.in.read();
      System.out.println(resolve(provider));
    }
    System.exit(0);
  }

  private static String resolve(AwsCredentialsProvider provider) {
    try {
      return "{\"accessKeyId\":\"" + provider.resolveCredentials().accessKeyId() + "\"}";
    } catch (Throwable error) { // a StackOverflowError is among what applications see
      System.err.println(error);
      return "{\"error\":\"" + error.getClass().getSimpleName() + "\"}";
    }
  }
}
