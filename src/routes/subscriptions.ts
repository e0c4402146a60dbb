import { isRefusal } from '../../durable-objects/protocol';
import { authorize } from '../auth';
import { catalogOf, topics } from '../catalog';
import { type App, created, endpoint, ok } from '../endpoint';
import { orProblem } from '../problems';
import { TopicPath } from '../schemas/common';
import { ListQuery } from '../schemas/control';
import {
	SeekBody,
	SubscriptionAnswer,
	SubscriptionBody,
	SubscriptionListAnswer,
	SubscriptionPath,
	SubscriptionWithFigures,
} from '../schemas/subscriptions';
import { filterOf, startOf, subscriptionAnswer, subscriptionFiguresAnswer } from '../subscribing';
import { addSubscriptionFigures, topicFiguresOf } from '../topic-figures';

/** Subscribe a queue to a topic; read, move, end and list subscriptions. */
export function subscriptionRoutes(app: App): void {
	putSubscription(app);
	getSubscription(app);
	deleteSubscription(app);
	seek(app);
	listSubscriptions(app);
}

function putSubscription(app: App): void {
	endpoint(
		app,
		{
			method: 'put',
			path: '/v1/topics/{topic}/subscriptions/{name}',
			tag: 'Subscriptions',
			summary: 'Bring the messages of a topic to a queue',
			description:
				'Every message that passes the filter is brought to the queue once, in order per key, with the attributes ' +
				'`sluice-topic` and `sluice-source-id`, the id that publishing to the topic answered. The same request again changes ' +
				'nothing; another queue or filter counts for messages from then on. A key needs `manage` for topic and queue.',
			access: 'manage',
			params: SubscriptionPath,
			body: SubscriptionBody,
			answers: {
				200: { description: 'The subscription as it is now.', schema: SubscriptionAnswer },
				201: { description: 'Created.', schema: SubscriptionAnswer },
			},
			problems: [
				'topic_not_found',
				'queue_not_found',
				'too_many_subscriptions',
				'filters_too_large',
				'ambiguous_sequence',
				'settings_stale',
			],
		},
		async ({ env, caller, params, body }) => {
			authorize(caller, 'manage', body.queue);
			const wanted = { queue: body.queue, filter: filterOf(body), start: startOf(body.from, 'from', Date.now()) };
			const put = orProblem(await catalogOf(env).putSubscription(params.topic, params.name, wanted));
			topics.remember(put.topic);
			const answer = subscriptionAnswer(params.topic, put.subscription);
			return put.created ? created(answer) : ok(answer);
		},
	);
}

function getSubscription(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/topics/{topic}/subscriptions/{name}',
			tag: 'Subscriptions',
			summary: 'A subscription and its live figures',
			access: 'manage',
			params: SubscriptionPath,
			answers: { 200: { description: 'The subscription.', schema: SubscriptionWithFigures } },
			problems: ['topic_not_found', 'subscription_not_found'],
		},
		async ({ env, params }) => {
			const found = orProblem(await catalogOf(env).getSubscription(params.topic, params.name));
			topics.remember(found.topic);
			const figures = await topics.with(env, params.topic, async (topic) => {
				const all = await topicFiguresOf(env, topic, params.name);
				return isRefusal(all) ? all : (all.subscriptions[0] ?? addSubscriptionFigures(params.name, []));
			});
			const answer = subscriptionAnswer(params.topic, found.subscription);
			return ok({ ...answer, figures: subscriptionFiguresAnswer(figures, Date.now()) });
		},
	);
}

function deleteSubscription(app: App): void {
	endpoint(
		app,
		{
			method: 'delete',
			path: '/v1/topics/{topic}/subscriptions/{name}',
			tag: 'Subscriptions',
			summary: 'End a subscription',
			description: 'What it has brought to its queue stays there.',
			access: 'manage',
			params: SubscriptionPath,
			answers: { 200: { description: 'The subscription that was ended.', schema: SubscriptionAnswer } },
			problems: ['topic_not_found', 'subscription_not_found', 'settings_stale'],
		},
		async ({ env, params }) => {
			const { topic, subscription } = orProblem(await catalogOf(env).deleteSubscription(params.topic, params.name));
			topics.remember(topic);
			return ok(subscriptionAnswer(params.topic, subscription));
		},
	);
}

function seek(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/topics/{topic}/subscriptions/{name}/seek',
			tag: 'Subscriptions',
			summary: 'Read on from another place: replay, or skip',
			description:
				'Also while messages flow. Copies of what it had come by before are new messages, with the attribute ' +
				'`sluice-replay: "true"` and the `sluice-source-id` of the first.',
			access: 'manage',
			params: SubscriptionPath,
			body: SeekBody,
			answers: { 200: { description: 'The subscription, moved.', schema: SubscriptionAnswer } },
			problems: ['topic_not_found', 'subscription_not_found', 'ambiguous_sequence', 'settings_stale'],
		},
		async ({ env, params, body }) => {
			const start = startOf(body.to, 'to', Date.now());
			const { topic, subscription } = orProblem(await catalogOf(env).seek(params.topic, params.name, start));
			topics.remember(topic);
			return ok(subscriptionAnswer(params.topic, subscription));
		},
	);
}

function listSubscriptions(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/topics/{topic}/subscriptions',
			tag: 'Subscriptions',
			summary: 'List the subscriptions of a topic by name, a page at a time',
			access: 'manage',
			params: TopicPath,
			query: ListQuery,
			answers: { 200: { description: 'A page.', schema: SubscriptionListAnswer } },
			problems: ['topic_not_found'],
		},
		async ({ env, params, query }) => {
			const { after = null, limit } = query;
			const page = orProblem(await catalogOf(env).listSubscriptions(params.topic, after, limit));
			const subscriptions = page.subscriptions.map((subscription) => subscriptionAnswer(params.topic, subscription));
			return ok({ subscriptions, next: page.next });
		},
	);
}
