import { buildGoDriver, goCommand } from './build.mjs';
import { words } from '../words.mjs';

/** Go v2, counted by its module `config`. */
export const goV2 = {
  family: 'go-v2',
  versions: words('1.0.0 1.17.10 1.24.0 1.25.0 1.26.0 1.26.1 1.27.33 1.27.34 1.33.18'),
  install: (machine) =>
    buildGoDriver(machine, 'v2/resolve.go', 'github.com/aws/aws-sdk-go-v2/config', machine.version),
  command: goCommand,
};
