import { buildGoDriver, goCommand } from './build.mjs';
import { words } from '../words.mjs';

/** Go v1, with shared config enabled, as nearly every program has it. */
export const goV1 = {
  family: 'go-v1',
  versions: words(
    '1.20.21 1.21.0 1.23.13 1.25.37 1.25.38 1.34.0 1.44.133 1.47.1 1.47.2 1.47.10 1.47.11 1.50.0',
    '1.55.8',
  ),
  install: (machine) => buildGoDriver(machine, 'v1/resolve.go', 'github.com/aws/aws-sdk-go', machine.version),
  command: goCommand,
};
