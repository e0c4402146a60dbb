/** What the clients have made: they know it as they know what they sent. */
export interface Plan {
	readonly queues: Readonly<Record<string, QueuePlan>>;
	readonly topics: Readonly<Record<string, readonly SubscriptionPlan[]>>;
}

export interface QueuePlan {
	readonly partitions: number;
	/** How long a receive without a wish of its own holds its messages. */
	readonly leaseMs: number;
	readonly maxReceives: number;
	/** Null: this one is a dead-letter queue itself. */
	readonly deadLetter: string | null;
	/** A stage: acknowledging a message publishes one of the same label and key there. */
	readonly next?: string;
	/** Consumers at once. */
	readonly consumers: number;
	/** As many more that speak SQS. */
	readonly sqsConsumers?: number;
}

export interface SubscriptionPlan {
	readonly name: string;
	readonly queue: string;
	/** Attribute `kind` must be one of these; absent: everything passes. */
	readonly kinds?: readonly string[];
}

/** What producers give the messages of a topic in turn. */
export const kinds = ['red', 'green', 'blue'] as const;

const own = { leaseMs: 2_000, maxReceives: 3, consumers: 2 };
const dead = { partitions: 1, leaseMs: 2_000, maxReceives: 100, deadLetter: null, consumers: 1 };

export const plan: Plan = {
	queues: {
		'one-dlq': dead,
		'many-dlq': { ...dead, partitions: 2 },
		dead: { ...dead, partitions: 3 },
		'lines-dlq.fifo': dead,
		'lines.fifo': { ...own, partitions: 1, deadLetter: 'lines-dlq.fifo', consumers: 1, sqsConsumers: 1 },
		one: { ...own, partitions: 1, deadLetter: 'one-dlq' },
		many: { ...own, partitions: 3, deadLetter: 'many-dlq' },
		'news-all': { ...own, partitions: 1, deadLetter: 'dead' },
		'news-some': { ...own, partitions: 1, deadLetter: 'dead', consumers: 1 },
		'news-wide': { ...own, partitions: 3, deadLetter: 'dead' },
		'stage-done': { ...own, partitions: 1, deadLetter: 'dead' },
		'stage-two': { ...own, partitions: 3, deadLetter: 'dead', next: 'stage-done' },
		'stage-one': { ...own, partitions: 1, deadLetter: 'dead', next: 'stage-two' },
	},
	topics: {
		news: [
			{ name: 'all', queue: 'news-all' },
			{ name: 'some', queue: 'news-some', kinds: ['red'] },
			{ name: 'wide', queue: 'news-wide' },
		],
	},
};

const topicPartitions = 2;

/** Longer than any run between two drains: a repeat is always recognised. */
const dedupWindowSeconds = 86_400;

/** Requests that make it all, in order; each may be made again. */
export function* resources({ queues, topics }: Plan): Generator<readonly [path: string, settings: object]> {
	for (const [name, { partitions, leaseMs, maxReceives, deadLetter }] of Object.entries(queues)) {
		const backoff = { initialSeconds: 0.1, factor: 2, maxSeconds: 1 };
		const visibilityTimeoutSeconds = leaseMs / 1_000;
		const settings = { partitions, visibilityTimeoutSeconds, maxReceives, deadLetter, backoff, dedupWindowSeconds };
		yield [`queues/${name}`, settings];
	}
	for (const [topic, subscriptions] of Object.entries(topics)) {
		yield [`topics/${topic}`, { partitions: topicPartitions, dedupWindowSeconds }];
		for (const { name, queue, kinds } of subscriptions) {
			yield [`topics/${topic}/subscriptions/${name}`, { queue, ...(kinds && { filter: { kind: kinds } }) }];
		}
	}
}

export function passes({ kinds }: SubscriptionPlan, attributes: Readonly<Record<string, string>> = {}): boolean {
	return kinds === undefined || kinds.includes(String(attributes.kind));
}
