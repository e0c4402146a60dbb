import type { SubscriptionPatch } from '../../../durable-objects/catalog-protocol';
import { filterFaults } from '../../../durable-objects/filter/filter';
import type { FilterPolicy, FilterScope, Subscription } from '../../../durable-objects/protocol';
import type { AwsError } from '../errors';
import { ACCOUNT, isFifo, queueArn, queueOfArn, subscriptionArn, topicArn } from '../names';
import { jsonObjectOf, switchOf } from '../values';
import { annotationsOf, attributePatch, keptAttributes } from './kept';

// Attributes of subscriptions (https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html).

/** What attributes say of a subscription. */
export interface Terms {
	readonly isRaw: boolean;
	readonly scope: FilterScope;
	readonly filter: FilterPolicy['policy'] | null;
	/** Those that mean nothing here. */
	readonly kept: Readonly<Record<string, string>>;
}

export const DEFAULT_TERMS: Terms = { isRaw: false, scope: 'attributes', filter: null, kept: {} };

/** Whose they are: the names of topic and queue. */
export interface Ends {
	readonly topic: string;
	readonly queue: string;
}

/** Makes the error of what is wrong with an attribute. */
export type Fault = (what: string) => AwsError;

const SCOPES: Readonly<Record<string, FilterScope>> = { MessageAttributes: 'attributes', MessageBody: 'body' };
const SCOPE_NAMES: Readonly<Record<FilterScope, string>> = { attributes: 'MessageAttributes', body: 'MessageBody' };
const SCOPE = 'FilterPolicyScope';

/** Whoever made the subscription: one without a mark brings the bare message. */
export function termsOf(subscription: Subscription): Terms {
	const { [SCOPE]: scope = '', ...kept } = keptAttributes(subscription);
	const { filter, mark } = subscription;
	return {
		isRaw: mark === undefined,
		scope: filter?.scope ?? SCOPES[scope] ?? DEFAULT_TERMS.scope,
		filter: filter?.policy ?? null,
		kept,
	};
}

/** The terms with these attributes changed; refuses what is not valid, a filter that does not fit its scope included. */
export function changedTerms(terms: Terms, given: Readonly<Record<string, string>>, ends: Ends, fault: Fault): Terms {
	const { FilterPolicy: policy, FilterPolicyScope: scope, RawMessageDelivery: raw, ...others } = given;
	const changed = {
		isRaw: raw === undefined ? terms.isRaw : isRaw(raw, fault),
		scope: scope === undefined ? terms.scope : scopeOf(scope, fault),
		filter: policy === undefined ? terms.filter : policyOf(policy, fault),
		kept: { ...terms.kept },
	};
	checkFilter(changed, fault);
	for (const [name, value] of Object.entries(others)) {
		checkKept(name, value, ends, fault);
		if (value === '') delete changed.kept[name];
		else changed.kept[name] = value;
	}
	return changed;
}

function isRaw(value: string, fault: Fault): boolean {
	const wanted = switchOf(value);
	if (wanted !== undefined) return wanted === 'true';
	throw fault(`RawMessageDelivery: Invalid value [${value.slice(0, 80)}]. Must be true or false.`);
}

function scopeOf(value: string, fault: Fault): FilterScope {
	const scope = Object.hasOwn(SCOPES, value) ? SCOPES[value] : undefined;
	if (scope !== undefined) return scope;
	const rule = 'Please use either MessageBody or MessageAttributes';
	throw fault(`${SCOPE}: Invalid value [${value.slice(0, 80)}]. ${rule}`);
}

/** A policy of nothing is none. */
function policyOf(value: string, fault: Fault): Terms['filter'] {
	if (value === '') return null;
	const policy = jsonObjectOf(value);
	if (policy === undefined) throw fault('FilterPolicy: failed to parse JSON.');
	return Object.keys(policy).length === 0 ? null : policy;
}

function checkFilter({ filter, scope }: Terms, fault: Fault): void {
	const [first] = filter === null ? [] : filterFaults(filter, scope);
	if (first === undefined) return;
	const place = first.path.length === 0 ? 'the policy' : first.path.join('.').slice(0, 160);
	throw fault(`FilterPolicy: ${place} ${first.rule}`);
}

function checkKept(name: string, value: string, { topic, queue }: Ends, fault: Fault): void {
	if (name === 'ReplayPolicy') throw fault(`${name}: replaying is done by Sluice's own API (seek)`);
	if (!['DeliveryPolicy', 'RedrivePolicy', 'SubscriptionRoleArn'].includes(name)) throw fault('AttributeName');
	if (name === 'SubscriptionRoleArn' || value === '') return;
	const policy = jsonObjectOf(value);
	if (policy === undefined) throw fault(`${name}: failed to parse JSON.`);
	if (name !== 'RedrivePolicy') return;
	const target = policy.deadLetterTargetArn;
	const deadLetter = typeof target === 'string' ? queueOfArn(target) : undefined;
	if (deadLetter === undefined) throw fault(`${name}: deadLetterTargetArn is an invalid arn`);
	if (isFifo(topic) && isFifo(queue) && !isFifo(deadLetter)) {
		throw fault(`${name}: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.`);
	}
}

/** Attributes that say the same, each of them whether it is the default or not. */
export function attributesOf({ isRaw: raw, scope, filter, kept }: Terms): Record<string, string> {
	return {
		...kept,
		RawMessageDelivery: String(raw),
		[SCOPE]: SCOPE_NAMES[scope],
		FilterPolicy: filter === null ? '' : JSON.stringify(filter),
	};
}

/** As SNS tells them; of a filter that there is not, it does not tell the scope either. */
export function subscriptionAttributes(
	region: string,
	topic: string,
	subscription: Subscription,
): Record<string, string> {
	const { FilterPolicy: policy, FilterPolicyScope: scope, ...others } = attributesOf(termsOf(subscription));
	return {
		SubscriptionArn: subscriptionArn(region, topic, subscription.name),
		TopicArn: topicArn(region, topic),
		Owner: ACCOUNT,
		Protocol: 'sqs',
		Endpoint: queueArn(region, subscription.queue),
		PendingConfirmation: 'false',
		ConfirmationWasAuthenticated: 'true',
		SubscriptionPrincipal: `arn:aws:iam::${ACCOUNT}:root`,
		...others,
		...(policy ? { FilterPolicy: policy, [SCOPE]: scope ?? '' } : {}),
	};
}

/** What the catalog is asked for beside the queue. */
export function subscriptionWith(name: string, { isRaw: raw, scope, filter, kept }: Terms) {
	return {
		filter: filter === null ? null : { scope, policy: filter },
		mark: raw ? null : name,
		annotations: annotationsOf({ ...kept, [SCOPE]: SCOPE_NAMES[scope] }),
	};
}

/** What setting this one attribute changes, and nothing else: others may be set at the same time. */
export function patchOf(name: string, attribute: string, terms: Terms): SubscriptionPatch {
	const { filter, mark, annotations } = subscriptionWith(name, terms);
	if (attribute === 'RawMessageDelivery') return { mark };
	const kept = attributePatch({ [attribute]: keptAttributes({ annotations })[attribute] ?? null });
	return { annotations: kept, ...(attribute.startsWith('FilterPolicy') ? { filter } : {}) };
}
