import type { Twist, WireTwist } from './draft.ts';
import { spoil } from './hostile-values.ts';

const MIB = 1_048_576;

/** One place of the JSON value: its type, its bounds, its name. */
export const twistValue: Twist = (draft, { random, schemas }) => {
	const { body } = draft.operation;
	if (typeof body === 'string' || draft.json === undefined) return null;
	const [value, how] = spoil(draft.json, body.schema, schemas, random);
	draft.json = value;
	return `value: ${how}`;
};

/** Names of what the key is not for, inside of the body. */
export const forgeBody: Twist = (draft, { knowledge: { foreign } }) => {
	const text = JSON.stringify(draft.json) ?? '';
	const names = /"(queue|to|deadLetter|topic)":("fz-[^"]*"|null)/;
	const field = names.exec(text)?.[1];
	if (field === undefined) return null;
	const name = field === 'topic' ? foreign.topic : foreign.queue;
	draft.json = JSON.parse(text.replace(names, () => `"${field}":${JSON.stringify(name)}`));
	draft.isForged = true;
	draft.mustFail = 'its body names what its key is not for';
	return `body: forged ${field}`;
};

type Mangle = (text: string) => string;

/** Ways to write JSON that is none, or that says something else than it seems to. */
const MANGLED: Readonly<Record<string, Mangle>> = {
	'cut short': (text) => text.slice(0, -1),
	'cut in half': (text) => text.slice(0, text.length / 2),
	'trailing garbage': (text) => `${text}}`,
	'two values': (text) => `${text}${text}`,
	'byte order mark': (text) => `\ufeff${text}`,
	'NaN in it': (text) => text.replace(/:[^,}\]]*/, ':NaN'),
	'Infinity in it': (text) => text.replace(/:[^,}\]]*/, ':-Infinity'),
	'undefined in it': (text) => text.replace(/:[^,}\]]*/, ':undefined'),
	'a huge number': (text) => text.replace(/:[^,}\]]*/, `:${'9'.repeat(100_000)}`),
	'a number too large': (text) => text.replace(/:[^,}\]]*/, ':1e400'),
	'a long fraction': (text) => text.replace(/:[^,}\]]*/, `:0.${'3'.repeat(100_000)}`),
	'a leading zero': (text) => text.replace(/:[^,}\]]*/, ':01'),
	'single quotes': (text) => text.replaceAll('"', "'"),
	'a comment': (text) => `/* */${text}`,
	'a comma too many': (text) => text.replace(/\}$/, ',}'),
	'a key twice': (text) => text.replace(/^\{("[^"]*"):/, '{$1:1,$1:'),
	'__proto__ in front': (text) => text.replace(/^\{/, '{"__proto__":{"max":1},'),
	'deep arrays': (text) => text.replace(/:[^,}\]]*/, () => `:${'['.repeat(10_000)}${']'.repeat(10_000)}`),
	'deep objects': () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
	'deep and open': () => '['.repeat(10_000),
	'deep filter': () => `{"queue":"fz-a","scope":"body","filter":${'{"a":'.repeat(10_000)}["b"]${'}'.repeat(10_000)}}`,
	'many fields': () => `{${Array.from({ length: 20_000 }, (_, index) => `"f${index}":1`).join()}}`,
	'a bad escape': (text) => text.replace('"', '"\\u12'),
	'a control character': (text) => text.replace('"', '"\u0001'),
	'a NUL': (text) => `${text}\u0000`,
	'no value at all': () => ' \n',
	'only a word': () => 'true',
	'only a number': () => '-0',
	'only a text': () => '"a"',
	null: () => 'null',
	'a list': (text) => `[${text}]`,
	'a form': () => 'max=10&waitSeconds=1',
	'a doctype': () => '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
};

export const twistText: WireTwist = (draft, { random }) => {
	if (draft.json === undefined) return null;
	const [name, mangle] = random.pick(Object.entries(MANGLED));
	draft.bytes = Buffer.from(mangle(JSON.stringify(draft.json)));
	draft.json = undefined;
	return `text: ${name}`;
};

/** Bytes that are no UTF-8: cut characters, overlong ones, surrogates, another encoding. */
const BROKEN = ['ff', 'c3', 'c0af', 'eda080', 'f4908080', 'e29d', 'fffe', '80', '00'].map((hex) =>
	Buffer.from(hex, 'hex'),
);

export const twistBytes: WireTwist = (draft, { random }) => {
	if (draft.bytes === null || draft.bytes.length === 0) return null;
	if (random.chance(0.1)) {
		draft.bytes = Buffer.from(Buffer.from(draft.bytes).toString('utf8'), 'utf16le');
		return 'bytes: UTF-16';
	}
	const at = random.between(0, draft.bytes.length);
	const wrong = random.pick(BROKEN);
	draft.bytes = Buffer.concat([draft.bytes.subarray(0, at), wrong, draft.bytes.subarray(at)]);
	return `bytes: ${wrong.toString('hex')} at ${at}`;
};

/** At the bound of the route, and a byte beyond. */
export const enlarge: Twist = (draft, { random }) => {
	const { body, path } = draft.operation;
	if (body === 'none') return null;
	const isWide = /\/(batch|settle)$/.test(path);
	const bound = isWide ? 12 * MIB : MIB;
	const size = bound + random.pick([0, 1, 1, 100_000]);
	const json = JSON.stringify(draft.json ?? {});
	const fill = Buffer.alloc(size, body === 'raw' ? random.pick(['a', '\0', '\xff']) : ' ', 'latin1');
	if (body !== 'raw') Buffer.from(json).copy(fill);
	draft.bytes = fill;
	draft.json = undefined;
	if (size > bound) draft.mustFail = `its body has ${size} bytes, ${bound} are the most`;
	return `size: ${size}`;
};
