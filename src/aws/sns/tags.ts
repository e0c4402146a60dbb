import { z } from '@hono/zod-openapi';
import { isRefusal, type Refusal } from '../../../durable-objects/protocol';
import { catalogOf, topics } from '../../catalog';
import { orProblem } from '../../problems';
import { AwsError } from '../errors';
import type { Actions } from '../facade';
import { textList, textParameter } from '../parameters';
import { action, invalid, topicArnParameter } from './action';
import { SNS_ERRORS } from './errors';
import { keptTags, tagPatch } from './kept';

// https://docs.aws.amazon.com/sns/latest/dg/sns-tags-configuring.html

const MOST_TAGS = 50;

export const tagsParameter = z.array(
	z.object({
		Key: textParameter.min(1, 'It must not be empty').max(128, 'It must have at most 128 characters'),
		Value: textParameter.max(256, 'It must have at most 256 characters').default(''),
	}),
);

/** Tags by their keys; refuses too many of them, and one that is given twice. */
export function tagsOf(given: z.output<typeof tagsParameter>): Record<string, string> {
	const tags = Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]));
	const count = Object.keys(tags).length;
	if (count < given.length) throw invalid('Duplicated keys are not allowed.');
	checkCount(count);
	return tags;
}

function checkCount(count: number): void {
	if (count <= MOST_TAGS) return;
	throw new AwsError(SNS_ERRORS.tagLimit, `Could not complete request: tag quota of per resource exceeded`);
}

const resource = { ResourceArn: topicArnParameter };

export const tagActions: Actions = {
	TagResource: action({
		access: 'manage',
		parameters: z.object({ ...resource, Tags: tagsParameter }),
		about: ({ ResourceArn }) => ResourceArn,
		run: async ({ env }, { ResourceArn: name, Tags }) => {
			const tags = tagsOf(Tags);
			const before = keptTags(found(await catalogOf(env).getTopic(name)));
			checkCount(Object.keys({ ...before, ...tags }).length);
			topics.remember(found(await catalogOf(env).annotateTopic(name, tagPatch(tags))));
			return undefined;
		},
	}),

	UntagResource: action({
		access: 'manage',
		parameters: z.object({ ...resource, TagKeys: textList }),
		about: ({ ResourceArn }) => ResourceArn,
		run: async ({ env }, { ResourceArn: name, TagKeys }) => {
			const patch = tagPatch(Object.fromEntries(TagKeys.map((key) => [key, null])));
			topics.remember(found(await catalogOf(env).annotateTopic(name, patch)));
			return undefined;
		},
	}),

	ListTagsForResource: action({
		access: 'manage',
		parameters: z.object(resource),
		about: ({ ResourceArn }) => ResourceArn,
		run: async ({ env }, { ResourceArn: name }) => {
			const tags = Object.entries(keptTags(found(await catalogOf(env).getTopic(name))));
			return { Tags: tags.map(([Key, Value]) => ({ Key, Value })) };
		},
	}),
};

/** Of tags, SNS calls a topic that is not there a resource. */
function found<T>(value: T | Refusal): T {
	if (!isRefusal(value) || value.refused !== 'topic_not_found') return orProblem(value);
	throw new AwsError(SNS_ERRORS.resourceNotFound, 'Resource does not exist');
}
