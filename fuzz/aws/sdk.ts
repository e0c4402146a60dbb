import { AsyncLocalStorage } from 'node:async_hooks';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import type { Answer } from '../answer-reader.ts';
import type { AwsRequest } from './request.ts';

// AWS's own clients as judges: each is given the answer that came over the wire, and must make sense of it. They compare
// the MD5 of a message too.

const answers = new AsyncLocalStorage<Answer>();

const settings = {
	region: 'eu-central-1',
	endpoint: 'http://localhost:1',
	credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
	maxAttempts: 1,
	requestHandler: {
		handle: async () => {
			const answer = answers.getStore();
			if (answer === undefined) throw new Error('there is no answer to read');
			const { status: statusCode, headers, body } = answer;
			return { response: { statusCode, headers: Object.fromEntries(headers), body: new Uint8Array(body) } };
		},
	},
};

type Call = (input: object) => Promise<unknown>;

const clients: Readonly<Record<'sqs' | 'sns', Readonly<Record<string, Call>>>> = {
	sqs: new SQS(settings) as unknown as Record<string, Call>,
	sns: new SNS(settings) as unknown as Record<string, Call>,
};

/** What a client says of an answer to this request that it cannot use, or null. Errors of the API are fine. */
export async function sdkFault(request: AwsRequest, answer: Answer): Promise<string | null> {
	const { api, name } = request.operation;
	const client = clients[api];
	const method = `${name[0]?.toLowerCase()}${name.slice(1)}`;
	const { MessageBody, Entries } = answer.status < 300 ? sentIn(request) : {};
	// What else was sent says nothing of the answer.
	const input = { QueueUrl: 'http://localhost:1/000000000000/a', MessageBody, Entries: isList(Entries) ? Entries : [] };
	// A client looks for the sums of entries in an object, by their ids.
	if (isList(Entries) && Entries.some((entry) => 'Id' in entry && entry.Id === '__proto__')) return null;
	try {
		await answers.run(answer, async () => client[method]?.call(client, input));
		return answer.status < 300 ? null : `it takes ${answer.status} for a success`;
	} catch (error) {
		const { name: kind, message, $fault } = error as Error & { $fault?: string };
		if (answer.status < 300) return `${kind}: ${message.slice(0, 200)}`;
		return $fault === undefined || /^(Unknown|UnknownError|SyntaxError)$/.test(kind)
			? `${kind}: ${message.slice(0, 200)}`
			: null;
	}
}

/** What a client compares a success with: then it was JSON. */
function sentIn({ body, operation }: AwsRequest): { MessageBody?: unknown; Entries?: unknown } {
	const hasJson = operation.protocol === 'json' && body !== null && body.length > 0;
	return hasJson ? JSON.parse(Buffer.from(body).toString()) : {};
}

function isList(value: unknown): value is readonly object[] {
	return Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null);
}
