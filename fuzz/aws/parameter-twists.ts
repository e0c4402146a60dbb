import type { Prng } from '../../test/simulation/prng.ts';
import { spoil } from '../hostile-values.ts';
import { FORGED } from '../receipt-twists.ts';
import type { AwsDraft, AwsTwist } from './draft.ts';

// Twists of what an action is asked for, while it is still a value.

export const spoilParameters: AwsTwist = (draft, { random }) => {
	const [value, how] = spoil(draft.json, {}, {}, random);
	draft.json = value;
	return `value: ${how}`;
};

const LONG = 100_000;

/** For any text: what XML cannot have, what UTF-8 cannot have, and what is read as more than text somewhere. */
const TEXTS: readonly string[] = [
	'\u0000',
	'a\u0001\u0008\u000b\u001f',
	'\ufffe\uffff',
	'\ud800',
	'a\udc00b',
	']]>',
	'<!--',
	'<!DOCTYPE a [<!ENTITY b SYSTEM "file://localhost/etc/passwd">]>',
	'&b;&#0;&lt;',
	'\r\n\t',
	'\u0085\u2028',
	'',
	'NaN',
	'-1',
	'1e999',
	'0x10',
	'1.0000000000000000001',
	'99999999999999999999',
	'__proto__',
	'constructor',
	'toString',
	'{"__proto__":{"a":1}}',
	'{"deadLetterTargetArn":"arn:aws:sqs:::fz-aws-dead","maxReceiveCount":1e999}',
	'{"deadLetterTargetArn":{"a":1},"maxReceiveCount":[1]}',
	'{"deadLetterTargetArn":"arn:aws:sqs:::fz-aws-dead","maxReceiveCount":{"toString":1}}',
	`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
	'{"Statement":[null,1,"a",{"Sid":"one"},[]]}',
	'[]',
	'null',
	'"',
	`${'['.repeat(LONG)}`,
	'x'.repeat(LONG),
	'🎌'.repeat(LONG / 4),
	'&'.repeat(LONG),
	'/'.repeat(LONG),
	`${'/'.repeat(LONG)}x`,
	':'.repeat(LONG),
	`arn:aws:sqs:${':'.repeat(LONG)}`,
	'arn:aws:sqs:us-east-1:000000000000:',
	'arn:aws:sqs:us-east-1:000000000000:a:b:c',
	'arn:aws:sqs:us-east-1:1e9:fz-aws-a',
	'arn:aws:sqs:us-east-1:000000000000:fz-aws-a\n',
	'arn:aws:sns:us-east-1:000000000000:fz-aws-s:../../one',
	'arn:aws:sns:us-east-1:000000000000:fz-aws-s:__proto__',
	'arn:aws:iam::000000000000:root',
	'http://[::1',
	'file://localhost/etc/passwd',
	'javascript:alert(1)',
	'http://169.254.169.254/latest/meta-data/fz-aws-a',
	'https://a:b@c/fz-aws-a?x#y',
	'//fz-aws-a',
	'http://%00/fz-aws-a',
	'../../fz-aws-a',
	'fz-aws-a/..',
	'.fifo',
	'fz-aws-a.FIFO',
	'W10=',
	'eyJ0YXNrSWQiOiJhIn0=',
	'====',
];

export const hostileText: AwsTwist = (draft, { random }) => {
	const places = textsIn(draft.json);
	if (places.length === 0) return null;
	const { holder, name } = random.pick(places);
	holder[name] = random.pick(TEXTS);
	return `text: hostile at ${name.slice(0, 40)}`;
};

interface Place {
	readonly holder: Record<string, unknown>;
	readonly name: string;
	readonly text: string;
}

function textsIn(value: unknown): Place[] {
	if (typeof value !== 'object' || value === null) return [];
	const holder = value as Record<string, unknown>;
	return Object.entries(holder).flatMap(([name, within]) =>
		typeof within === 'string' ? [{ holder, name, text: within }] : textsIn(within),
	);
}

/** Where names stand that a key must cover. */
const NAMED =
	/^(QueueUrl|QueueName|Name|SourceArn|DestinationArn|TopicArn|TargetArn|ResourceArn|Endpoint|SubscriptionArn|RedrivePolicy|TaskHandle)$/;
const OWN = /fz-[\w-]+(\.fifo)?/g;

/** Names what the key is not for, in one of the ways that might be read as something else. */
export const forgeName: AwsTwist = (draft, { random, knowledge: { foreign } }) => {
	const places = textsIn(draft.json).filter(({ name, text }) => NAMED.test(name) && namesOwn(text));
	if (places.length === 0) return null;
	const { holder, name, text } = random.pick(places);
	const secret = isTopic(name, text, draft) ? foreign.topic : foreign.queue;
	const forged = name === 'QueueUrl' ? random.pick(disguises(secret)) : secret;
	holder[name] = name === 'TaskHandle' ? renamed(text, secret) : text.replaceAll(OWN, () => forged);
	draft.mustFail = 'it names what its key is not for';
	return `forged: ${name}`;
};

/** The handle of a move, of another queue. */
function renamed(handle: string, queue: string): string {
	const fields = Buffer.from(handle, 'base64').toString();
	return Buffer.from(fields.replaceAll(OWN, () => queue)).toString('base64');
}

function namesOwn(text: string): boolean {
	return text.search(OWN) !== -1 || /^eyJ[\w+/]{80,}=*$/.test(text);
}

function isTopic(name: string, text: string, { operation }: AwsDraft): boolean {
	return text.includes(':sns:') || (operation.api === 'sns' && name === 'Name');
}

function disguises(secret: string): string[] {
	return [
		secret,
		`fz-a/../${secret}`,
		`fz-a/${secret}`,
		`${secret}/`,
		`${secret}?fz-a`,
		`${secret}?/fz-a`,
		`${secret}#fz-a`,
		`${secret}#/fz-a`,
		`%63${secret.slice(1)}`,
		`${secret}%00fz-a`,
		`${secret}%2ffz-a`,
		`${secret}\u0000`,
		`${secret}\\fz-a`,
		`${secret}:fz-a`,
		`${secret}.fifo`,
	];
}

/** Puts a receipt that is none of this queue in the place of one that is. */
export const forgeReceipt: AwsTwist = (draft, { random, knowledge }) => {
	const places = textsIn(draft.json).filter(({ name }) => name === 'ReceiptHandle');
	if (places.length === 0) return null;
	const { holder, name, text } = random.pick(places);
	const [how, forged] = forgedFrom(text, draft, random);
	if (forged === null || forged === text) return null;
	holder[name] = forged;
	draft.forged.push(forged);
	return `receipt: ${how}`;

	function forgedFrom(genuine: string, { queue }: AwsDraft, of: Prng): [how: string, forged: string | null] {
		if (of.chance(0.3)) return ["the canary's", of.pick(knowledge.foreign.receipts)];
		if (of.chance(0.3)) return ["another queue's", knowledge.receipts.ofAnother(of, queue ?? '')];
		if (genuine.length !== 32) return ['made up', 'B'.repeat(32)];
		const [kind, forge] = of.pick(Object.entries(FORGED));
		return [kind, forge(genuine, of)];
	}
};

/** Uses one again: an answer may be a success, which changes nothing. */
export const replayReceipt: AwsTwist = (draft, { random, knowledge }) => {
	if (draft.forged.length > 0) return null;
	const places = textsIn(draft.json).filter(({ name }) => name === 'ReceiptHandle');
	if (places.length === 0) return null;
	const { holder, name } = random.pick(places);
	holder[name] = random.chance(0.3) ? places[0]?.text : knowledge.receipts.spent(random, draft.queue ?? '');
	return 'receipt: replayed';
};
