import { SQS } from '@aws-sdk/client-sqs';
import { type Came, failure, type Reply, silenceMs } from './client.ts';

export type SqsReply<Body> = Omit<Reply, 'body'> & { readonly body?: Body };

type Unanswered = Omit<Came, 'body'>;

/** What an SQS client sees of a queue that speaks AWS's protocol: AWS's own SDK, which tries nothing a second time. */
export class SqsClient {
	readonly #sqs: SQS;
	readonly #url: string;

	constructor(url: string, key: string) {
		this.#url = url;
		this.#sqs = new SQS({
			endpoint: url,
			region: 'torture',
			credentials: { accessKeyId: 'root', secretAccessKey: key },
			maxAttempts: 1,
			requestHandler: { requestTimeout: silenceMs, throwOnRequestTimeout: true },
		});
	}

	close(): void {
		this.#sqs.destroy();
	}

	/** Calls the SDK with the address of a queue. Never throws: see `Client`. */
	async ask<Body>(
		queue: string,
		call: (sqs: SQS, QueueUrl: string) => Promise<Body>,
		signal?: AbortSignal,
	): Promise<SqsReply<Body>> {
		const start = Date.now();
		const came: Omit<SqsReply<Body>, 'start' | 'end'> = await call(
			this.#sqs,
			`${this.#url}/000000000000/${queue}`,
		).then(
			(body) => ({ state: 'answered' as const, body }),
			(error): Unanswered => refusal(error) ?? failure(error, signal),
		);
		return { start, end: Date.now(), ...came };
	}
}

interface SdkError extends Error {
	readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What an answer means that is not a success; undefined where there was none. */
function refusal({ name, message, $metadata }: SdkError): Unanswered | undefined {
	const status = $metadata?.httpStatusCode;
	if (status === undefined) return undefined;
	const told = `${status} ${name}: ${message}`;
	if (name === 'RequestThrottled') return { state: 'refused', why: told };
	if (status === 503) return { state: 'lost', why: told };
	return { state: status >= 500 ? 'lost' : 'refused', trouble: told };
}
