import { mergeAnnotations } from '../../../durable-objects/catalog/annotations';
import { mergeSettings } from '../../../durable-objects/catalog/settings';
import type { QueuePatch } from '../../../durable-objects/catalog-protocol';
import type { Annotations, Queue, QueueSettings } from '../../../durable-objects/protocol';
import { milliseconds } from '../../schemas/common';
import { AwsError } from '../errors';
import { isFifo, queueArn } from '../names';
import { numberIn } from '../parameters';
import { invalidAttribute, SQS_ERRORS } from './errors';
import { MAXIMUM_MESSAGE_BYTES, QUEUE_PREFIX } from './kept';
import { allowPolicyText, policyText, redrivePatch } from './policies';

// A queue's attributes as SQS names them: where Sluice has such a setting they are that setting, else they are kept.

/** What attributes are read from: a queue that is there, or as it is to be. */
export type Holder = Pick<Queue, 'name' | 'settings' | 'annotations'>;

interface Attribute {
	/** As text; undefined where the queue has none. */
	readonly read: (queue: Holder, region: string) => string | undefined;
	/** The change that sets it; refuses a value that it cannot have. */
	readonly write: (text: string) => QueuePatch;
}

const SECONDS = 1_000;
const KEY_REUSE_SECONDS = '300';

const EITHER_KIND: readonly (readonly [name: string, attribute: Attribute])[] = [
	['VisibilityTimeout', duration('VisibilityTimeout', 'visibilityTimeoutMs', 0, 43_200)],
	['DelaySeconds', duration('DelaySeconds', 'delayMs', 0, 900)],
	['MessageRetentionPeriod', duration('MessageRetentionPeriod', 'retentionMs', 60, 1_209_600)],
	['MaximumMessageSize', kept('MaximumMessageSize', bytes, String(MAXIMUM_MESSAGE_BYTES))],
	[
		'ReceiveMessageWaitTimeSeconds',
		kept('ReceiveMessageWaitTimeSeconds', (name, text) => String(within(name, text, 0, 20)), '0'),
	],
	['RedrivePolicy', { read: redrivePolicyOf, write: redrivePatch }],
	['RedriveAllowPolicy', kept('RedriveAllowPolicy', (_, text) => allowPolicyText(text))],
	['Policy', kept('Policy', (_, text) => policyText(text))],
	[
		'KmsMasterKeyId',
		{
			...kept('KmsMasterKeyId', (_, text) => text),
			write: (text) =>
				keep(text === '' ? { KmsMasterKeyId: null } : { KmsMasterKeyId: text, SqsManagedSseEnabled: 'false' }),
		},
	],
	[
		'KmsDataKeyReusePeriodSeconds',
		{
			...kept(
				'KmsDataKeyReusePeriodSeconds',
				(name, text) => String(within(name, text, 60, 86_400)),
				KEY_REUSE_SECONDS,
			),
			read: (queue) =>
				keptOf(queue, 'KmsDataKeyReusePeriodSeconds') ??
				(keptOf(queue, 'KmsMasterKeyId') === undefined ? undefined : KEY_REUSE_SECONDS),
		},
	],
	[
		'SqsManagedSseEnabled',
		{
			...kept('SqsManagedSseEnabled', flag, 'true'),
			write: (text) =>
				flag('SqsManagedSseEnabled', text) === 'false'
					? keep({ SqsManagedSseEnabled: 'false' })
					: keep({ SqsManagedSseEnabled: null, KmsMasterKeyId: null, KmsDataKeyReusePeriodSeconds: null }),
		},
	],
];

const ONLY_FIFO: readonly (readonly [name: string, attribute: Attribute])[] = [
	['FifoQueue', { read: () => 'true', write: fifoPatch }],
	['ContentBasedDeduplication', kept('ContentBasedDeduplication', flag, 'false')],
	['DeduplicationScope', kept('DeduplicationScope', oneOf('queue', 'messageGroup'), 'queue')],
	['FifoThroughputLimit', kept('FifoThroughputLimit', oneOf('perQueue', 'perMessageGroupId'), 'perQueue')],
];

const STANDARD = new Map(EITHER_KIND);
const FIFO = new Map([...EITHER_KIND, ...ONLY_FIFO]);

/** Names of what can be set, on queues of some kind. */
export const SETTABLE: readonly string[] = [...FIFO.keys()];

/** As text; undefined where a queue of its kind has none. */
export function attributeOf(queue: Holder, name: string, region: string): string | undefined {
	return attributesFor(queue.name).get(name)?.read(queue, region);
}

/** The change that sets these attributes on a queue of this name; refuses names and values that it cannot have. */
export function patchOf(queue: string, attributes: Readonly<Record<string, string>>): QueuePatch {
	const isKeyGiven = (attributes.KmsMasterKeyId ?? '') !== '';
	const parts = Object.entries(attributes).map(([name, text]) => {
		const attribute = attributesFor(queue).get(name);
		if (attribute === undefined) throw unknown(queue, name);
		return attribute.write(text);
	});
	if (isKeyGiven && attributes.SqsManagedSseEnabled?.toLowerCase() === 'true') {
		const message =
			'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.';
		throw new AwsError(SQS_ERRORS.invalidAttributeName, message);
	}
	const annotations = Object.assign({}, ...parts.map((part) => part.annotations));
	return Object.assign({}, ...parts, { annotations });
}

/** The queue as it will be; refuses attributes that do not go together. */
export function changed<Q extends Holder>(queue: Q, patch: QueuePatch): Q & { readonly annotations: Annotations } {
	const { annotations = {}, ...settings } = patch;
	const after = {
		...queue,
		settings: mergeSettings(queue.settings, settings),
		annotations: mergeAnnotations(queue.annotations, annotations),
	};
	const isPerGroup = keptOf(after, 'FifoThroughputLimit') === 'perMessageGroupId';
	if (isPerGroup && keptOf(after, 'DeduplicationScope') !== 'messageGroup') {
		const reason = 'The value perMessageGroupId is allowed only when DeduplicationScope is messageGroup.';
		throw invalidAttribute('FifoThroughputLimit', reason);
	}
	return after;
}

function attributesFor(queue: string): ReadonlyMap<string, Attribute> {
	return isFifo(queue) ? FIFO : STANDARD;
}

/** Two of a FIFO queue's attributes are refused elsewhere with a sentence of their own. */
function unknown(queue: string, name: string): AwsError {
	const isTold = !isFifo(queue) && /^(DeduplicationScope|FifoThroughputLimit)$/.test(name);
	const told = `You can specify the ${name} only when FifoQueue is set to true.`;
	return new AwsError(SQS_ERRORS.invalidAttributeName, isTold ? told : unknownAttribute(name));
}

export function unknownAttribute(name: string): string {
	return `Unknown Attribute ${name.slice(0, 80)}.`;
}

type Durations = Extract<keyof QueueSettings, `${string}Ms`>;

function duration(name: string, setting: Durations, min: number, max: number): Attribute {
	return {
		read: ({ settings }) => String(settings[setting] / SECONDS),
		write: (text) => ({ [setting]: milliseconds(within(name, text, min, max)) }),
	};
}

/** One that Sluice has no setting for. `check` answers the value as it is stored, null for none. */
function kept(name: string, check: (name: string, text: string) => string | null, initial?: string): Attribute {
	return {
		read: (queue) => keptOf(queue, name) ?? initial,
		write: (text) => {
			const value = check(name, text);
			return keep({ [name]: value === initial ? null : value });
		},
	};
}

function keptOf({ annotations }: Pick<Queue, 'annotations'>, name: string): string | undefined {
	return annotations?.[QUEUE_PREFIX + name];
}

function keep(values: Readonly<Record<string, string | null>>): QueuePatch {
	const annotations = Object.entries(values).map(([name, value]) => [QUEUE_PREFIX + name, value] as const);
	return { annotations: Object.fromEntries(annotations) };
}

function within(name: string, text: string, min: number, max: number): number {
	const value = numberIn(text);
	if (value === undefined || value < min || value > max) throw invalidAttribute(name);
	return value;
}

function bytes(name: string, text: string): string {
	const value = within(name, text, 1_024, MAXIMUM_MESSAGE_BYTES);
	if (!Number.isInteger(value)) throw invalidAttribute(name);
	return String(value);
}

function flag(name: string, text: string): string {
	return oneOf('true', 'false')(name, text.toLowerCase());
}

function oneOf(...values: readonly string[]) {
	return (name: string, text: string): string => {
		if (!values.includes(text)) throw invalidAttribute(name);
		return text;
	};
}

/** The name decides the kind for good. */
function fifoPatch(text: string): QueuePatch {
	if (text.toLowerCase() !== 'true') throw invalidAttribute('FifoQueue', 'Modifying queue type is not supported.');
	return {};
}

function redrivePolicyOf({ settings }: Holder, region: string): string | undefined {
	const { deadLetter, maxReceives } = settings;
	if (deadLetter === null) return undefined;
	return JSON.stringify({ deadLetterTargetArn: queueArn(region, deadLetter), maxReceiveCount: maxReceives });
}
