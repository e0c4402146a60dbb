import { expect } from 'vitest';
import { filterFaults, matcherOf, Subject } from '../../durable-objects/filter/filter';
import type { FilterScope } from '../../durable-objects/protocol';

/** Whether a message fits a policy, which must have no fault. */
export function fits(
	policy: Readonly<Record<string, unknown>>,
	scope: FilterScope,
	content: { attributes?: Record<string, string>; body?: string },
): boolean {
	expect(filterFaults(policy, scope)).toEqual([]);
	return matcherOf({ scope, policy })(new Subject({ body: '', ...content }));
}

export const inBody = (policy: Readonly<Record<string, unknown>>, body: unknown) =>
	fits(policy, 'body', { body: JSON.stringify(body) });
