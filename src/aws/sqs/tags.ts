import { z } from '@hono/zod-openapi';
import type { AnnotationPatch, Annotations } from '../../../durable-objects/protocol';
import { catalogOf, queues } from '../../catalog';
import { orProblem } from '../../problems';
import { AwsError } from '../errors';
import type { Actions } from '../facade';
import { textList, textMap } from '../parameters';
import { action, queueUrlParameter } from './action';
import { SQS_ERRORS } from './errors';
import { TAG_PREFIX } from './kept';

// Each tag is an annotation of its own, so that two who tag at the same time do not undo each other.

const MOST = 50;
const KEY_LENGTH = 128;
const VALUE_LENGTH = 256;

function tagsOf(annotations: Annotations | undefined): Readonly<Record<string, string>> {
	const entries = Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(TAG_PREFIX));
	return Object.fromEntries(entries.map(([name, value]) => [name.slice(TAG_PREFIX.length), value]));
}

/** What adds these tags to a queue with these annotations; refuses what tags cannot be. */
export function tagPatch(
	queue: string,
	annotations: Annotations | undefined,
	tags: Readonly<Record<string, string>>,
): Record<string, string> {
	for (const [key, value] of Object.entries(tags)) {
		if (key.length < 1 || key.length > KEY_LENGTH) {
			throw refused(`Tag keys must be between 1 and ${KEY_LENGTH} characters in length.`);
		}
		if (key.toLowerCase().startsWith('aws:')) throw refused('Tag keys must not begin with aws:, which is reserved.');
		if (value.length > VALUE_LENGTH) {
			throw refused(`Tag values must be between 0 and ${VALUE_LENGTH} characters in length.`);
		}
	}
	const count = new Set([...Object.keys(tagsOf(annotations)), ...Object.keys(tags)]).size;
	if (count > MOST) throw refused(`Too many tags added for queue ${queue}.`);
	return Object.fromEntries(Object.entries(tags).map(([key, value]) => [TAG_PREFIX + key, value]));
}

function refused(message: string): AwsError {
	return new AwsError(SQS_ERRORS.invalidParameter, message);
}

const OneQueue = z.object({ QueueUrl: queueUrlParameter });

export const tagActions: Actions = {
	TagQueue: action({
		access: 'manage',
		parameters: OneQueue.extend({ Tags: textMap }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async ({ env }, { QueueUrl: name, Tags }) => {
			const { annotations } = await queues.fresh(env, name);
			return annotate(env, name, tagPatch(name, annotations, Tags));
		},
	}),

	UntagQueue: action({
		access: 'manage',
		parameters: OneQueue.extend({ TagKeys: textList }),
		about: ({ QueueUrl }) => QueueUrl,
		run: ({ env }, { QueueUrl: name, TagKeys }) =>
			annotate(env, name, Object.fromEntries(TagKeys.map((key) => [TAG_PREFIX + key, null]))),
	}),

	ListQueueTags: action({
		access: 'any',
		parameters: OneQueue,
		about: ({ QueueUrl }) => QueueUrl,
		run: async ({ env }, { QueueUrl: name }) => {
			const tags = tagsOf((await queues.fresh(env, name)).annotations);
			return Object.keys(tags).length === 0 ? {} : { Tags: tags };
		},
	}),
};

async function annotate(env: Parameters<typeof catalogOf>[0], name: string, annotations: AnnotationPatch) {
	queues.remember(orProblem(await catalogOf(env).patchQueue(name, { annotations })));
	return {};
}
