import { decodeText } from '../bodies';
import { AwsError, COMMON } from './errors';
import type { Tree } from './facade';

// The Query protocol (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html): a form in the body or in the address.

/** A batch of ten with ten attributes each has some 500. */
const PARAMETERS = 2_000;
const DEPTH = 10;

interface Branch {
	[name: string]: string | Branch;
}

/** Parameters of address and body, nested by their dots. */
export function queryParameters(address: URLSearchParams, body: Uint8Array): Tree {
	const text = decodeText(body);
	if (text === null) throw new AwsError(COMMON.malformed, 'The body is not valid UTF-8.');
	const root = branch();
	let count = 0;
	for (const parameters of [address, new URLSearchParams(text)]) {
		for (const [name, value] of parameters) {
			if (++count > PARAMETERS) throw new AwsError(COMMON.malformed, `There may be at most ${PARAMETERS} parameters.`);
			if (!name.startsWith('X-Amz-')) plant(root, name, value);
		}
	}
	return root;
}

function plant(root: Branch, name: string, value: string): void {
	const parts = name.split('.', DEPTH + 1);
	if (parts.length > DEPTH) throw new AwsError(COMMON.malformed, 'A parameter is nested too deeply.');
	// No parameter is called so, and the signature of an address does not cover the value of one that is.
	if (parts.includes('__proto__')) throw new AwsError(COMMON.malformed, 'A parameter may not be named __proto__.');
	const last = parts.pop() as string;
	let at = root;
	for (const part of parts) {
		at[part] ??= branch();
		const next = at[part];
		if (typeof next === 'string')
			throw new AwsError(COMMON.malformed, `${part} is given as a value and as a structure.`);
		at = next;
	}
	if (at[last] !== undefined) {
		const how = typeof at[last] === 'object' ? 'as a value and as a structure' : 'more than once';
		throw new AwsError(COMMON.malformed, `${last} is given ${how}.`);
	}
	at[last] = value;
}

/** Without a prototype: names are the client's. */
function branch(): Branch {
	return Object.create(null) as Branch;
}

/** What stands under `.1`, `.2` and so on, in the order of these numbers. */
export function listOf(tree: string | Tree | undefined): (string | Tree)[] {
	if (tree === undefined) return [];
	if (typeof tree === 'string') return [tree];
	const numbered = Object.entries(tree).filter(([name]) => /^\d{1,9}$/.test(name));
	return numbered.sort(([one], [other]) => Number(one) - Number(other)).map(([, value]) => value);
}
