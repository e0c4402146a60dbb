import { describe, expect, it } from 'vitest';
import { AWS_OPERATIONS, type AwsOperation } from '../../fuzz/aws/actions.ts';
import type { AwsRequest } from '../../fuzz/aws/request.ts';
import { faultsOf, type Rules } from '../../fuzz/checks.ts';
import { readApi } from '../../fuzz/document.ts';
import type { Outcome } from '../../fuzz/wire.ts';

// What the fuzzer must see at AWS's doors, planted: a check that cannot fail proves nothing.

const document = { components: { schemas: { Problem: { type: 'object' } } }, paths: {} };
const rules: Rules = { api: readApi(document), secrets: ['the-secret'] };

function asked(id: string, changed: Partial<AwsRequest> = {}): AwsRequest {
	return {
		door: 'aws',
		operation: AWS_OPERATIONS.find((operation) => operation.id === id) as AwsOperation,
		queue: 'fz-a',
		method: 'POST',
		target: '/',
		headers: [],
		body: Buffer.from('{"MessageBody":"a"}'),
		framing: 'length',
		key: 'narrow',
		plan: { in: 'header' },
		forged: [],
		twists: [],
		isAimed: true,
		isHttp: true,
		mustFail: null,
		...changed,
	};
}

const json = asked('SQS SendMessage (JSON)');
const query = asked('SQS SendMessage (Query)');
const sns = asked('SNS Publish (Query)');

function answered(status: number, type: string, body: string, headers: Record<string, string> = {}): Outcome {
	const all = new Map(Object.entries({ 'content-type': type, ...headers }));
	return { kind: 'answered', status, headers: all, body: Buffer.from(body) };
}

const MD5 = '0cc175b9c0f1b6a831c399e269772661';
const JSON_TYPE = 'application/x-amz-json-1.0';
const sent = (changed: object = {}) =>
	answered(200, JSON_TYPE, JSON.stringify({ MessageId: 'm', MD5OfMessageBody: MD5, ...changed }));
const NAMESPACE = 'http://queue.amazonaws.com/doc/2012-11-05/';
const META = '<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>';
const RESULT = `<SendMessageResult><MessageId>m</MessageId><MD5OfMessageBody>${MD5}</MD5OfMessageBody></SendMessageResult>`;
const xml = (inside: string, name = 'SendMessageResponse') =>
	answered(200, 'text/xml', `<?xml version="1.0"?><${name} xmlns="${NAMESPACE}">${inside}</${name}>`);

function jsonError(status: number, code: string, changed: object = {}, blamed = 'Sender'): Outcome {
	const body = { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'No.', ...changed };
	return answered(status, JSON_TYPE, JSON.stringify(body), { 'x-amzn-query-error': `${code};${blamed}` });
}

const QUEUE = 'AWS.SimpleQueueService.NonExistentQueue';
const xmlError = (status: number, code: string, message = 'No.', type = 'Sender') =>
	answered(
		status,
		'text/xml',
		`<?xml version="1.0"?><ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message><Detail/></Error><RequestId>r</RequestId></ErrorResponse>`,
	);

describe('nothing is wrong with', () => {
	it.each([
		['a success in JSON', json, sent()],
		['a success in XML', query, xml(RESULT + META)],
		['a success of SNS', sns, xml(`<PublishResult><MessageId>m</MessageId></PublishResult>${META}`, 'PublishResponse')],
		['a refusal in JSON', json, jsonError(400, QUEUE)],
		['a refusal in XML', query, xmlError(400, QUEUE)],
		['a refusal of SNS', sns, xmlError(404, 'NotFound')],
		['an object that is busy', sns, xmlError(503, 'ServiceUnavailable', 'Busy.', 'Receiver')],
		['a key that is not known', asked(query.operation.id, { key: 'unknown' }), xmlError(403, 'InvalidClientTokenId')],
		[
			'a native refusal of what shows no sign of AWS',
			asked(query.operation.id, { key: 'none', isAimed: false }),
			answered(401, 'application/problem+json', '{}'),
		],
	] as [string, AwsRequest, Outcome][])('%s', async (_, request, outcome) => {
		expect(await faultsOf(request, outcome, rules)).toEqual([]);
	});
});

describe('it sees', () => {
	it.each([
		['a failure', 'failure', query, xmlError(500, 'InternalFailure', 'Oh.', 'Receiver')],
		['a failure in JSON', 'failure', json, jsonError(500, 'InternalFailure', {}, 'Receiver')],
		['XML that is cut', 'unreadable', query, answered(200, 'text/xml', '<SendMessageResponse>')],
		['a character that XML has not', 'unreadable', query, xml(`${RESULT}\u0001${META}`)],
		['a reference to one', 'unreadable', query, xml(`${RESULT}&#1;${META}`)],
		['the answer of another action', 'unreadable', query, xml(RESULT + META, 'ReceiveMessageResponse')],
		['XML without a RequestId', 'unreadable', query, xml(RESULT)],
		['a success of another status', 'unreadable', json, answered(201, JSON_TYPE, '{}')],
		['a success that is not JSON', 'unreadable', json, answered(200, JSON_TYPE, '<a/>')],
		['a success of another type', 'unreadable', json, answered(200, 'text/html', '{}')],
		['a refusal of another type', 'unreadable', json, answered(400, 'application/problem+json', '{}')],
		['an error without a class', 'unreadable', json, jsonError(400, QUEUE, { __type: 'x' })],
		['an error with a field more', 'unreadable', json, jsonError(400, QUEUE, { stack: 'x' })],
		['an error that blames the server', 'unreadable', json, jsonError(400, QUEUE, {}, 'Receiver')],
		['an error without a message', 'unreadable', query, xmlError(400, QUEUE, ' ')],
		['the protocol of others', 'wrong protocol', json, xml(RESULT + META)],
		['an error in it', 'wrong protocol', json, xmlError(400, QUEUE)],
		[
			'a member that is missing',
			'incomplete',
			query,
			xml(`<SendMessageResult><MessageId>m</MessageId></SendMessageResult>${META}`),
		],
		['a sum that the SDK refuses', 'unusable', json, sent({ MD5OfMessageBody: '0'.repeat(32) })],
		['an unknown code', 'undocumented', query, xmlError(400, 'Odd')],
		['a code of the other API', 'undocumented', sns, xmlError(400, 'InvalidParameterValue')],
		['a code of another status', 'undocumented', query, xmlError(418, QUEUE)],
		['a message with a stack', 'leak', query, xmlError(400, QUEUE, 'Error\n    at f (index.js:1:2)')],
		['a refusal that is large', 'large refusal', query, xmlError(400, QUEUE, 'x'.repeat(20_000))],
		['what is not for this key', 'leak', json, sent({ MessageId: 'the-secret' })],
		['a good key that is refused', 'wrong refusal', query, xmlError(403, 'SignatureDoesNotMatch')],
		[
			'a bad one that is refused for another reason',
			'wrong refusal',
			asked(query.operation.id, { key: 'wrong' }),
			xmlError(400, QUEUE),
		],
		['a success that must not be', 'success', asked(json.operation.id, { mustFail: 'it is forged' }), sent()],
		[
			'what another key does not cover',
			'leak',
			asked('SQS ListQueues (JSON)', { key: 'elsewhere' }),
			answered(200, JSON_TYPE, '{"QueueUrls":["http://a/fz-a"]}'),
		],
		[
			'a forged receipt that counts',
			'success',
			asked('SQS DeleteMessage (JSON)', { forged: ['x'] }),
			answered(200, JSON_TYPE, '{}'),
		],
		[
			'one of a batch',
			'success',
			asked('SQS DeleteMessageBatch (JSON)', { forged: ['x'] }),
			answered(200, JSON_TYPE, '{"Successful":[{"Id":"1"}]}'),
		],
	] as [string, string, AwsRequest, Outcome][])('%s', async (_, kind, request, outcome) => {
		expect(await faultsOf(request, outcome, rules)).toContainEqual(expect.stringMatching(`^${kind}: `));
	});
});
