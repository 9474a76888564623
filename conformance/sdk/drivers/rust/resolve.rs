//! Resolves the default chain of the AWS SDK for Rust and prints the access key, or the error, as JSON.

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_credential_types::provider::ProvideCredentials;

#[tokio::main]
async fn main() {
    let chain = DefaultCredentialsChain::builder().build().await;
    match chain.provide_credentials().await {
        Ok(credentials) => println!("{{\"accessKeyId\":\"{}\"}}", credentials.access_key_id()),
        Err(error) => {
            let text = format!("{error:?}");
            eprintln!("{text}");
            println!("{{\"error\":\"{}\"}}", text.split('(').next().unwrap_or_default());
        }
    }
}
