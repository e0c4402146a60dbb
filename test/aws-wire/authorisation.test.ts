import { describe, expect, it } from 'vitest';
import { AWS_OPERATIONS, type AwsOperation } from '../../fuzz/aws/actions';
import { SNS } from '../../src/aws/sns/sns';
import { SQS } from '../../src/aws/sqs/sqs';
import { scopedKeys, tableOf } from '../http/access';
import { ask, getQueue, ROOT_KEY } from '../http/client';
import { ground, parametersFor, requestOf } from './asked';
import type { Credentials } from './client';
import { codeOf } from './signed';

// Every action of SQS, in both protocols, and of SNS with every kind of key. An action without a row here fails.

/** What an action asks of a key. `named`: any permission, for the name; `any`: any key, which is shown what it covers. */
const NEEDS: Readonly<Record<string, string>> = {
	'SQS CreateQueue': 'manage',
	'SQS GetQueueUrl': 'named',
	'SQS ListQueues': 'any',
	'SQS DeleteQueue': 'manage',
	'SQS PurgeQueue': 'manage',
	'SQS GetQueueAttributes': 'named',
	'SQS SetQueueAttributes': 'manage',
	'SQS TagQueue': 'manage',
	'SQS UntagQueue': 'manage',
	'SQS ListQueueTags': 'named',
	'SQS AddPermission': 'manage',
	'SQS RemovePermission': 'manage',
	'SQS ListDeadLetterSourceQueues': 'named',
	'SQS StartMessageMoveTask': 'manage',
	'SQS CancelMessageMoveTask': 'manage',
	'SQS ListMessageMoveTasks': 'manage',
	'SQS SendMessage': 'publish',
	'SQS SendMessageBatch': 'publish',
	'SQS ReceiveMessage': 'consume',
	'SQS DeleteMessage': 'consume',
	'SQS DeleteMessageBatch': 'consume',
	'SQS ChangeMessageVisibility': 'consume',
	'SQS ChangeMessageVisibilityBatch': 'consume',
	'SNS CreateTopic': 'manage',
	'SNS DeleteTopic': 'manage',
	'SNS ListTopics': 'any',
	'SNS GetTopicAttributes': 'named',
	'SNS SetTopicAttributes': 'manage',
	'SNS Subscribe': 'manage',
	'SNS Unsubscribe': 'manage',
	'SNS ConfirmSubscription': 'manage',
	'SNS ListSubscriptions': 'manage some',
	'SNS ListSubscriptionsByTopic': 'manage',
	'SNS GetSubscriptionAttributes': 'manage',
	'SNS SetSubscriptionAttributes': 'manage',
	'SNS Publish': 'publish',
	'SNS PublishBatch': 'publish',
	'SNS TagResource': 'manage',
	'SNS UntagResource': 'manage',
	'SNS ListTagsForResource': 'manage',
	'SNS AddPermission': 'manage',
	'SNS RemovePermission': 'manage',
};

/** `unsigned`, `unknown` (its id counts for nothing) and `wrong` (its signature does) are told so before anything else. */
const { kinds: KINDS, expected } = tableOf(`
	need         none     malformed wrong unknown revoked publish consume manage elsewhere all root
	any          unsigned unknown   wrong wrong   unknown yes     yes     yes    yes       yes yes
	named        unsigned unknown   wrong wrong   unknown yes     yes     yes    no        yes yes
	publish      unsigned unknown   wrong wrong   unknown yes     no      no     no        yes yes
	consume      unsigned unknown   wrong wrong   unknown no      yes     no     no        yes yes
	manage       unsigned unknown   wrong wrong   unknown no      no      yes    no        yes yes
	manage_some  unsigned unknown   wrong wrong   unknown no      no      yes    yes       yes yes
`);

const CELLS: Readonly<Record<string, string>> = {
	MissingAuthenticationToken: 'unsigned',
	InvalidClientTokenId: 'unknown',
	SignatureDoesNotMatch: 'wrong',
	AccessDenied: 'no',
	AuthorizationError: 'no',
};

async function credentials(prefix: string): Promise<Record<string, Credentials | null>> {
	const keys = await scopedKeys(prefix);
	return {
		none: null,
		malformed: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: ROOT_KEY },
		wrong: { accessKeyId: keys.all.accessKeyId, secretAccessKey: keys.revoked.secretAccessKey },
		unknown: { accessKeyId: 'slk_0123456789abcdef', secretAccessKey: keys.all.secretAccessKey },
		root: { accessKeyId: 'root', secretAccessKey: ROOT_KEY },
		...keys,
	};
}

/** What a key is told: a word of the table. */
async function told(operation: AwsOperation, parameters: object, key: Credentials | null): Promise<string> {
	const code = await codeOf(requestOf(operation, parameters, key));
	return CELLS[code] ?? 'yes';
}

function needOf({ api, name }: AwsOperation): string {
	return NEEDS[`${api.toUpperCase()} ${name}`] ?? 'nothing';
}

describe('the table', () => {
	it('has a row for every action, and for no other', () => {
		const actions = [
			...Object.keys(SQS.actions).map((name) => `SQS ${name}`),
			...Object.keys(SNS.actions).map((name) => `SNS ${name}`),
		];
		expect(actions.sort()).toEqual(Object.keys(NEEDS).sort());
	});

	it('and so has that of the fuzzer', () => {
		const fuzzed = new Set(AWS_OPERATIONS.map(({ api, name }) => `${api.toUpperCase()} ${name}`));
		expect([...fuzzed].sort()).toEqual(Object.keys(NEEDS).sort());
	});

	it('is full', () => {
		for (const need of new Set(Object.values(NEEDS))) {
			expect(Object.values(expected(need))).toHaveLength(KINDS.length);
			expect(Object.values(expected(need))).not.toContain('no such row');
		}
	});
});

describe('each kind of key', () => {
	it.each(AWS_OPERATIONS.map((operation) => [operation.id, needOf(operation), operation] as const))(
		'at %s, which needs %s',
		async (_, need, operation) => {
			const names = await ground();
			const keys = await credentials(names.queue);
			const found: Record<string, string> = {};
			for (const kind of KINDS) {
				found[kind] = await told(operation, parametersFor(operation, names), keys[kind] ?? null);
			}
			expect(found).toEqual(expected(need));
		},
	);

	it('that may not, changes nothing by trying', async () => {
		const names = await ground();
		const { queue, dead, topic, receipt } = names;
		const keys = await credentials(queue);
		const paths = [queue, dead].flatMap((name) => [
			`queues/${name}`,
			`queues/${name}/messages`,
			`queues/${name}/redrives`,
		]);
		const lists = [
			`topics/${topic}`,
			`topics/${topic}/subscriptions`,
			'keys',
			'queues?limit=1000',
			'topics?limit=1000',
		];
		const look = () =>
			Promise.all([...paths, ...lists].map(async (path) => steady((await ask('GET', `/v1/${path}`)).body)));
		const before = await look();
		for (const operation of AWS_OPERATIONS) {
			for (const kind of KINDS.filter((each) => expected(needOf(operation))[each] !== 'yes')) {
				expect(await told(operation, parametersFor(operation, names), keys[kind] ?? null)).not.toBe('yes');
			}
		}
		expect(await look()).toEqual(before);
		const acked = await ask('POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt] } });
		expect(acked.body).toMatchObject({ results: [{ outcome: 'acked' }] });
	});
});

/** Without what grows by itself. */
function steady(body: unknown): string {
	return JSON.stringify(body).replaceAll(/"(oldestAgeSeconds|lagSeconds)":[\d.]+/g, '');
}

describe('what is asked', () => {
	/** Of what is not there. */
	const OTHERWISE: Readonly<Record<string, string>> = {
		CancelMessageMoveTask: 'ResourceNotFoundException',
		RemovePermission: 'InvalidParameterValue',
	};

	it.each(AWS_OPERATIONS.map((operation) => [operation.id, operation] as const))(
		'is done at %s, where it may be',
		async (_, operation) => {
			const root = { accessKeyId: 'root', secretAccessKey: ROOT_KEY };
			const code = await codeOf(requestOf(operation, parametersFor(operation, await ground()), root));
			expect(code).toBe((operation.api === 'sqs' ? OTHERWISE[operation.name] : undefined) ?? 'good');
		},
	);
});

describe('a receipt', () => {
	it.each(
		AWS_OPERATIONS.filter(({ name }) => /^(Delete|Change)Message/.test(name)).map((each) => [each.id, each] as const),
	)('of another queue counts for nothing at %s', async (_, operation) => {
		const [mine, other] = [await ground(), await ground()];
		const { all = null } = await credentials(mine.queue);
		const code = await codeOf(
			requestOf(operation, { ...parametersFor(operation, { ...mine, receipt: other.receipt }) }, all),
		);
		expect(code).toBe(operation.name.endsWith('Batch') ? 'good' : 'ReceiptHandleIsInvalid');
		expect((await getQueue(other.queue)).figures).toMatchObject({ leased: 1, visible: 0 });
		expect((await getQueue(mine.queue)).figures).toMatchObject({ leased: 1, visible: 0 });
	});
});
