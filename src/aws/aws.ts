import type { Env } from '../../durable-objects/env';
import { authorize, type Caller, callerOfAccessKeyId, covers, secretsOf } from '../auth';
import { readBytes } from '../bodies';
import { Problem, problemOf } from '../problems';
import { AwsError, COMMON } from './errors';
import type { Access, Answer, Call, Facade, Tree } from './facade';
import { jsonAnswer, jsonError, jsonParameters } from './json';
import { queryParameters } from './query';
import { checkAge, checkSignature, readSignature } from './signature';
import { SNS } from './sns/sns';
import { SQS } from './sqs/sqs';
import { xmlAnswer, xmlError } from './xml';

// The doors for clients of Amazon SQS and SNS: a codec over the same commands as the native API.

const JSON_TARGET = 'AmazonSQS.';
const SNS_VERSION = '2010-03-31';
/**
 * A batch may have 1 MiB, which JSON's escapes make six times as long at most, and percent-encoding three; with room for its
 * other fields. All of it is read before the signature can be checked, so no more than that.
 */
const BODY_BYTES = 7 * 1_048_576;
const FORM = 'application/x-www-form-urlencoded';

/** Whether a request is for these doors: signed as AWS does, or in one of its protocols. A native one costs one look. */
export function isAws(request: Request): boolean {
	const authorization = request.headers.get('authorization');
	if (authorization !== null) return authorization.startsWith('AWS4-');
	// Each of these is a call out of JavaScript, which a native request is spared.
	const { headers, method, url } = request;
	if (headers.has('x-amz-target')) return true;
	if (/[?&](Action|X-Amz-Algorithm)=/.test(url)) return true;
	const isForm = method === 'POST' && headers.get('content-type')?.startsWith(FORM) === true;
	return isForm && URL.parse(url)?.pathname.startsWith('/v1/') !== true;
}

/** Answers it, whatever its path, in the protocol that it speaks. */
export async function answerAws(request: Request, env: Env): Promise<Response> {
	const requestId = crypto.randomUUID();
	const url = URL.parse(request.url);
	const target = request.headers.get('x-amz-target');
	const facade = target === null && isForSns(request, url) ? SNS : SQS;
	try {
		// HTTP lets a request line or two hosts come to no address at all.
		if (url === null) throw new AwsError(COMMON.malformed, 'The host and the path make no valid address.');
		const { call, body } = await authenticated(request, url, facade, env);
		if (target !== null) {
			const action = target.startsWith(JSON_TARGET) ? target.slice(JSON_TARGET.length) : '';
			return jsonAnswer(await carryOut(facade, action, call, jsonParameters(body)), requestId);
		}
		const { Action: named, Version: _, ...tree } = queryParameters(url.searchParams, body);
		const action = typeof named === 'string' ? named : '';
		const parameters = facade.parametersOf({ ...tree, ...queueInPath(url, tree) });
		return xmlAnswer(facade, action, await carryOut(facade, action, call, parameters), requestId);
	} catch (error) {
		const told = error instanceof AwsError ? error : facade.errorOf(problemOf(error));
		const response = target === null ? xmlError(facade, told, requestId) : jsonError(told, requestId, request);
		if (told.retryAfterMs !== undefined) {
			response.headers.set('retry-after', String(Math.ceil(told.retryAfterMs / 1_000)));
		}
		return response;
	}
}

/**
 * Every SNS client signs for `sns`, and names the version of its API, which no other one has. A guess, so that errors have
 * the right form: `authenticated` holds the signature to it.
 */
function isForSns(request: Request, url: URL | null): boolean {
	const signed = request.headers.get('authorization') ?? url?.searchParams.get('X-Amz-Credential') ?? '';
	return signed.includes('/sns/aws4_request') || url?.searchParams.get('Version') === SNS_VERSION;
}

/** Who asks, and the body, which is read only once the key is one that could be ours. */
async function authenticated(
	request: Request,
	url: URL,
	facade: Facade,
	env: Env,
): Promise<{ readonly call: Call; readonly body: Uint8Array }> {
	const signature = readSignature(request, url);
	if (signature.scope !== facade.scope) {
		throw new AwsError(COMMON.wrongSignature, `Credential should be scoped to correct service: '${facade.scope}'.`);
	}
	const secrets = secretsOf(signature.accessKeyId, env);
	if (secrets.length === 0) throw unknownKey();
	checkAge(signature, Date.now());
	const body = await readBytes(request, BODY_BYTES);
	await checkSignature(signature, { request, url, body }, secrets);
	const caller = await callerOfAccessKeyId(signature.accessKeyId, env);
	if (caller === null) throw unknownKey();
	const { accessKeyId, region } = signature;
	return { call: { env, request, caller, accessKeyId, region, origin: url.origin }, body };
}

function unknownKey(): AwsError {
	return new AwsError(COMMON.unknownKey, 'The security token included in the request is invalid.');
}

/** Older clients send the request to the address of the queue, and do not name it again. */
function queueInPath({ origin, pathname }: URL, tree: Tree): Tree {
	return tree.QueueUrl === undefined && pathname.length > 1 ? { QueueUrl: `${origin}${pathname}` } : {};
}

function carryOut(facade: Facade, name: string, call: Call, parameters: unknown): Promise<Answer> {
	const action = Object.hasOwn(facade.actions, name) ? facade.actions[name] : undefined;
	if (action === undefined) {
		throw new AwsError(COMMON.unknownAction, `The action ${name.slice(0, 80)} is not valid for this endpoint.`);
	}
	return action.run(call, parameters, (about) => permit(call.caller, action.access, about));
}

function permit(caller: Caller, access: Access, about: string | undefined): void {
	if (access !== 'any') authorize(caller, access, about);
	else if (about !== undefined && !covers(caller, about)) {
		throw new Problem('forbidden', `The key "${caller.name}" has no pattern that matches "${about}".`);
	}
}
