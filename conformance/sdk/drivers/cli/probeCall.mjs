import { addresses } from '../../lab/namespace.mjs';

/** Any call that the CLI signs; the probe reads from it whose credentials it has. */
export const probeCall = ['dynamodb', 'list-tables', '--endpoint-url', `http://${addresses.probe}`];
