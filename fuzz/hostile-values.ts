import type { Prng } from '../test/simulation/prng.ts';
import { resolved, type Schema, type Schemas } from './schema.ts';

/** A place in a JSON value, and what the document says of it. */
interface Place {
	readonly holder: Record<string | number, unknown>;
	readonly name: string | number;
	readonly schema: Schema;
}

const HUGE = 100_000;

/** One of each type, and what else JSON can hold; the schema says which of them are wrong. */
const ODD: readonly unknown[] = [
	null,
	true,
	0,
	-1,
	0.5,
	-0,
	1e308,
	-1e308,
	5e-324,
	2 ** 53,
	2 ** 53 + 2,
	2 ** 31,
	2 ** 32,
	'',
	' ',
	'a',
	'0',
	'NaN',
	'1e3',
	'\ud800',
	'a\udfff',
	'\u0000',
	'..',
	'../../../../etc/passwd',
	'__proto__',
	'x'.repeat(81),
	'x'.repeat(257),
	[],
	[null],
	[[]],
	{},
	{ length: 1 },
	{ toString: 1, valueOf: 1 },
	JSON.parse('{"then": true}'),
	JSON.parse('{"__proto__": {"max": 1}}'),
	JSON.parse('{"constructor": {"prototype": {}}}'),
	{ sequence: -1 },
	{ sequence: 2 ** 60 },
];

/** Names that an object has without being given them, and some that Sluice has elsewhere. */
const NAMES = [
	'__proto__',
	'constructor',
	'prototype',
	'toString',
	'hasOwnProperty',
	'',
	'a b',
	'\u0000',
	'Max',
	'0',
	'n'.repeat(HUGE),
];

/** Changes one place of a JSON value for the worse; answers the value, which may be another one, and what was done. */
export function spoil(value: unknown, schema: Schema, schemas: Schemas, random: Prng): [value: unknown, how: string] {
	const root = { value };
	const places = placesIn(root, 'value', schema, schemas);
	const { holder, name, schema: of } = random.pick(places);
	const how = random.pick(WAYS);
	how.apply(holder, name, of, random);
	return [root.value, `${how.name} at ${String(name)}`];
}

function placesIn(holder: Place['holder'], name: string | number, schema: Schema, schemas: Schemas): Place[] {
	const shape = resolved(schema, schemas);
	const value = holder[name];
	const here = { holder, name, schema: shape };
	if (Array.isArray(value)) {
		const within = value as unknown as Place['holder'];
		return [here, ...value.flatMap((_, index) => placesIn(within, index, shape.items ?? {}, schemas))];
	}
	if (typeof value !== 'object' || value === null) return [here];
	const within = value as Place['holder'];
	const named = Object.keys(value).flatMap((key) => placesIn(within, key, shape.properties?.[key] ?? {}, schemas));
	// Also what is left out can be given, wrongly.
	const absent = Object.entries(shape.properties ?? {}).filter(([key]) => !(key in within));
	return [here, ...named, ...absent.map(([key, of]) => ({ holder: within, name: key, schema: resolved(of, schemas) }))];
}

interface Way {
	readonly name: string;
	readonly apply: (holder: Place['holder'], name: string | number, schema: Schema, random: Prng) => void;
}

const WAYS: readonly Way[] = [
	{
		name: 'odd value',
		apply: (holder, name, _, random) => {
			holder[name] = structuredClone(random.pick(ODD));
		},
	},
	{
		name: 'bound',
		apply: (holder, name, schema, random) => {
			holder[name] = random.pick(boundsOf(schema, holder[name]));
		},
	},
	{
		name: 'left out',
		apply: (holder, name) => {
			delete holder[name];
		},
	},
	{
		name: 'unknown field',
		apply: (holder, name, _, random) => {
			const at = holder[name];
			const into = typeof at === 'object' && at !== null ? at : holder;
			// JSON has none on lists, and one named constructor would break them here.
			if (Array.isArray(into)) return;
			Object.defineProperty(into, random.pick(NAMES), {
				value: 1,
				enumerable: true,
				configurable: true,
				writable: true,
			});
		},
	},
	{
		name: 'wrapped',
		apply: (holder, name, _, random) => {
			holder[name] = random.chance(0.5) ? [holder[name]] : { value: holder[name] };
		},
	},
];

/** At a bound of the schema, and one step beyond it. */
function boundsOf(schema: Schema, value: unknown): unknown[] {
	const { minimum, maximum, minLength, maxLength, minItems, maxItems, items } = schema;
	const found: unknown[] = ['x'.repeat(HUGE), Array(1_000).fill(value ?? 1), Number.MAX_VALUE];
	const step = schema.type === 'integer' ? 1 : 0.000_1;
	if (minimum !== undefined) found.push(minimum, minimum - step, -minimum);
	if (maximum !== undefined) found.push(maximum, maximum + step, maximum * 1_000, String(maximum));
	if (minLength !== undefined) found.push('x'.repeat(minLength), 'x'.repeat(Math.max(0, minLength - 1)));
	if (maxLength !== undefined) found.push('x'.repeat(maxLength), 'x'.repeat(maxLength + 1), '🎌'.repeat(maxLength));
	if (schema.pattern !== undefined) found.push('\n', 'a\n', ' a', 'ä', 'a'.repeat(HUGE), `${'a'.repeat(HUGE)}!`);
	if (schema.format === 'date-time') found.push(...INSTANTS);
	if (schema.type === 'array' || items !== undefined) {
		const [entry = 'x'] = Array.isArray(value) ? value : [];
		for (const count of [minItems ?? 0, (minItems ?? 1) - 1, maxItems ?? 0, (maxItems ?? 0) + 1]) {
			found.push(Array(Math.max(0, count)).fill(entry));
		}
	}
	return found;
}

const INSTANTS = [
	'0000-01-01T00:00:00Z',
	'1969-12-31T23:59:59Z',
	'9999-12-31T23:59:59Z',
	'+275760-09-13T00:00:00Z',
	'2026-02-30T00:00:00Z',
	'2026-01-01T24:00:00Z',
	'2026-01-01T00:00:00',
	'2026-01-01T00:00:00+23:59',
	'2026-01-01T00:00:60Z',
	'2026-01-01T00:00:00.0000000000000000000001Z',
	'now',
	'earliest',
];
