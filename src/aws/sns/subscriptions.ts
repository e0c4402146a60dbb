import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { AllSubscriptionsPage } from '../../../durable-objects/catalog-protocol';
import { isRefusal, type Subscription } from '../../../durable-objects/protocol';
import { authorize } from '../../auth';
import { catalogOf, topics } from '../../catalog';
import { visiblePage } from '../../paging';
import { orProblem } from '../../problems';
import { AwsError } from '../errors';
import type { Actions, Call } from '../facade';
import { ACCOUNT, isFifo, queueArn, queueOfArn, subscriptionArn, topicArn, topicOfArn } from '../names';
import { lookupParameter, textMap, textParameter } from '../parameters';
import { action, invalid, subscriptionArnParameter, topicArnParameter } from './action';
import { SNS_ERRORS } from './errors';
import { PAGE, pageToken } from './pages';
import {
	attributesOf,
	changedTerms,
	DEFAULT_TERMS,
	type Ends,
	patchOf,
	subscriptionAttributes,
	subscriptionWith,
	termsOf,
} from './subscription-attributes';

/** Of an action about one subscription. */
const subscription = { SubscriptionArn: subscriptionArnParameter };

/** Subscribing queues to topics. A subscription that another API made is one like any. */
export const subscriptionActions: Actions = {
	Subscribe: action({
		access: 'manage',
		parameters: z
			.object({
				TopicArn: topicArnParameter,
				Protocol: z.string(),
				Endpoint: z.string().default(''),
				Attributes: textMap.default({}),
			})
			.transform((given) => ({ ...given, queue: queueOf(given) })),
		about: ({ TopicArn }) => TopicArn,
		run: async (call, { TopicArn: topic, queue, Attributes }) => {
			authorize(call.caller, 'manage', queue);
			return {
				SubscriptionArn: subscriptionArn(call.region, topic, await subscribe(call, { topic, queue }, Attributes)),
			};
		},
	}),

	/** An sqs subscription is confirmed from the beginning: who asks for it by its name is answered. */
	ConfirmSubscription: action({
		access: 'manage',
		parameters: z.object({ TopicArn: topicArnParameter, Token: lookupParameter }),
		about: ({ TopicArn }) => TopicArn,
		run: async ({ env, region }, { TopicArn: topic, Token }) => {
			const found = await catalogOf(env).getSubscription(topic, Token);
			if (isRefusal(found) && found.refused === 'subscription_not_found') throw invalid('Token');
			return { SubscriptionArn: subscriptionArn(region, topic, orProblem(found).subscription.name) };
		},
	}),

	Unsubscribe: action({
		access: 'manage',
		parameters: z.object({ SubscriptionArn: z.string().transform(notOfTopic).pipe(subscriptionArnParameter) }),
		about: ({ SubscriptionArn }) => SubscriptionArn.topic,
		run: async ({ env }, { SubscriptionArn: { topic, name } }) => {
			const ended = await catalogOf(env).deleteSubscription(topic, name);
			if (!isRefusal(ended)) topics.remember(ended.topic);
			else if (!ended.refused.endsWith('_not_found')) orProblem(ended);
			return undefined;
		},
	}),

	ListSubscriptions: action({
		access: 'manage',
		parameters: z.object({ NextToken: pageToken }),
		run: async ({ env, caller, region }, { NextToken }) => {
			const query = { ...(NextToken === null ? {} : { after: NextToken }), limit: PAGE };
			const read = async (after: string | null, limit: number) => {
				const page = await catalogOf(env).listAllSubscriptions(after, limit);
				return { found: page.subscriptions.map((each) => ({ ...each, name: each.topic })), next: page.next };
			};
			const placeOf = ({ topic, subscription }: AllSubscriptionsPage['subscriptions'][number]) =>
				`${topic}/${subscription.name}`;
			const { found, next } = await visiblePage(caller, query, read, placeOf);
			return {
				Subscriptions: found.map(({ topic, subscription }) => listed(region, topic, subscription)),
				NextToken: next,
			};
		},
	}),

	ListSubscriptionsByTopic: action({
		access: 'manage',
		parameters: z.object({ TopicArn: topicArnParameter, NextToken: pageToken }),
		about: ({ TopicArn }) => TopicArn,
		run: async ({ env, region }, { TopicArn: topic, NextToken }) => {
			const page = orProblem(await catalogOf(env).listSubscriptions(topic, NextToken, PAGE));
			return { Subscriptions: page.subscriptions.map((found) => listed(region, topic, found)), NextToken: page.next };
		},
	}),

	GetSubscriptionAttributes: action({
		access: 'manage',
		parameters: z.object(subscription),
		about: ({ SubscriptionArn }) => SubscriptionArn.topic,
		run: async ({ env, region }, { SubscriptionArn: { topic, name } }) => {
			return { Attributes: subscriptionAttributes(region, topic, await find(env, topic, name)) };
		},
	}),

	SetSubscriptionAttributes: action({
		access: 'manage',
		parameters: z.object({ ...subscription, AttributeName: z.string(), AttributeValue: textParameter.default('') }),
		about: ({ SubscriptionArn }) => SubscriptionArn.topic,
		run: async ({ env }, { SubscriptionArn: { topic, name }, AttributeName, AttributeValue }) => {
			const before = await find(env, topic, name);
			const ends = { topic, queue: before.queue };
			const terms = changedTerms(termsOf(before), { [AttributeName]: AttributeValue }, ends, (what) => invalid(what));
			const patch = patchOf(name, AttributeName, terms);
			topics.remember(orProblem(await catalogOf(env).patchSubscription(topic, name, patch)).topic);
			return undefined;
		},
	}),
};

/** Who leaves the last part out is told what it is. */
function notOfTopic(arn: string): string {
	if (topicOfArn(arn) !== undefined) throw invalid('SubscriptionId');
	return arn;
}

interface Wanted {
	readonly TopicArn: string;
	readonly Protocol: string;
	readonly Endpoint: string;
}

/** The queue of a subscription that is asked for; refuses whatever is not one, by which a topic cannot be brought. */
function queueOf({ TopicArn: topic, Protocol, Endpoint }: Wanted): string {
	if (Protocol !== 'sqs') {
		const known = ['http', 'https', 'email', 'email-json', 'sms', 'application', 'lambda', 'firehose'].includes(
			Protocol,
		);
		if (!known) throw invalid(`Amazon SNS does not support this protocol string: ${Protocol.slice(0, 80)}`);
		throw invalid('Protocol', `${Protocol} is not supported yet: subscribe a queue, with the protocol sqs`);
	}
	const queue = queueOfArn(Endpoint);
	if (queue === undefined) throw invalid('SQS endpoint ARN');
	if (isFifo(queue) && !isFifo(topic)) {
		throw invalid('Invalid parameter: Endpoint', 'FIFO SQS Queues can not be subscribed to standard SNS topics');
	}
	return queue;
}

/** Makes the subscription, or finds it where there is one with these attributes; answers its name. */
async function subscribe({ env }: Call, ends: Ends, given: Readonly<Record<string, string>>): Promise<string> {
	const { topic, queue } = ends;
	const terms = changedTerms(DEFAULT_TERMS, given, ends, (what) => invalid('Attributes', what));
	const name = subscriptionName(ends);
	const wanted = { queue, start: { from: 'now', at: Date.now() }, ...subscriptionWith(name, terms) } as const;
	const made = await catalogOf(env).putSubscription(topic, name, { ...wanted, onlyNew: true });
	if (!isRefusal(made) || made.refused !== 'subscription_exists') {
		topics.remember(orProblem(made).topic);
		return name;
	}
	// A patch of nothing waits until the topic has heard of it: whoever asks again may have had no answer.
	const { subscription: found } = orProblem(await catalogOf(env).patchSubscription(topic, name, {}));
	if (hasAll(found, ends, attributesOf(terms), Object.keys(given))) return name;
	throw invalid('Attributes', 'Subscription already exists with different attributes');
}

function hasAll(
	{ queue, ...others }: Subscription,
	ends: Ends,
	wanted: Readonly<Record<string, string>>,
	names: readonly string[],
): boolean {
	const has = attributesOf(termsOf({ queue, ...others }));
	return queue === ends.queue && names.every((name) => (has[name] ?? '') === (wanted[name] ?? ''));
}

/**
 * The name of what subscribes a queue to a topic: always the same, so that it is found again. It looks like AWS's, which are
 * UUIDs: of version 8, whose bits are the maker's own choice.
 */
function subscriptionName({ topic, queue }: Ends): string {
	const hash = createHash('sha256').update(`${topic}/${queue}`).digest('hex');
	const [, a, b, c, d, e] = /^(.{8})(.{4})(.{3})(.{3})(.{12})/.exec(hash) ?? [];
	return `${a}-${b}-8${c}-8${d}-${e}`;
}

async function find(env: Call['env'], topic: string, name: string): Promise<Subscription> {
	const found = await catalogOf(env).getSubscription(topic, name);
	if (isRefusal(found) && found.refused === 'topic_not_found') {
		// To SNS, a subscription of a topic that is gone is no subscription.
		throw new AwsError(SNS_ERRORS.notFound, 'Subscription does not exist');
	}
	return orProblem(found).subscription;
}

function listed(region: string, topic: string, { name, queue }: Subscription) {
	return {
		SubscriptionArn: subscriptionArn(region, topic, name),
		Owner: ACCOUNT,
		Protocol: 'sqs',
		Endpoint: queueArn(region, queue),
		TopicArn: topicArn(region, topic),
	};
}
