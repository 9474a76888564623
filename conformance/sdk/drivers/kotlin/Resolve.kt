import aws.sdk.kotlin.runtime.auth.credentials.DefaultChainCredentialsProvider
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** Resolves the default chain of AWS SDK for Kotlin and prints the access key, or the error, as JSON. */
fun main(): Unit = runBlocking {
    val provider = DefaultChainCredentialsProvider()
    println(answer(provider))
    if (System.getenv("WHICHROLE_LAB_TWICE") != null) {
        readln()
        println(answer(provider))
    }
    exitProcess(0)
}

private suspend fun answer(provider: DefaultChainCredentialsProvider): String =
    try {
        """{"accessKeyId":"${provider.resolve().accessKeyId}"}"""
    } catch (error: Exception) {
        System.err.println(error)
        """{"error":"${error::class.java.simpleName}"}"""
    }
