import type { Prng } from '../../test/simulation/prng.ts';
import { type Foreign, PREFIX } from '../knowledge.ts';
import { KnownReceipts, keep } from '../known-receipts.ts';

/** Queues and topics of the AWS doors; two queues of the native API are among them, as nothing tells them apart. */
export const STANDARD = ['aws-a', 'aws-b', 'a', 'b'].map((name) => `${PREFIX}${name}`);
export const FIFO = ['aws-a.fifo', 'aws-b.fifo'].map((name) => `${PREFIX}${name}`);
/** Dead-letter queues, and what dead-letters into each. */
export const DEAD = ['aws-dead', 'aws-dead2', 'aws-dead3'].map((name) => `${PREFIX}${name}`);
export const SOURCES = DEAD.map((name) => `${name}-source`);
export const SPARE_QUEUES = ['aws-y', 'aws-z', 'aws-z.fifo'].map((name) => `${PREFIX}${name}`);
/** The one that is purged. */
export const EMPTIED = `${PREFIX}aws-x`;
export const TOPICS = ['aws-s', 'aws-t', 'aws-a.fifo'].map((name) => `${PREFIX}${name}`);
/** A subscription of each topic, which the native API made: it is named after no hash. */
export const SUBSCRIBED = 'one';
export const SPARE_TOPICS = ['aws-y', 'aws-z.fifo'].map((name) => `${PREFIX}${name}`);

export function isFifo(name: string): boolean {
	return name.endsWith('.fifo');
}

export const ACCOUNT = '000000000000';
export const REGION = 'eu-central-1';

/** Texts that answers have and later requests give back. */
const TOLD = /(?:"|<)(ReceiptHandle|TaskHandle|NextToken|SubscriptionArn)(?:":"|>)([^"<]+)/g;

/** What one client has learnt from the answers of AWS's doors. */
export class AwsKnowledge {
	readonly foreign: Foreign;
	/** Of the server, as a client knows it. */
	readonly origin: string;
	readonly receipts = new KnownReceipts();
	readonly #told = new Map<string, string[]>();

	constructor(foreign: Foreign, origin: string) {
		this.foreign = foreign;
		this.origin = origin;
	}

	/** A queue to send to. */
	queue(random: Prng): string {
		return random.weighted([
			[6, random.pick(STANDARD)] as const,
			[3, random.pick(FIFO)],
			[1, random.pick(DEAD)],
			[0.3, random.pick(SPARE_QUEUES)],
			[0.3, EMPTIED],
		]);
	}

	/** One that has receipts here, or any. */
	queueWithReceipts(random: Prng): string {
		return this.receipts.queue(random) ?? this.queue(random);
	}

	topic(random: Prng): string {
		return random.chance(0.95) ? random.pick(TOPICS) : random.pick(SPARE_TOPICS);
	}

	url(queue: string, random: Prng): string {
		if (random.chance(0.9)) return `${this.origin}/${ACCOUNT}/${queue}`;
		return random.pick([
			`https://sqs.us-east-1.amazonaws.com/123456789012/${queue}`,
			`${this.origin}/${queue}`,
			`${this.origin}/${ACCOUNT}/${queue}/`,
			queue,
		]);
	}

	arn(kind: 'sqs' | 'sns', name: string, random: Prng): string {
		if (random.chance(0.9)) return `arn:aws:${kind}:${REGION}:${ACCOUNT}:${name}`;
		return random.pick([`arn:aws-cn:${kind}:cn-north-1:123456789012:${name}`, `arn:aws:${kind}:::${name}`]);
	}

	/** One of these that an answer had, newer ones more often; undefined where none had. */
	told(name: 'TaskHandle' | 'NextToken' | 'SubscriptionArn', random: Prng): string | undefined {
		const texts = this.#told.get(name);
		return texts === undefined ? undefined : random.pick(random.chance(0.5) ? texts.slice(-2) : texts);
	}

	/** Reads a success; `queue` is the one that was asked. */
	learn(queue: string | undefined, body: string): void {
		for (const [, name = '', text = ''] of body.matchAll(TOLD)) {
			if (name !== 'ReceiptHandle') {
				const texts = this.#told.get(name) ?? [];
				keep(texts, text);
				this.#told.set(name, texts);
			} else if (queue !== undefined) this.receipts.add({ queue, text });
		}
	}
}
