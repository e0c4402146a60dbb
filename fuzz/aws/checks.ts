import type { Answer } from '../answer-reader.ts';
import { PROBLEM_BYTES, STACK } from '../checks.ts';
import { PREFIX } from '../knowledge.ts';
import { SNS_CODES, SQS_CODES, WHO } from './codes.ts';
import type { AwsRequest } from './request.ts';
import { sdkFault } from './sdk.ts';
import { childOf, type Element, readXml } from './xml.ts';

// What must hold of each answer of AWS's doors; each text begins with the kind of fault, up to a colon.

/** What an answer says, whatever its protocol. */
interface Told {
	readonly protocol: 'json' | 'query';
	/** Of a refusal. */
	readonly code?: string;
	readonly message?: string;
	/** Of a success. */
	readonly members: ReadonlySet<string>;
}

export async function awsFaults(request: AwsRequest, answer: Answer): Promise<string[]> {
	if (request.method === 'HEAD') return answer.status >= 500 ? [`failure: ${answer.status} to HEAD`] : [];
	const isSuccess = answer.status < 400;
	// Without a signature (which may stand behind a fragment) and a sign of AWS it is a request to the native API.
	const isNative = answer.headers.get('content-type') === 'application/problem+json';
	const isBare = request.key === 'none' || request.target.includes('#');
	if (isNative && !request.isAimed && isBare && answer.status < 500) return [];
	const told = isSuccess ? successIn(request, answer) : refusalIn(request, answer);
	if (typeof told === 'string') return [`unreadable: ${answer.status}: ${told}`];
	const faults = isSuccess ? successFaults(request, answer, told) : refusalFaults(request, answer, told);
	if (request.isAimed && told.protocol !== request.operation.protocol) {
		faults.push(`wrong protocol: ${answer.status} in ${told.protocol}`);
	}
	// Today's SDKs speak JSON to SQS; what they make of another action's answer says nothing.
	const isModern = request.operation.api === 'sns' || request.operation.protocol === 'json';
	if (faults.length > 0 || !isModern || !request.isAimed) return faults;
	const fault = await sdkFault(request, answer);
	return fault === null ? [] : [`unusable: the SDK says ${fault}`];
}

function successIn({ operation, isAimed }: AwsRequest, answer: Answer): Told | string {
	if (answer.status !== 200) return 'a success is 200';
	const type = answer.headers.get('content-type') ?? 'none';
	const text = answer.body.toString('utf8');
	try {
		if (type === 'application/x-amz-json-1.0')
			return { protocol: 'json', members: new Set(Object.keys(JSON.parse(text))) };
		if (type !== 'text/xml') return `it is of the type ${type}`;
		const root = readXml(text);
		if (isAimed && root.name !== `${operation.name}Response`) return `it is a ${root.name}`;
		if (!root.attributes.xmlns?.startsWith('http://')) return 'it has no namespace';
		if (childOf(childOf(root, 'ResponseMetadata'), 'RequestId') === undefined) return 'it has no RequestId';
		const result: Element | undefined = root.children.find(({ name }) => name.endsWith('Result'));
		return { protocol: 'query', members: new Set(result?.children.map(({ name }) => name)) };
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function refusalIn({ operation }: AwsRequest, answer: Answer): Told | string {
	const type = answer.headers.get('content-type') ?? 'none';
	const text = answer.body.toString('utf8');
	try {
		if (type === 'application/x-amz-json-1.0') return jsonRefusal(answer, text);
		if (type !== 'text/xml') return `it is of the type ${type}`;
		const root = readXml(text);
		const error = childOf(root, 'Error');
		const [kind, code, message] = ['Type', 'Code', 'Message'].map((name) => childOf(error, name)?.text);
		if (root.name !== 'ErrorResponse' || code === undefined || message === undefined)
			return `it is no ErrorResponse of ${operation.api}`;
		if (kind !== (answer.status < 500 ? 'Sender' : 'Receiver')) return `it blames the ${kind}`;
		if (childOf(root, 'RequestId') === undefined) return 'it has no RequestId';
		return { protocol: 'query', code, message, members: new Set() };
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function jsonRefusal({ headers, status }: Answer, text: string): Told | string {
	const { __type: type, message, ...others } = JSON.parse(text);
	const [code, blamed] = headers.get('x-amzn-query-error')?.split(';') ?? [];
	if (typeof type !== 'string' || !/^com\.[\w.]+#\w+$/.test(type)) return `its __type is ${type}`;
	if (typeof message !== 'string') return 'it has no message';
	if (Object.keys(others).length > 0) return `it also has ${Object.keys(others)}`;
	if (code === undefined || blamed !== (status < 500 ? 'Sender' : 'Receiver'))
		return 'its x-amzn-query-error is not right';
	return { protocol: 'json', code, message, members: new Set() };
}

function successFaults(request: AwsRequest, answer: Answer, { members }: Told): string[] {
	const { operation, mustFail, isAimed, forged, key } = request;
	const faults: string[] = [];
	if (mustFail !== null) faults.push(`success: ${answer.status}, but ${mustFail}`);
	const missing = isAimed ? operation.action.answers.filter((member) => !members.has(member)) : [];
	if (missing.length > 0) faults.push(`incomplete: it has no ${missing}`);
	if (isAimed && forged.length > 0 && !operation.name.endsWith('Batch')) faults.push('success: its receipt is forged');
	// A batch answers for each entry.
	if (isAimed && forged.length > 0 && !/Failed|BatchResultErrorEntry/.test(answer.body.toString())) {
		faults.push('success: one of its receipts is forged');
	}
	if (key === 'elsewhere' && new RegExp(`${PREFIX}|canary`).test(answer.body.toString())) {
		faults.push('leak: it shows what its key does not cover');
	}
	return faults;
}

function refusalFaults(request: AwsRequest, answer: Answer, { code = '', message = '' }: Told): string[] {
	const { operation, isAimed } = request;
	const { status, body, headers } = answer;
	const faults: string[] = [];
	const codes = operation.api === 'sqs' ? SQS_CODES : SNS_CODES;
	const statuses = codes.get(code) ?? (isAimed ? undefined : (SQS_CODES.get(code) ?? SNS_CODES.get(code)));
	const isCollapsed = headers.get('content-type') !== 'text/xml' && status === 400;
	if (statuses === undefined) faults.push(`undocumented: ${status} ${code}`);
	else if (!statuses.includes(status) && !isCollapsed) faults.push(`undocumented: ${status} for ${code}`);
	if (status >= 500 && code !== 'ServiceUnavailable') faults.push(`failure: ${status} ${code}`);
	if (message.trim() === '') faults.push(`unreadable: ${code} without a message`);
	if (STACK.test(message)) faults.push(`leak: ${code} shows the inside: ${message.slice(0, 300)}`);
	if (body.length > PROBLEM_BYTES) faults.push(`large refusal: ${code} in ${body.length} bytes`);
	if (!isAimed || code === 'RequestEntityTooLarge' || status >= 500) return faults;
	if (WHO.includes(code) !== isBadlySigned(request))
		faults.push(`wrong refusal: ${code} with the key "${request.key}"`);
	return faults;
}

function isBadlySigned({ key }: AwsRequest): boolean {
	return key !== 'narrow' && key !== 'root' && key !== 'elsewhere';
}
