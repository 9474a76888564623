import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** .NET v3, from NuGet, counted by AWSSDK.SecurityToken, which web identity needs. */
export const dotnetV3 = dotnet('dotnet-v3', 'ResolveV3.cs', ['3.7.300', '3.7.400']);

/** .NET v4, from NuGet, counted by AWSSDK.SecurityToken, which web identity needs. */
export const dotnetV4 = dotnet('dotnet-v4', 'ResolveV4.cs', ['4.0.0']);

function dotnet(family, source, versions) {
  return {
    family,
    versions,
    install: ({ version, folder, run }) => {
      copyFileSync(fileURLToPath(new URL(source, import.meta.url)), join(folder, 'Program.cs'));
      writeFileSync(join(folder, 'resolve.csproj'), project(version));
      run('dotnet', 'publish', '-c', 'Release', '-o', 'out');
    },
    command: ({ folder, certificates }) => ({
      argv: ['dotnet', join(folder, 'out', 'resolve.dll')],
      env: { SSL_CERT_FILE: certificates.ca },
    }),
  };
}

function project(version) {
  return `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType>
<TargetFramework>net8.0</TargetFramework></PropertyGroup><ItemGroup>
<PackageReference Include="AWSSDK.SecurityToken" Version="${version}" /></ItemGroup></Project>\n`;
}
