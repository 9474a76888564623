import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;

/** Resolves the default chain of AWS SDK for Java v1 and prints the access key, or the error, as JSON. */
public class ResolveV1 {
  public static void main(String[] args) throws Exception {
    AWSCredentialsProvider provider = DefaultAWSCredentialsProviderChain.getInstance();
    System.out.println(resolve(provider));
    if (System.getenv("WHICHROLE_LAB_TWICE") != null) {
      System.in.read();
      System.out.println(resolve(provider));
    }
    System.exit(0);
  }

  private static String resolve(AWSCredentialsProvider provider) {
    try {
      return "{\"accessKeyId\":\"" + provider.getCredentials().getAWSAccessKeyId() + "\"}";
    } catch (Throwable error) { // a StackOverflowError is among what applications see
      System.err.println(error);
      return "{\"error\":\"" + error.getClass().getSimpleName() + "\"}";
    }
  }
}
