export interface Connection {
	readonly url: string;
	/** The root key, or one that may consume the queue of a stage and publish to what comes after it. */
	readonly key: string;
	readonly fetch: typeof fetch;
	/** Hears why a request is made again. */
	readonly onRepeat?: (reason: string) => void;
}

export interface Message {
	readonly id: string;
	readonly key: string | null;
	readonly body: string;
	readonly attempt: number;
	readonly receipt: string;
	readonly leaseExpiresAt: string;
}

export interface NewMessage {
	readonly body: string;
	/** Messages of one key stay in order through all stages. */
	readonly key?: string;
	readonly dedupId?: string;
	readonly attributes?: Readonly<Record<string, string>>;
}

/** Messages for one target: a queue or a topic. */
export interface Successors {
	readonly queue?: string;
	readonly topic?: string;
	readonly messages: readonly NewMessage[];
}

export type Work = (message: Message) => Promise<readonly Successors[]>;

const batch = 10;
const waitSeconds = 20;

/** Between two tries of a request, in seconds, where the server names no other. */
const longestPause = 2;

/** Makes queues, topics and subscriptions, or leaves them as they are. */
export async function setUp(connection: Connection, resources: Iterable<readonly [string, object]>): Promise<void> {
	for (const [path, settings] of resources) await call(connection, 'PUT', path, settings);
}

/** Publishes up to 100 messages. Each needs a `dedupId`, since a batch whose answer was lost is published again. */
export async function publish(connection: Connection, topic: string, messages: readonly NewMessage[]): Promise<void> {
	const path = `topics/${topic}/messages/batch`;
	const answer = await call<{ results: { error?: { detail: string } }[] }>(connection, 'POST', path, { messages });
	for (const { error } of answer?.results ?? []) if (error !== undefined) throw new Error(error.detail);
}

/** One worker of a stage: start as many as you like, anywhere. After the signal it ends when its last batch is settled. */
export async function runStage(connection: Connection, queue: string, work: Work, signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		const wish = { max: batch, waitSeconds };
		const answer = await call<{ messages: Message[] }>(connection, 'POST', `queues/${queue}/receive`, wish, signal);
		const [first] = answer?.messages ?? [];
		if (answer === undefined || first === undefined) continue;
		const settlement = await workOn(answer.messages, work);
		// When the lease is over, somebody else may have been given the messages: then it is theirs to settle.
		const leaseMs = Math.max(0, Date.parse(first.leaseExpiresAt) - Date.now());
		await call(connection, 'POST', `queues/${queue}/settle`, settlement, AbortSignal.timeout(leaseMs));
	}
}

/** Works one by one. Each acknowledgement publishes what came of its message: one request, and nothing is done by half. */
async function workOn(messages: readonly Message[], work: Work): Promise<object> {
	const ack: string[] = [];
	const publish: (Successors & { receipt: string })[] = [];
	const retry: { receipt: string; reason: string; delaySeconds?: number }[] = [];
	const stuck = new Set<string>();
	for (const message of messages) {
		const { key, receipt } = message;
		if (key !== null && stuck.has(key)) {
			retry.push({ receipt, reason: 'a message of the same key before it failed', delaySeconds: 0 });
			continue;
		}
		try {
			for (const successors of await work(message)) publish.push({ ...successors, receipt });
			ack.push(receipt);
		} catch (error) {
			retry.push({ receipt, reason: error instanceof Error ? error.message : String(error) });
			if (key !== null) stuck.add(key);
		}
	}
	return { ack, retry, ...(publish.length > 0 && { publish }) };
}

/**
 * A request, made again while its answer is lost or "later"; undefined once the signal ends that. Again is safe for all
 * of these: a PUT says how it shall be, a dedupId is accepted once, a receipt counts once.
 */
async function call<Answer>(
	{ url, key, fetch, onRepeat }: Connection,
	method: string,
	path: string,
	body: object,
	signal?: AbortSignal,
): Promise<Answer | undefined> {
	const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
	const request = { method, headers, body: JSON.stringify(body), signal: signal ?? null };
	const send = async () => {
		const response = await fetch(`${url}/v1/${path}`, request);
		return { status: response.status, text: await response.text(), later: response.headers.get('retry-after') };
	};
	const isOver = () => signal?.aborted === true;
	for (let pauseSeconds = 0.1; !isOver(); pauseSeconds = Math.min(2 * pauseSeconds, longestPause)) {
		const { status, text, later } = await send().catch((error) => ({ status: 0, text: String(error), later: null }));
		if (status >= 200 && status < 300) return JSON.parse(text);
		if (status >= 300 && status < 500 && status !== 429) throw new Error(`${method} ${path}: ${status} ${text}`);
		if (isOver()) break;
		onRepeat?.(`${method} ${path} is tried again: ${text}`);
		await new Promise((resume) => setTimeout(resume, 1_000 * Math.max(pauseSeconds, Number(later))));
	}
	return undefined;
}
