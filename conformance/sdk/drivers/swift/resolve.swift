// Resolves the default chain of AWS SDK for Swift and prints the access key, or the error, as JSON.
import AWSSDKIdentity
import Foundation

func answer(_ resolver: DefaultAWSCredentialIdentityResolverChain) async -> String {
    do {
        let key = try await resolver.getIdentity(identityProperties: nil).accessKey
        return "{\"accessKeyId\":\"\(key)\"}"
    } catch {
        return "{\"error\":\"\(type(of: error))\"}"
    }
}

let resolver = try DefaultAWSCredentialIdentityResolverChain()
print(await answer(resolver))
if ProcessInfo.processInfo.environment["WHICHROLE_LAB_TWICE"] != nil {
    _ = readLine()
    print(await answer(resolver))
}
