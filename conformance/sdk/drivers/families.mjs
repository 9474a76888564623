import { awsCliV1 } from './cli/awsCliV1.mjs';
import { awsCliV2 } from './cli/awsCliV2.mjs';
import { cpp } from './cpp/cpp.mjs';
import { dotnetV3, dotnetV4 } from './dotnet/dotnet.mjs';
import { goV1 } from './go/goV1.mjs';
import { goV2 } from './go/goV2.mjs';
import { javaV1 } from './java/javaV1.mjs';
import { javaV2 } from './java/javaV2.mjs';
import { jsV2 } from './javascript/jsV2.mjs';
import { jsV3 } from './javascript/jsV3.mjs';
import { kotlin } from './kotlin/kotlin.mjs';
import { php } from './php/php.mjs';
import { botocore } from './python/botocore.mjs';
import { ruby } from './ruby/ruby.mjs';
import { rust } from './rust/rust.mjs';
import { swift } from './swift/swift.mjs';

/**
 * The SDK families that the lab can record. An entry says which versions are recorded, oldest first, how
 * one is installed, and how its driver is started; a new SDK is a new folder here and a line below.
 */
export const families = [
  goV1,
  goV2,
  jsV3,
  jsV2,
  botocore,
  awsCliV1,
  awsCliV2,
  javaV1,
  javaV2,
  kotlin,
  rust,
  ruby,
  cpp,
  php,
  dotnetV3,
  dotnetV4,
  swift,
];
