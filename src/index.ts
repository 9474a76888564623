export { world } from './model/builder.ts';
