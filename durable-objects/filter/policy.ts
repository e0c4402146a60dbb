import type { FilterScope } from '../protocol';
import { Conditions } from './conditions';
import { isObject, type JsonObject } from './json';
import { readCondition } from './operators';
import { type FilterFault, Place } from './place';

/** Amazon SNS, "Filter policy constraints": combinations of values of one policy. */
const COMBINATIONS = 150;
/** Own bound, in place of AWS's measure of wildcards: each pattern may read all of a text, in milliseconds. */
const WILDCARDS = 10;
/** Own bound, which AWS does not have: the checks and every match recurse this deep, and no further. */
const LEVELS = 16;
/** Own bound, where AWS has 256 KB: the filters of a topic's 1,000 subscriptions are sent in one call. */
const POLICY_BYTES = 16 * 1_024;

const OR = '$or';
/**
 * Names that keep `$or` from being the operator: "reserved keywords" in Amazon SNS, "AND/OR logic", which does not
 * list them; these are RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP of aws/event-ruler.
 */
const RESERVED: ReadonlySet<string> = new Set([
	...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric', 'cidr'],
	...['=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after'],
	...['date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range', 'ip-address-in-range'],
	'ip-address-not-in-range',
]);

/** An object of a policy, read: all fields and children must hold and, where there are any, one of the choices. */
export interface Branch {
	readonly fields: (readonly [name: string, conditions: Conditions])[];
	readonly children: (readonly [name: string, branch: Branch])[];
	readonly choices: Branch[];
}

/** A policy and what is wrong with it; the branch is of use only when nothing is. Takes any JSON, and never throws. */
export function readPolicy(policy: unknown, scope: FilterScope): { branch: Branch; faults: readonly FilterFault[] } {
	const root = new Place();
	const branch = readBranch(policy, scope, 1, root);
	// Only what passed is known to be shallow enough for these.
	if (root.faults.length === 0) {
		const bytes = new TextEncoder().encode(JSON.stringify(policy)).length;
		if (bytes > POLICY_BYTES) root.refuse(`must be at most ${POLICY_BYTES} bytes of JSON: it has ${bytes}`);
		if (wildcards(branch) > WILDCARDS) root.refuse(`must have at most ${WILDCARDS} wildcard patterns`);
		const combined = combinations(branch, 1);
		if (combined > COMBINATIONS) root.refuse(`must have at most ${COMBINATIONS} combinations of values`);
	}
	return { branch, faults: root.faults };
}

function readBranch(policy: unknown, scope: FilterScope, level: number, place: Place): Branch {
	const branch: Branch = { fields: [], children: [], choices: [] };
	if (!isObject(policy)) {
		place.refuse('must be an object');
	} else if (level > LEVELS) {
		place.refuse(`must not be nested deeper than ${LEVELS} levels`);
	} else {
		const names = Object.keys(policy);
		if (names.length === 0) place.refuse('must have a key');
		for (const name of names) readKey(branch, name, policy[name], scope, level, place.at(name));
	}
	return branch;
}

function readKey(branch: Branch, name: string, value: unknown, scope: FilterScope, level: number, place: Place): void {
	if (name === OR && isChoice(value)) {
		branch.choices.push(...value.map((choice, index) => readBranch(choice, scope, level + 1, place.at(index))));
	} else if (Array.isArray(value)) {
		branch.fields.push([name, readConditions(value, place)]);
	} else if (!isObject(value)) {
		place.refuse(scope === 'body' ? 'must be an array or an object' : 'must be an array');
	} else if (scope === 'body') {
		branch.children.push([name, readBranch(value, scope, level + 1, place)]);
	} else {
		place.refuse('must be an array: only a filter of scope body has nested keys');
	}
}

function readConditions(values: readonly unknown[], place: Place): Conditions {
	const conditions = new Conditions();
	if (values.length === 0) place.refuse('must not be empty');
	for (const [index, value] of values.entries()) {
		const condition = readCondition(value, place.at(index));
		if (condition !== undefined) conditions.add(condition);
	}
	return conditions;
}

/**
 * Whether `$or` is the operator and not a key like any other: an array of at least two objects, no key of which is
 * reserved (Amazon SNS, "AND/OR logic").
 */
function isChoice(value: unknown): value is readonly JsonObject[] {
	if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) return false;
	return !value.some((choice) => Object.keys(choice).some((name) => RESERVED.has(name)));
}

/**
 * The numbers of values of all keys, multiplied, each times the level of its key; `$or` adds up its choices (Amazon
 * SNS, "Filter policy constraints" and "AND/OR logic"). A list behind anything-but counts with all its values, so
 * that this bounds the conditions a value is compared with.
 */
function combinations({ fields, children, choices }: Branch, level: number): number {
	let product = 1;
	for (const [, conditions] of fields) product *= conditions.values * level;
	for (const [, child] of children) product *= combinations(child, level + 1);
	if (choices.length === 0) return product;
	return product * choices.reduce((sum, choice) => sum + combinations(choice, level), 0);
}

function wildcards({ fields, children, choices }: Branch): number {
	let sum = 0;
	for (const [, conditions] of fields) sum += conditions.wildcards;
	for (const branch of [...children.map(([, child]) => child), ...choices]) sum += wildcards(branch);
	return sum;
}
