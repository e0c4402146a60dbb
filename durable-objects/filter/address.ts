// IP addresses and the ranges of them that a cidr condition names.

/** An address as words of 16 bits: two of IPv4, eight of IPv6. */
export type Address = readonly number[];

/** The addresses that share the first `bits` bits. */
export interface AddressRange {
	readonly address: Address;
	readonly bits: number;
}

const WORD_BITS = 16;
/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`: what is longer need not be looked at. */
const LONGEST = 45;
const OCTET = /^(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/** The address that a text is; undefined where it is none, also with an octet of leading zeros or a zone. */
export function addressOf(text: string): Address | undefined {
	if (text.length > LONGEST) return undefined;
	return text.includes(':') ? sixOf(text) : fourOf(text);
}

/** The range that a text like `10.0.0.0/24` or `2001:db8::/32` is, or what is wrong with it. */
export function rangeOf(text: string): AddressRange | { readonly rule: string } {
	const [before = '', after, ...more] = text.split('/');
	if (after === undefined || more.length > 0) return { rule: 'must be an IP address, one / and a number of bits' };
	const address = addressOf(before);
	if (address === undefined) return { rule: 'must start with an IPv4 or IPv6 address' };
	const longest = address.length * WORD_BITS;
	const bits = OCTET.test(after) ? Number(after) : Number.NaN;
	return bits <= longest ? { address, bits } : { rule: `must end with a number of bits from 0 to ${longest}` };
}

export function isWithin(address: Address, range: AddressRange): boolean {
	if (address.length !== range.address.length) return false;
	for (let at = 0, left = range.bits; left > 0; at++, left -= WORD_BITS) {
		const free = Math.max(0, WORD_BITS - left);
		if ((address[at] as number) >> free !== (range.address[at] as number) >> free) return false;
	}
	return true;
}

function fourOf(text: string): Address | undefined {
	const octets = text.split('.');
	if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return undefined;
	const [first, second, third, fourth] = octets.map(Number) as [number, number, number, number];
	return [first * 256 + second, third * 256 + fourth];
}

function sixOf(text: string): Address | undefined {
	const [head, tail, ...more] = text.split('::');
	const before = groupsOf(head as string, tail === undefined);
	const after = groupsOf(tail ?? '', true);
	if (before === undefined || after === undefined || more.length > 0) return undefined;
	const missing = 8 - before.length - after.length;
	if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
	return [...before, ...Array<number>(missing).fill(0), ...after];
}

/** The words of groups between colons; the end of an address may be written as IPv4 (RFC 4291, 2.2). */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
	if (text === '') return [];
	const groups = text.split(':');
	const four = isEnd && text.includes('.') ? fourOf(groups.pop() as string) : [];
	if (four === undefined || !groups.every((group) => GROUP.test(group))) return undefined;
	return [...groups.map((group) => Number.parseInt(group, 16)), ...four];
}
