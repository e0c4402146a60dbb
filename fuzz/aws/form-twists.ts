import type { Prng } from '../../test/simulation/prng.ts';
import type { AwsTwist } from './draft.ts';
import type { Pair } from './signer.ts';

// Twists of how a request is written: the form of the Query protocol, the headers of either, its size.

const MIB = 1_048_576;
/** As many as a body may have. */
const MOST_BYTES = 12 * MIB;

interface Bomb {
	readonly pairs: (pairs: readonly Pair[], random: Prng) => readonly Pair[];
	/** Why it must be refused, where that is certain. */
	readonly mustFail?: string;
}

const first = (pairs: readonly Pair[]): Pair => pairs.at(-1) ?? ['a', 'b'];

/** Names of parameters that a parser might take for its own, or that make it do much. */
const BOMBS: Readonly<Record<string, Bomb>> = {
	'a name as value and structure': {
		pairs: (pairs) => [[`${first(pairs)[0]}.1`, 'x'], ...pairs],
		mustFail: 'a parameter is a value and a structure',
	},
	'a structure, then a value': {
		pairs: (pairs) => [...pairs, ['Thing.1', 'x'], ['Thing', 'y']],
		mustFail: 'a parameter is a value and a structure',
	},
	'a parameter twice': { pairs: (pairs) => [...pairs, first(pairs)], mustFail: 'a parameter is given twice' },
	'two actions': { pairs: (pairs) => [...pairs, ['Action', 'ListQueues']], mustFail: 'it has two actions' },
	'an action as a structure': {
		pairs: (pairs) => [...pairs.slice(1), ['Action.1', 'ListQueues']],
		mustFail: 'its action is a structure',
	},
	'no action': { pairs: (pairs) => pairs.slice(1), mustFail: 'it has no action' },
	'an action of a prototype': {
		pairs: (pairs, random) => [['Action', random.pick(['__proto__', 'constructor', 'toString'])], ...pairs.slice(1)],
		mustFail: 'its action is none',
	},
	'an action beyond text': {
		pairs: (pairs, random) => [
			['Action', random.pick(['\u0000', '<x>&', '\ufffe', 'a\u0001', 'x'.repeat(100_000)])],
			...pairs.slice(1),
		],
		mustFail: 'its action is none',
	},
	'a version of the other API': { pairs: (pairs) => [...pairs, ['Version', '2010-03-31']] },
	'a billion entries': {
		pairs: (pairs) => [
			...pairs,
			['Entries.member.1000000000.Id', 'a'],
			['SendMessageBatchRequestEntry.999999999.Id', 'a'],
		],
	},
	'entries out of order': {
		pairs: (pairs) => [
			...pairs,
			...[-1, 0, 1.5, 1e21, '01', 'x', ''].map((at): Pair => [`AttributeName.${at}`, 'All']),
		],
	},
	'thousands of parameters': {
		pairs: (pairs) => [...pairs, ...Array.from({ length: 3_000 }, (_, index): Pair => [`a.${index}`, '1'])],
		mustFail: 'it has too many parameters',
	},
	'thousands of attributes': {
		pairs: (pairs) => [
			...pairs,
			...Array.from({ length: 900 }, (_, index): Pair[] => [
				[`MessageAttribute.${index + 1}.Name`, `n${index}`],
				[`MessageAttribute.${index + 1}.Value.StringValue`, 'v'],
			]).flat(),
		],
	},
	'a deep one': { pairs: (pairs) => [...pairs, [`${'a.'.repeat(9)}b`, '1']] },
	'a deeper one': { pairs: (pairs) => [...pairs, [`${'a.1.'.repeat(50_000)}b`, '1']], mustFail: 'it is too deep' },
	'only dots': { pairs: (pairs) => [...pairs, ['.', '1'], ['..', '1'], ['', '1']] },
	'a prototype': { pairs: (pairs) => [...pairs, ['__proto__', '1']], mustFail: 'it reaches for a prototype' },
	"a prototype's field": {
		pairs: (pairs) => [...pairs, ['__proto__.QueueUrl', 'fz-a'], ['constructor.prototype.x', '1']],
		mustFail: 'it reaches for a prototype',
	},
	'a prototype inside': {
		pairs: (pairs) => [...pairs, ['Attribute.__proto__.Name', 'a'], ['Tag.1.__proto__', 'a']],
		mustFail: 'it reaches for a prototype',
	},
	'names that objects have': {
		pairs: (pairs) => [
			...pairs,
			['constructor', '1'],
			['toString.1', 'x'],
			['hasOwnProperty', ''],
			['valueOf.1.Name', 'x'],
		],
	},
	'a list as an entry': {
		pairs: (pairs) => [...pairs, ['TagKey', 'a'], ['Tags.member', 'b'], ['Attributes.entry', 'c']],
	},
	'a map without names': {
		pairs: (pairs) => [...pairs, ['Attribute.1.Value', 'x'], ['MessageAttribute.1.Value', 'x']],
	},
};

export const plantBomb: AwsTwist = (draft, { random }) => {
	if (draft.pairs === null) return null;
	const [name, { pairs, mustFail }] = random.pick(Object.entries(BOMBS));
	draft.pairs = [...pairs(draft.pairs, random)];
	draft.mustFail ??= mustFail ?? null;
	draft.isAstray = true;
	return `form: ${name}`;
};

/** What is written wrongly, between names and values that are good. */
const NOISE = [
	'%',
	'%zz',
	'%ff=%c0%af',
	'%ed%a0%80=1',
	'a=%00',
	'&&&===',
	';',
	'+',
	'%26Action%3DListQueues',
	'\u0000',
	'[]=1',
];

export const mangleForm: AwsTwist = (draft, { random }) => {
	if (draft.pairs === null || draft.bytes === null) return null;
	const noise = random.pick(NOISE);
	draft.bytes = Buffer.concat([draft.bytes, Buffer.from(`&${noise}`)]);
	return `form: ${noise.slice(0, 20)} in it`;
};

const TARGETS = [
	'',
	'AmazonSQS',
	'AmazonSQS.',
	'AmazonSQS.__proto__',
	'AmazonSQS.constructor',
	'AmazonSQS.SendMessage.x',
	'AmazonSNS.Publish',
	'SendMessage',
	'amazonsqs.sendmessage',
	'AmazonSQS.\xe4',
	'AmazonSQS.SendMessage, AmazonSQS.SendMessage',
	`AmazonSQS.${'x'.repeat(5_000)}`,
	'<x>&',
];

/** Another target in JSON; in Query one at all, which is signed like everything else. */
export const oddTarget: AwsTwist = (draft, { random }) => {
	const others = draft.headers.filter(([name]) => name !== 'x-amz-target');
	draft.headers = [...others, ['x-amz-target', random.pick(TARGETS)]];
	draft.isAstray = true;
	draft.mustFail = 'its target is no action';
	return 'target: odd';
};

const HEADERS: readonly (readonly [string, string])[] = [
	['x-amzn-query-mode', 'maybe'],
	['x-amz-user-agent', 'x'.repeat(5_000)],
	['amz-sdk-request', 'attempt=999; max=1'],
	['amz-sdk-invocation-id', '\xff'],
	['x-amzn-trace-id', 'Root=1-<x>'],
	['x-amz-date', 'yesterday'],
	['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'],
	['x-amz-security-token', 'x'.repeat(10_000)],
	['x-amz-__proto__', '1'],
	['content-encoding', 'aws-chunked'],
];

export const awsHeader: AwsTwist = (draft, { random }) => {
	const [name, value] = random.pick(HEADERS);
	draft.headers.push([name, value]);
	const isRead = name === 'x-amz-content-sha256' || (name === 'x-amz-date' && draft.plan.in === 'header');
	draft.isUnclear ||= isRead;
	if (isRead) draft.mustFail ??= `its ${name} says something else`;
	return `header: ${name}`;
};

export const enlarge: AwsTwist = (draft, { random }) => {
	if (draft.bytes === null) return null;
	const size = MOST_BYTES + random.pick([0, 1, 100_000]);
	const filler = draft.pairs === null ? ' ' : '&';
	const whole = Buffer.alloc(size, filler);
	Buffer.from(draft.bytes).copy(whole);
	draft.bytes = whole;
	if (size > MOST_BYTES) draft.mustFail ??= `its body has ${size} bytes, ${MOST_BYTES} are the most`;
	return `size: ${size}`;
};
