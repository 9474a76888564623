import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder for installed SDKs: never inside the project. */
export function cacheFolder() {
  return process.env['WHICHROLE_LAB_CACHE'] ?? join(tmpdir(), 'whichrole-sdks');
}

/**
 * Installs one version of an SDK, unless that was done before.
 *
 * @returns the folder with it
 * @throws Error with the installer's last words
 */
export function installed({ family, version, install }) {
  const folder = join(cacheFolder(), family, version);
  const done = join(folder, '.installed');
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install({ version, folder, run: (command, ...options) => run(folder, command, options) });
  writeFileSync(done, '');
  return folder;
}

function run(cwd, command, options) {
  try {
    return execFileSync(command, options, {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 20 * 60_000,
      maxBuffer: 64 << 20,
    });
  } catch (error) {
    const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n').slice(-8).join('\n');
    throw new Error(`${command} ${options.join(' ')}: ${said || error.message}`, { cause: error });
  }
}
