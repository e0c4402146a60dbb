import type { QueuePatch } from '../../../durable-objects/catalog-protocol';
import { type Annotations, LIMITS } from '../../../durable-objects/protocol';
import { authorize } from '../../auth';
import type { Call } from '../facade';
import { isFifo, queueOfArn } from '../names';
import { shown } from '../parameters';
import { jsonObjectOf } from '../values';
import { invalidAttribute, invalidParameter } from './errors';
import { findQueue } from './find';
import { QUEUE_PREFIX } from './kept';

// Attributes whose value is JSON.

const FIELDS = ['maxReceiveCount', 'deadLetterTargetArn'] as const;

/** A RedrivePolicy as settings; an empty one takes the dead-letter queue away. */
export function redrivePatch(text: string): QueuePatch {
	if (text === '') return { deadLetter: null };
	const policy = jsonObjectOf(text);
	if (policy === undefined) throw invalidAttribute('RedrivePolicy', 'Redrive policy is not a valid JSON map.');
	const missing = FIELDS.find((field) => policy[field] === undefined);
	if (missing !== undefined)
		throw refusedPolicy(text, `Redrive policy does not contain mandatory attribute: ${missing}.`);
	if (Object.keys(policy).length > FIELDS.length) {
		throw refusedPolicy(text, `Only following attributes are supported: [${FIELDS.join(', ')}].`);
	}
	const { maxReceiveCount: count, deadLetterTargetArn: arn } = policy;
	const maxReceives = typeof count === 'string' && /^\d{1,9}$/.test(count) ? Number(count) : count;
	const isCount = typeof maxReceives === 'number' && Number.isInteger(maxReceives) && maxReceives >= 1;
	if (!isCount || maxReceives > LIMITS.maxReceives) {
		const reason = `Invalid value for maxReceiveCount: ${shown(count)}, valid values are from 1 to ${LIMITS.maxReceives} both inclusive.`;
		throw refusedPolicy(text, reason);
	}
	const deadLetter = typeof arn === 'string' ? queueOfArn(arn) : undefined;
	if (deadLetter === undefined) throw refusedPolicy(text, 'Dead-letter target ARN should be fully qualified ARN.');
	return { deadLetter, maxReceives };
}

/**
 * Whether a queue may name this one as its dead-letter queue: it must be there, be of the same kind, and allow it, and the
 * caller must manage it. `text` is the RedrivePolicy as it was sent.
 */
export async function checkDeadLetter(
	{ env, caller }: Call,
	name: string,
	target: string,
	text: string,
): Promise<void> {
	authorize(caller, 'manage', target);
	const queue = await findQueue(env, target);
	if (queue === undefined) throw refusedPolicy(text, 'Dead letter target does not exist.');
	if (isFifo(target) !== isFifo(name)) {
		throw refusedPolicy(text, 'Dead-letter queue must be same type of queue as the source.');
	}
	if (!allows(queue, name)) {
		throw refusedPolicy(text, "The dead-letter queue's redrive allow policy does not allow this source queue.");
	}
}

interface AllowPolicy {
	readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
	readonly sourceQueueArns?: readonly string[];
}

const PERMISSIONS: readonly unknown[] = ['allowAll', 'denyAll', 'byQueue'] satisfies AllowPolicy['redrivePermission'][];
const MOST_SOURCES = 10;

/** A RedriveAllowPolicy as it is kept; null for an empty one. */
export function allowPolicyText(text: string): string | null {
	if (text === '') return null;
	const policy = jsonObjectOf(text);
	const { redrivePermission, sourceQueueArns: sources, ...others } = policy ?? {};
	const isList = sources === undefined || (Array.isArray(sources) && sources.every((arn) => typeof arn === 'string'));
	if (!PERMISSIONS.includes(redrivePermission) || !isList || Object.keys(others).length > 0) {
		const reason = "Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format.";
		throw invalidAttribute('RedriveAllowPolicy', reason);
	}
	const count = (sources as string[] | undefined)?.length;
	if (redrivePermission !== 'byQueue' && count !== undefined) {
		throw refusedAllowPolicy(
			text,
			'To specify one or more source queue ARNs, you must set redrivePermission to byQueue.',
		);
	}
	if (redrivePermission === 'byQueue' && (count ?? 0) === 0) {
		const rule =
			'When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.';
		throw refusedAllowPolicy(text, rule);
	}
	if ((count ?? 0) > MOST_SOURCES) {
		throw refusedAllowPolicy(text, `The maximum number of source queue ARNs you can specify is ${MOST_SOURCES}.`);
	}
	return JSON.stringify(policy);
}

function allows({ annotations }: { readonly annotations?: Annotations }, source: string): boolean {
	const text = annotations?.[`${QUEUE_PREFIX}RedriveAllowPolicy`];
	if (text === undefined) return true;
	const { redrivePermission, sourceQueueArns = [] } = JSON.parse(text) as AllowPolicy;
	if (redrivePermission === 'byQueue') return sourceQueueArns.some((arn) => queueOfArn(arn) === source);
	return redrivePermission === 'allowAll';
}

/** A Policy as it is kept, which nothing here goes by; null for an empty one. */
export function policyText(text: string): string | null {
	if (text === '') return null;
	const policy = jsonObjectOf(text);
	if (policy === undefined) throw invalidAttribute('Policy');
	return JSON.stringify(policy);
}

function refusedPolicy(text: string, reason: string) {
	return invalidParameter('RedrivePolicy', text, reason);
}

function refusedAllowPolicy(text: string, rule: string) {
	return invalidParameter('RedriveAllowPolicy', text, `Amazon SQS can't create the redrive allow policy. ${rule}`);
}
