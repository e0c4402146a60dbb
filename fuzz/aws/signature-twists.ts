import type { Prng } from '../../test/simulation/prng.ts';
import type { AwsTwist } from './draft.ts';
import type { Plan } from './request.ts';
import type { Pair, Signable } from './signer.ts';

// Signatures that are wrong, or that do not cover what is sent.

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

type Amend = (plan: Plan, random: Prng) => Plan;

const changed =
	(more: NonNullable<Plan['changed']>): Amend =>
	(plan) => ({ ...plan, changed: { ...plan.changed, ...more } });
const tampered =
	(tamper: NonNullable<Plan['tamper']>): Amend =>
	(plan) => ({ ...plan, tamper });
/** Of the text of the signature, wherever it stands. */
const rewritten = (from: RegExp | string, to: string): Amend =>
	tampered((signed) => ({
		...signed,
		target: signed.target.includes('X-Amz-Signature') ? signed.target.replace(from, to) : signed.target,
		headers: signed.headers.map(
			([name, value]): Pair => [name, name === 'authorization' ? value.replace(from, to) : value],
		),
	}));
const withHeader = (name: string, value: string): Amend =>
	tampered((signed) => ({ ...signed, headers: [...signed.headers, [name, value]] }));

/** None of these is a good signature of what is sent. */
const WRONG: Readonly<Record<string, Amend>> = {
	'an old date': (plan, random) => ({ ...plan, ageMs: random.pick([16 * MINUTE, DAY, 400 * DAY, 20_000 * DAY]) }),
	'a date to come': (plan, random) => ({ ...plan, ageMs: -random.pick([16 * MINUTE, DAY, 400 * DAY]) }),
	'another day': changed({ day: '20200101' }),
	'no day': changed({ day: '' }),
	'a day of text': changed({ day: '__proto__' }),
	'another API': (plan, random) =>
		changed({ scope: random.pick(['s3', 'sts', '', 'SQS', 'sqs/sns', '__proto__']) })(plan, random),
	'no region': changed({ region: '' }),
	'a region of several parts': changed({ region: 'a/b' }),
	'a region of odd letters': changed({ region: 'a:<b>&"\'' }),
	'no host': (plan) => ({ ...plan, unsigned: ['host'], changed: plan.in === 'address' ? { signedHeaders: [] } : {} }),
	'headers that are none': (plan, random) =>
		changed({ signedHeaders: ['host', random.pick(['', 'a b', ':authority', 'ä', '[x'])] })(plan, random),
	'another secret': changed({ secretAccessKey: 'x' }),
	'an empty secret': changed({ secretAccessKey: '' }),
	'a secret that is long': changed({ secretAccessKey: 'x'.repeat(100_000) }),
	'a cut signature': rewritten(/Signature=.{10}/, 'Signature='),
	'a signature of zeros': rewritten(/Signature=\w{64}/, `Signature=${'0'.repeat(64)}`),
	'a signature in capitals': rewritten(/Signature=\w{64}/, `Signature=${'AB'.repeat(32)}`),
	'no signature': rewritten(/(, |&X-Amz-)Signature=\w*/, ''),
	'an empty signature': rewritten(/Signature=\w*/, 'Signature='),
	'another algorithm': rewritten('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
	'a credential of slashes': rewritten(/Credential=[^,&]*/, 'Credential=/////'),
	'a credential of much': rewritten(/Credential=[^,&]*/, `Credential=${'a/'.repeat(2_000)}`),
	'another body': tampered((signed) => ({ ...signed, body: Buffer.concat([signed.body, Buffer.from(' ')]) })),
	'another method': tampered((signed) => ({ ...signed, method: signed.method === 'POST' ? 'PUT' : 'POST' })),
	'another path': tampered((signed) => ({ ...signed, target: signed.target.replace(/^\//, '/x/') })),
	'a parameter more': tampered((signed) => ({ ...signed, target: more(signed, 'MaxResults=1') })),
	'an action more': tampered((signed) => ({ ...signed, target: more(signed, 'Action=ListQueues') })),
	'another target': tampered((signed) => ({
		...signed,
		headers: [...signed.headers.filter(([name]) => name !== 'x-amz-target'), ['x-amz-target', otherTarget(signed)]],
	})),
	'two hosts': withHeader('host', 'elsewhere.example'),
	'a hash that is none': (plan) => ({ ...plan, withHash: 'UNSIGNED-PAYLOAD' }),
	'the hash of nothing': (plan) => ({ ...plan, withHash: 'a'.repeat(64) }),
};

/** Only where a header has the signature. */
const OF_HEADERS: Readonly<Record<string, Amend>> = {
	'another signature behind': rewritten(/$/, ', Signature=0'),
	'the scope of the other API behind': rewritten(/$/, ', X=/sns/aws4_request'),
	'thousands of headers': changed({
		signedHeaders: ['host', ...Array.from({ length: 1_000 }, (_, index) => `x${index}`)],
	}),
	'two dates': withHeader('x-amz-date', '20200101T000000Z'),
	'two headers': withHeader('authorization', 'AWS4-HMAC-SHA256 Credential=a'),
};

/** Only where the address is what is signed. */
const OF_ADDRESSES: Readonly<Record<string, Amend>> = {
	'no time': (plan, random) => ({
		...plan,
		expires: random.pick(['0', '-1', '', 'x', '1e3', '604801', '9'.repeat(400)]),
	}),
	'a time that is over': (plan) => ({ ...plan, ageMs: 61_000 }),
	'a time that was changed': rewritten('X-Amz-Expires=60', 'X-Amz-Expires=604800'),
	'a time twice': rewritten('X-Amz-Expires=60', 'X-Amz-Expires=60&X-Amz-Expires=604800'),
	'headers in other letters': rewritten('X-Amz-SignedHeaders', 'X-amz-SignedHeaders'),
	'another signature behind': rewritten(/$/, '&X-Amz-Signature=0'),
	'a signature in other letters': rewritten(/$/, '&x-amz-signature=a'),
	'a header as well': withHeader('authorization', 'AWS4-HMAC-SHA256 Credential=a'),
};

function otherTarget({ headers }: Signable): string {
	const own = headers.find(([name]) => name === 'x-amz-target')?.[1];
	return own === 'AmazonSQS.ListQueues' ? 'AmazonSQS.GetQueueUrl' : 'AmazonSQS.ListQueues';
}

function more({ target }: Signable, part: string): string {
	return `${target}${target.includes('?') ? '&' : '?'}${part}`;
}

export const spoilSignature: AwsTwist = (draft, { random }) => {
	const ways = { ...WRONG, ...(draft.plan.in === 'address' ? OF_ADDRESSES : OF_HEADERS) };
	const [name, amend] = random.pick(Object.entries(ways));
	draft.plan = amend(draft.plan, random);
	draft.mustFail ??= `its signature has ${name}`;
	draft.isUnclear = true;
	// A server need not read a request that has two of them as HTTP.
	draft.isBrokenHttp ||= name === 'two hosts';
	return `signature: ${name}`;
};

/** Good ones that are not quite as usual. */
const GOOD: Readonly<Record<string, Amend>> = {
	'another region': changed({ region: 'us-gov-west-1' }),
	'a clock that is late': (plan) => (plan.in === 'address' ? plan : { ...plan, ageMs: 14 * MINUTE }),
	'a clock that is ahead': (plan) => ({ ...plan, ageMs: -14 * MINUTE }),
	'a session': (plan) => ({ ...plan, session: 'some+token/==' }),
	'a header that is not signed': withHeader('x-forwarded-for', '10.0.0.1'),
};

export const varySignature: AwsTwist = (draft, { random }) => {
	if (draft.isUnclear) return null;
	const [name, amend] = random.pick(Object.entries(GOOD));
	draft.plan = amend(draft.plan, random);
	return `signed: ${name}`;
};

export const anotherKey: AwsTwist = (draft, { random }) => {
	draft.key = random.pick(['none', 'wrong', 'malformed', 'revoked', 'unknown', 'elsewhere', 'root'] as const);
	return `key: ${draft.key}`;
};
