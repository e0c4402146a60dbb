import { z } from '@hono/zod-openapi';
import type { SubscriptionPage } from '../../../durable-objects/catalog-protocol';
import { isRefusal, LIMITS, type Topic } from '../../../durable-objects/protocol';
import { catalogOf, topics } from '../../catalog';
import { visiblePage } from '../../paging';
import { orProblem } from '../../problems';
import { resourceName } from '../../schemas/common';
import { TopicBody, topicSettingsOf } from '../../schemas/topics';
import type { Actions, Call } from '../facade';
import { topicArn } from '../names';
import { textMap, textParameter } from '../parameters';
import { action, invalid, topicArnParameter } from './action';
import { annotationsOf, attributePatch, keptTags } from './kept';
import { PAGE, pageToken } from './pages';
import { tagsOf, tagsParameter } from './tags';
import { checkedAttribute, newTopicAttributes, topicAttributes } from './topic-attributes';

const topicName = z.string().transform((name) => {
	if (resourceName.safeParse(name).success) return name;
	throw invalid(
		'Topic Name',
		`It must be 1 to ${LIMITS.nameLength} of the characters A-Z a-z 0-9 _ - with an optional ending ".fifo"`,
	);
});

/** Making topics and reading, changing and deleting them. A topic that another API made is one like any. */
export const topicActions: Actions = {
	CreateTopic: action({
		access: 'manage',
		parameters: z.object({
			Name: topicName,
			Attributes: textMap.default({}),
			Tags: tagsParameter.default([]),
			DataProtectionPolicy: textParameter.optional(),
		}),
		about: ({ Name }) => Name,
		run: async (call, { Name, Attributes, Tags, DataProtectionPolicy }) => {
			if (DataProtectionPolicy) throw invalid('DataProtectionPolicy', 'Data protection policies are not supported');
			await createTopic(call, Name, newTopicAttributes(Name, Attributes), tagsOf(Tags));
			return { TopicArn: topicArn(call.region, Name) };
		},
	}),

	DeleteTopic: action({
		access: 'manage',
		parameters: z.object({ TopicArn: topicArnParameter }),
		about: ({ TopicArn }) => TopicArn,
		run: async ({ env }, { TopicArn: name }) => {
			const deleted = await catalogOf(env).deleteTopic(name, true);
			topics.forget(name);
			if (!isRefusal(deleted) || deleted.refused !== 'topic_not_found') orProblem(deleted);
			return undefined;
		},
	}),

	ListTopics: action({
		access: 'any',
		parameters: z.object({ NextToken: pageToken }),
		run: async ({ env, caller, region }, { NextToken }) => {
			const query = { ...(NextToken === null ? {} : { after: NextToken }), limit: PAGE };
			const { found, next } = await visiblePage<Topic>(caller, query, async (after, limit) => {
				const page = await catalogOf(env).listTopics(after, limit);
				return { found: page.topics, next: page.next };
			});
			return { Topics: found.map(({ name }) => ({ TopicArn: topicArn(region, name) })), NextToken: next };
		},
	}),

	GetTopicAttributes: action({
		access: 'any',
		parameters: z.object({ TopicArn: topicArnParameter }),
		about: ({ TopicArn }) => TopicArn,
		run: async (call, { TopicArn: name }) => {
			const topic = await topics.fresh(call.env, name);
			const Attributes = {
				...topicAttributes(call.region, topic),
				SubscriptionsConfirmed: String(await countSubscriptions(call, name)),
				SubscriptionsPending: '0',
				SubscriptionsDeleted: '0',
			};
			return { Attributes };
		},
	}),

	SetTopicAttributes: action({
		access: 'manage',
		parameters: z.object({
			TopicArn: topicArnParameter,
			AttributeName: z.string(),
			AttributeValue: textParameter.default(''),
		}),
		about: ({ TopicArn }) => TopicArn,
		run: async ({ env }, { TopicArn: name, AttributeName, AttributeValue }) => {
			const patch = attributePatch({ [AttributeName]: checkedAttribute(name, AttributeName, AttributeValue) });
			topics.remember(orProblem(await catalogOf(env).annotateTopic(name, patch)));
			return undefined;
		},
	}),
};

/** Makes the topic with the defaults of the native API; one that is there must have all that is given. */
async function createTopic(
	{ env, region }: Call,
	name: string,
	attributes: Readonly<Record<string, string>>,
	tags: Readonly<Record<string, string>>,
): Promise<void> {
	const annotations = annotationsOf(attributes, tags);
	const made = await catalogOf(env).putTopic(name, DEFAULTS, { annotations, onlyNew: true });
	if (!isRefusal(made) || made.refused !== 'topic_exists') {
		topics.remember(orProblem(made).topic);
		return;
	}
	const topic = await topics.fresh(env, name);
	if (!includes(topicAttributes(region, topic), attributes)) {
		throw invalid('Attributes', 'Topic already exists with different attributes');
	}
	if (!includes(keptTags(topic), tags)) throw invalid('Tags', 'Topic already exists with different tags');
}

const DEFAULTS = topicSettingsOf(TopicBody.parse({}));

function includes(all: Readonly<Record<string, string>>, some: Readonly<Record<string, string>>): boolean {
	return Object.entries(some).every(([name, value]) => Object.hasOwn(all, name) && all[name] === value);
}

async function countSubscriptions({ env }: Call, topic: string): Promise<number> {
	let count = 0;
	let after: string | null = null;
	do {
		const page: SubscriptionPage = orProblem(
			await catalogOf(env).listSubscriptions(topic, after, LIMITS.subscriptions),
		);
		count += page.subscriptions.length;
		after = page.next;
	} while (after !== null);
	return count;
}
