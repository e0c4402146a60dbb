import type { Prng } from '../test/simulation/prng.ts';
import type { Knowledge } from './knowledge.ts';
import { resolved, type Schema, type Schemas } from './schema.ts';

/** Texts that are allowed wherever text is, and that careless code trips over. */
const TEXTS = [
	'a',
	'order 1',
	'{"status":"shipped","total":120}',
	'grüße aus 東京 🎌',
	'e\u0301\u200d\u202etxt.exe',
	"'; DROP TABLE segment; --",
	'<script>alert(1)</script>',
	'__proto__',
	'constructor',
	'\u0000',
	'a\u0000b',
	'\r\nx-injected: 1',
	'%00%2e%2e%2f',
	'{{7*7}}',
	'\ufeff',
	'\uffff',
	'null',
	'-1',
];

const FILTERS: readonly unknown[] = [
	null,
	{ kind: ['paid'] },
	{ kind: [{ prefix: 'a' }], total: [{ numeric: ['>=', 100] }] },
	{ kind: [{ exists: false }] },
	{ kind: [{ 'anything-but': ['a', 'b'] }] },
	{ a: { b: ['c'] } },
	{ kind: [{ wildcard: '*a*b*' }] },
	{ kind: [] },
	{ kind: 'paid' },
	{ kind: [{ nonsense: 1 }] },
	{ $or: [{ a: ['b'] }, { c: ['d'] }] },
];

/** What a value is made for: the queue of the path decides which receipts and ids are good. */
export interface Setting {
	readonly random: Prng;
	readonly knowledge: Knowledge;
	readonly schemas: Schemas;
	readonly queue: string;
	/** Milliseconds since 1970: instants lie around it. */
	readonly now: number;
}

/** A value that the schema allows, and that mostly means something to Sluice. */
export function exampleOf(schema: Schema, setting: Setting, name = ''): unknown {
	const { random, schemas } = setting;
	const shape = resolved(schema, schemas);
	const known = KNOWN[name]?.(setting, shape);
	if (known !== undefined) return known;
	if (shape.enum !== undefined) return random.pick(shape.enum);
	if (shape.anyOf !== undefined) {
		const [first = {}] = shape.anyOf;
		return exampleOf(random.chance(0.5) ? first : random.pick(shape.anyOf), setting, name);
	}
	const types = typeof shape.type === 'string' ? [shape.type] : (shape.type ?? ['string']);
	switch (types.length > 1 && random.chance(0.2) ? 'null' : types[0]) {
		case 'integer':
		case 'number':
			return numberOf(shape, random, types[0] === 'integer');
		case 'boolean':
			return random.chance(0.5);
		case 'null':
			return null;
		case 'array':
			return arrayOf(shape, setting, name);
		case 'object':
			return objectOf(shape, setting);
		default:
			return textOf(shape, setting);
	}
}

function numberOf({ minimum = 0, maximum = 1_000 }: Schema, random: Prng, isWhole: boolean): number {
	const high = Math.min(maximum, minimum + (random.chance(0.9) ? 10 : 1_000));
	const value = minimum + random.next() * (high - minimum);
	return isWhole ? Math.floor(value) : Math.round(value * 1_000) / 1_000;
}

function textOf({ maxLength = 1_000, format }: Schema, { random, now }: Setting): string {
	if (format === 'date-time') return new Date(now + random.between(-3_600_000, 3_600_000)).toISOString();
	return random.pick(TEXTS).slice(0, maxLength);
}

function arrayOf({ items = {}, minItems = 0, maxItems = 3 }: Schema, setting: Setting, name: string): unknown[] {
	const count = setting.random.between(minItems, Math.min(maxItems, Math.max(minItems, 3)));
	// The entries of `receipts` are receipts.
	const singular = name === 'ack' ? 'receipt' : name.replace(/s$/, '');
	const entries = Array.from({ length: count }, () => exampleOf(items, setting, singular));
	return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function objectOf({ properties = {}, required = [] }: Schema, setting: Setting): Record<string, unknown> {
	const value: Record<string, unknown> = {};
	for (const [name, schema] of Object.entries(properties)) {
		const wanted = required.includes(name) || setting.random.chance(LIKELY[name] ?? 0.2);
		if (wanted) value[name] = exampleOf(schema, setting, name);
	}
	return consistent(value, setting.random);
}

/** Fields that are asked for more often than others, because little happens without them. */
const LIKELY: Readonly<Record<string, number>> = {
	ack: 0.8,
	max: 0.6,
	key: 0.3,
	queue: 0.5,
	maxBacklog: 0.03,
	ratePerSecond: 0.9,
};

/** What the schema does not say: fields that exclude each other. */
function consistent(value: Record<string, unknown>, random: Prng): Record<string, unknown> {
	if ('messages' in value && 'receipt' in value) delete value.receipt;
	if ('messages' in value && 'queue' in value) delete value.topic;
	if (value.encoding === 'base64') value.body = Buffer.from(String(value.body)).toString('base64');
	if ('key' in value) delete value.priority;
	if (random.chance(0.7)) delete value[random.chance(0.5) ? 'deliverAt' : 'delaySeconds'];
	return value;
}

type Make = (setting: Setting, schema: Schema) => unknown;

/** Fields that mean something beyond their schema; undefined: as the schema says. */
const KNOWN: Readonly<Record<string, Make>> = {
	// An entry of `receipts` may also be an object with a receipt in it.
	receipt: ({ random, knowledge, queue }, { type }) =>
		type === 'string' ? knowledge.receipts.take(random, queue) : undefined,
	id: ({ random, knowledge, queue }) => knowledge.messageId(random, queue),
	queue: ({ random, knowledge }) => knowledge.queue(random),
	topic: ({ random, knowledge }) => knowledge.topic(random),
	// Of a redrive; a seek's is a place.
	to: ({ random, knowledge }, { anyOf }) =>
		anyOf === undefined && random.chance(0.5) ? knowledge.queue(random) : undefined,
	// So slow that there is time to watch it and to cancel it.
	ratePerSecond: ({ random }) => random.pick([0.5, 0.5, 1, 100]),
	attemptId: ({ random }) => random.pick(['again', 'r-1', 'ä']),
	deadLetter: ({ random, knowledge }) => (random.chance(0.5) ? null : knowledge.queue(random)),
	force: ({ random }) => random.pick(['true', 'true', 'false']),
	after: ({ random, knowledge }) => knowledge.cursor(random),
	pattern: ({ random }) => random.pick(['fz-none-*', 'fz-none']),
	filter: ({ random }) => random.pick(FILTERS),
	// A long poll holds its client up.
	waitSeconds: ({ random }) => random.between(0, 50) / 1_000,
	visibilityTimeoutSeconds: ({ random }) => random.pick([1, 5, 30]),
	// Each partition is an object: a few are enough to find what several of them get wrong.
	partitions: ({ random }) => random.weighted([[12, 1] as const, [2, 2] as const, [1, 3] as const]),
	retentionSeconds: ({ random }) => random.pick([60, 345_600, 31_536_000]),
	attributes: ({ random }) => ({ kind: random.pick(['paid', 'refund-1', 'ä']), [random.pick(['a', 'B.c'])]: '1' }),
	contentType: ({ random }) => random.pick(['text/plain', 'application/json', 'x']),
	traceparent: () => '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
	name: ({ random }) => random.pick(['x', 'reader', 'A_b-9']),
};
