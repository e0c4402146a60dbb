import type { FilterPolicy, FilterScope } from '../protocol';
import { isObject, type JsonObject, own, someWithin } from './json';
import type { FilterFault } from './place';
import { type Branch, readPolicy } from './policy';
import type { Subject } from './subject';

export type { FilterFault } from './place';
export { Subject } from './subject';

// The language is that of Amazon SNS subscription filter policies
// (https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html).

/** A policy that has passed `filterFaults`, made ready once and used for many messages. */
export type Matcher = (subject: Subject) => boolean;

/** All faults (at most 20), none when the policy may be used. Total: never throws, whatever JSON it is given. */
export function filterFaults(policy: unknown, scope: FilterScope): FilterFault[] {
	return [...readPolicy(policy, scope).faults];
}

/**
 * Every key of the policy must fit. A message without attributes lacks every one, and fits `exists: false`. Under
 * scope body a message fits nothing, not even `exists: false`, unless its body is text and a JSON object.
 *
 * A key with a nested policy fits an array when one object in it fits all of that policy, as in aws/event-ruler.
 * @throws on a policy that has faults: it must not have been stored.
 */
export function matcherOf({ scope, policy }: FilterPolicy): Matcher {
	const { branch, faults } = readPolicy(policy, scope);
	if (faults.length > 0) throw new Error(`a filter policy with faults: ${JSON.stringify(faults[0])}`);
	if (scope === 'attributes') return (subject) => fitsAttributes(branch, subject);
	return (subject) => subject.body !== undefined && fitsObject(branch, subject.body);
}

function fitsAttributes({ fields, choices }: Branch, subject: Subject): boolean {
	for (const [name, conditions] of fields) {
		const { value, number } = subject.attribute(name);
		if (!conditions.hold(value, number)) return false;
	}
	return choices.length === 0 || choices.some((choice) => fitsAttributes(choice, subject));
}

/** Undefined is an object that is not there: it has no keys. */
function fitsObject({ fields, children, choices }: Branch, object: JsonObject | undefined): boolean {
	return (
		fields.every(([name, conditions]) => conditions.hold(own(object, name))) &&
		children.every(([name, child]) => fitsWithin(child, own(object, name))) &&
		(choices.length === 0 || choices.some((choice) => fitsObject(choice, object)))
	);
}

function fitsWithin(branch: Branch, value: unknown): boolean {
	let isThere = false;
	const isFit = someWithin(value, (element) => {
		if (!isObject(element)) return false;
		isThere = true;
		return fitsObject(branch, element);
	});
	return isFit || (!isThere && fitsObject(branch, undefined));
}
