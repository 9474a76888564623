import { findOutcome, type PropertyScope } from '../findOutcome.ts';
import { propertyOf, type Property } from '../property.ts';

/**
 * No container gets the role of its node from the metadata service, whatever the unknown facts are.
 *
 * @example
 * const node = 'arn:aws:iam::111122223333:role/node';
 * const built = world().nodeDefaults({ roleArn: node }).pod('pay/api').build();
 * neverNodeRole({ namespace: 'pay' }).check(built).kind // => 'fails'
 */
export function neverNodeRole(scope: PropertyScope = {}): Property {
  const where = scope.namespace === undefined ? '' : ` of namespace ${scope.namespace}`;
  return propertyOf('neverNodeRole', `no pod${where} gets the role of its node`, (world) =>
    findOutcome(world, scope, ({ mechanism }) => mechanism === 'imds'),
  );
}
