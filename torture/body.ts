/** Every so many messages one is poison: no consumer ever succeeds with it. */
const poisonEvery = 60;

const longestPadding = 600;

/** A message's body follows from its label, so that a changed one is noticed wherever it turns up. */
export function bodyOf(label: string): string {
	return `${label}|${'~'.repeat(hash(label) % longestPadding)}`;
}

/** The label of a body; empty where it is not one that `bodyOf` makes. */
export function labelOf(body: string): string {
	const label = body.slice(0, body.indexOf('|'));
	return body === bodyOf(label) ? label : '';
}

export function isPoison(label: string): boolean {
	return hash(`poison ${label}`) % poisonEvery === 0;
}

/** FNV-1a: a 32-bit number for a text. */
export function hash(text: string): number {
	let value = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
	return value >>> 0;
}
