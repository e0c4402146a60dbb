import { isRefusal, type Topic, told } from '../../durable-objects/protocol';
import { catalogOf, topics } from '../catalog';
import { type App, created, endpoint, ok } from '../endpoint';
import { visiblePage } from '../paging';
import { orProblem } from '../problems';
import { TopicPath } from '../schemas/common';
import { ListQuery } from '../schemas/control';
import {
	TopicAnswer,
	TopicBody,
	TopicDeleteAnswer,
	TopicDeleteQuery,
	TopicListAnswer,
	TopicWithFigures,
	topicSettingsOf,
} from '../schemas/topics';
import { topicAnswer } from '../subscribing';
import { topicFiguresAnswer, topicFiguresOf } from '../topic-figures';

/** Create or change, read, delete and list topics. */
export function topicRoutes(app: App): void {
	putTopic(app);
	getTopic(app);
	deleteTopic(app);
	listTopics(app);
}

function putTopic(app: App): void {
	endpoint(
		app,
		{
			method: 'put',
			path: '/v1/topics/{topic}',
			tag: 'Topics',
			summary: 'Create a topic, or replace its settings',
			description:
				'What the body leaves out gets its default. `partitions` and `location` of a topic that is there must be what they are.',
			access: 'manage',
			params: TopicPath,
			body: TopicBody,
			answers: {
				200: { description: 'The topic as it is now.', schema: TopicAnswer },
				201: { description: 'Created.', schema: TopicAnswer },
			},
			problems: ['topic_layout_fixed', 'too_many_topics', 'settings_stale'],
		},
		async ({ env, params, body }) => {
			const put = orProblem(await catalogOf(env).putTopic(params.topic, topicSettingsOf(body)));
			topics.remember(put.topic);
			return put.created ? created(topicAnswer(put.topic)) : ok(topicAnswer(put.topic));
		},
	);
}

function getTopic(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/topics/{topic}',
			tag: 'Topics',
			summary: 'Settings and live figures',
			access: 'manage',
			params: TopicPath,
			answers: { 200: { description: 'The topic.', schema: TopicWithFigures } },
			problems: ['topic_not_found'],
		},
		async ({ env, params }) => {
			await topics.fresh(env, params.topic);
			const answer = await topics.with(env, params.topic, async (topic) => {
				const figures = await topicFiguresOf(env, topic, null);
				if (isRefusal(figures)) return figures;
				return { ...topicAnswer(topic), figures: topicFiguresAnswer(figures, Date.now()) };
			});
			return ok(answer);
		},
	);
}

function deleteTopic(app: App): void {
	endpoint(
		app,
		{
			method: 'delete',
			path: '/v1/topics/{topic}',
			tag: 'Topics',
			summary: 'Delete a topic and its messages',
			description: 'What its subscriptions have brought to their queues stays there.',
			access: 'manage',
			params: TopicPath,
			query: TopicDeleteQuery,
			answers: { 200: { description: 'Deleted.', schema: TopicDeleteAnswer } },
			problems: ['topic_not_found', 'topic_in_use'],
		},
		async ({ env, params, query }) => {
			const { cut } = orProblem(await catalogOf(env).deleteTopic(params.topic, query.force === 'true'));
			topics.forget(params.topic);
			return ok({ cut });
		},
	);
}

function listTopics(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/topics',
			tag: 'Topics',
			summary: 'List topics by name, a page at a time',
			description: 'A scoped key sees the topics that match its patterns.',
			access: 'manage',
			query: ListQuery,
			answers: { 200: { description: 'A page.', schema: TopicListAnswer } },
		},
		async ({ env, caller, query }) => {
			const { found, next } = await visiblePage<Topic>(caller, query, async (after, limit) => {
				const page = await catalogOf(env).listTopics(after, limit);
				return { found: page.topics.map(told), next: page.next };
			});
			return ok({ topics: found.map(topicAnswer), next });
		},
	);
}
