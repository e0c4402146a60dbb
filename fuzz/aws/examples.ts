import type { Prng } from '../../test/simulation/prng.ts';
import { isFifo } from './knowledge.ts';

// Parts of parameters that several actions have.

/** What both APIs carry. */
const BODIES = [
	'a',
	'{"status":"shipped","total":120}',
	'grüße aus 東京 🎌',
	'<script>alert("&amp;")</script>',
	']]>',
	'a\r\nb\tc',
	'\u0085\u2028\u2029',
	'\ufffd\ue000',
	'%00+&=',
	'__proto__',
];

export function textOf(random: Prng): string {
	return random.pick(BODIES);
}

/** For a message: attributes by name, typed. */
export function messageAttributes(random: Prng) {
	const all = {
		kind: { DataType: 'String', StringValue: random.pick(['paid', 'refund-1', 'ä<&>']) },
		'B.c': { DataType: 'Number', StringValue: random.pick(['1', '-1.5e3']) },
		'b-1': { DataType: 'Binary', BinaryValue: 'AP8=' },
		custom_x: { DataType: 'String.x', StringValue: 'custom' },
	};
	return Object.fromEntries(Object.entries(all).filter(() => random.chance(0.5)));
}

/** What a message to a queue or topic of this name needs, beside its text. */
export function ordering(name: string, random: Prng): Record<string, unknown> {
	if (!isFifo(name)) return random.chance(0.1) ? { MessageGroupId: 'g' } : {};
	return {
		MessageGroupId: random.pick(['g', 'h', 'a.b-c!']),
		MessageDeduplicationId: random.chance(0.9) ? `d${random.between(0, 1_000_000)}` : 'same',
	};
}

/** Distinct ids of up to three entries. */
export function entries<Entry>(random: Prng, make: (id: string) => Entry): Entry[] {
	return ['1', 'b_2', 'c-3'].slice(0, random.between(1, 3)).map(make);
}

/** Without what is undefined. */
export function defined(parameters: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

export function some<Value>(random: Prng, chance: number, value: () => Value): Value | undefined {
	return random.chance(chance) ? value() : undefined;
}
