import { DurableObject } from 'cloudflare:workers';
import { catalogMigrations } from '../migrations/catalog';
import type { Change } from './catalog/change';
import { dutiesDue, nextDutyAt } from './catalog/duties';
import { deleteKey, getKey, listKeys, putKey } from './catalog/keys';
import { Performer } from './catalog/performer';
import * as queues from './catalog/queues';
import { objectsOf } from './catalog/stubs';
import * as subscriptions from './catalog/subscriptions';
import * as topics from './catalog/topics';
import type {
	AccessKey,
	AllSubscriptionsPage,
	NewAccessKey,
	NewSubscription,
	PutOptions,
	QueueDeleted,
	QueuePage,
	QueuePatch,
	QueuePut,
	SubscriptionOfTopic,
	SubscriptionPage,
	SubscriptionPatch,
	SubscriptionPut,
	TopicDeleted,
	TopicPage,
	TopicPut,
} from './catalog-protocol';
import { Database, migrate } from './database';
import type { Env } from './env';
import {
	type AnnotationPatch,
	isRefusal,
	type Queue,
	type QueueSettings,
	type Refusal,
	type Start,
	type Topic,
	type TopicSettings,
} from './protocol';

/** Duties that one alarm looks at; the next alarm follows at once. */
const dutiesPerAlarm = 100;

/** The least time between two alarms: a duty that throws must not spin. */
const alarmSpacingMs = 1_000;

/**
 * Shell of the control plane: one object, named "catalog". A change is durable, with the duties it brings
 * (catalog/duties.ts), before the first partition hears of it; a reset at any point is taken up by the alarm.
 * Changes of one queue wait for nobody, except that the replacement of its partitions refuses all but deletion
 * (`settings_stale`, retryable), and the same change asked again gets the answer of the first. A change of a topic or
 * of its subscriptions is answered when all partitions of the topic have heard of it. If one did not, that is a
 * `settings_stale` refusal, yet the change stands: the same asked again tries to tell them again.
 * Of lists: `after` is a name, or null to start; `limit` is at least 1. A page may be shorter, and say where to go on.
 */
export class Catalog extends DurableObject<Env> {
	private readonly database: Database;
	private readonly performer: Performer;
	/** When the alarm is set for; null when it is not. */
	private alarmAt: number | null = null;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.database = new Database(ctx.storage.sql);
		this.performer = new Performer(this.database, objectsOf(env), (transition) => this.commit(transition));
		ctx.blockConcurrencyWhile(async () => {
			ctx.storage.transactionSync(() => migrate(this.database, catalogMigrations));
			this.alarmAt = await ctx.storage.getAlarm();
			this.arm(0);
		});
	}

	/** Creates the queue, or replaces all its settings. The same again changes nothing. */
	putQueue(name: string, settings: QueueSettings, options: PutOptions = {}): Promise<Refusal | QueuePut> {
		return this.change((now) => queues.putQueue(this.database, name, settings, options, now));
	}

	async patchQueue(name: string, patch: QueuePatch): Promise<Refusal | Queue> {
		const result = await this.change((now) => queues.patchQueue(this.database, name, patch, now));
		return isRefusal(result) ? result : result.queue;
	}

	async getQueue(name: string): Promise<Refusal | Queue> {
		return queues.getQueue(this.database, name);
	}

	async listQueues(after: string | null, limit: number): Promise<QueuePage> {
		return queues.listQueues(this.database, after, limit);
	}

	/** Queues whose dead letters go to this one. */
	async queuesWithDeadLetter(name: string, after: string | null, limit: number): Promise<QueuePage> {
		return queues.listQueuesWithDeadLetter(this.database, name, after, limit);
	}

	deleteQueue(name: string, force: boolean): Promise<Refusal | QueueDeleted> {
		return this.change((now) => queues.deleteQueue(this.database, name, force, now));
	}

	setPaused(name: string, paused: boolean): Promise<Refusal | Queue> {
		return this.change((now) => queues.setPaused(this.database, name, paused, now));
	}

	/** Creates the topic, or changes its retention and deduplication window. The same again changes nothing. */
	putTopic(name: string, settings: TopicSettings, options: PutOptions = {}): Promise<Refusal | TopicPut> {
		return this.change((now) => topics.putTopic(this.database, name, settings, options, now));
	}

	/** Its partitions need not hear of it. */
	async annotateTopic(name: string, patch: AnnotationPatch): Promise<Refusal | Topic> {
		const now = Date.now();
		return this.commit(() => topics.annotateTopic(this.database, name, patch, now));
	}

	async getTopic(name: string): Promise<Refusal | Topic> {
		return topics.getTopic(this.database, name);
	}

	async listTopics(after: string | null, limit: number): Promise<TopicPage> {
		return topics.listTopics(this.database, after, limit);
	}

	deleteTopic(name: string, force: boolean): Promise<Refusal | TopicDeleted> {
		return this.change((now) => topics.deleteTopic(this.database, name, force, now));
	}

	/** Creates the subscription, or changes its queue, filter, mark and annotations. The same again changes nothing. */
	putSubscription(topic: string, name: string, wanted: NewSubscription): Promise<Refusal | SubscriptionPut> {
		return this.change((now) => subscriptions.putSubscription(this.database, topic, name, wanted, now));
	}

	/** Changes what is named of it, its annotations name by name. */
	async patchSubscription(
		topic: string,
		name: string,
		patch: SubscriptionPatch,
	): Promise<Refusal | SubscriptionOfTopic> {
		const put = await this.change((now) => subscriptions.patchSubscription(this.database, topic, name, patch, now));
		return isRefusal(put) ? put : { topic: put.topic, subscription: put.subscription };
	}

	async getSubscription(topic: string, name: string): Promise<Refusal | SubscriptionOfTopic> {
		return subscriptions.getSubscription(this.database, topic, name);
	}

	async listSubscriptions(topic: string, after: string | null, limit: number): Promise<Refusal | SubscriptionPage> {
		return subscriptions.listSubscriptions(this.database, topic, after, limit);
	}

	/** Of all topics; `after` is the `next` of the page before. */
	async listAllSubscriptions(after: string | null, limit: number): Promise<AllSubscriptionsPage> {
		return subscriptions.listAllSubscriptions(this.database, after, limit);
	}

	/** Answers what was deleted. */
	deleteSubscription(topic: string, name: string): Promise<Refusal | SubscriptionOfTopic> {
		return this.change((now) => subscriptions.deleteSubscription(this.database, topic, name, now));
	}

	/** Moves the subscription; what now is, the catalog's clock says. */
	seek(topic: string, name: string, start: Start): Promise<Refusal | SubscriptionOfTopic> {
		return this.change((now) => subscriptions.seek(this.database, topic, name, start, now));
	}

	async putKey(key: NewAccessKey): Promise<Refusal | AccessKey> {
		const now = Date.now();
		return this.commit(() => putKey(this.database, key, now));
	}

	async listKeys(): Promise<AccessKey[]> {
		return listKeys(this.database);
	}

	async getKey(id: string): Promise<Refusal | AccessKey> {
		return getKey(this.database, id);
	}

	async deleteKey(id: string): Promise<Refusal | null> {
		return this.commit(() => deleteKey(this.database, id));
	}

	/** Takes up what a reset, or a partition that did not answer, has left undone. */
	override async alarm(): Promise<void> {
		this.alarmAt = null;
		try {
			await this.performer.perform(dutiesDue(this.database, Date.now(), dutiesPerAlarm));
		} finally {
			this.arm(Date.now() + alarmSpacingMs);
		}
	}

	/** Writes a change, performs the duties that it brings, and answers what has come of it. */
	private async change<T>(decide: (now: number) => Refusal | Change<T>): Promise<Refusal | T> {
		const now = Date.now();
		const change = this.commit(() => decide(now));
		if (isRefusal(change)) return change;
		return change.outcome(await this.performer.perform(change.duties));
	}

	/** One transition: one transaction, and in the same implicit one an alarm for the duties that it brings. */
	private commit<T>(transition: () => T): T {
		const result = this.ctx.storage.transactionSync(transition);
		this.arm(0);
		return result;
	}

	/** The alarm is no later than the next duty; it is never moved to a later time, nor before `earliest`. */
	private arm(earliest: number): void {
		const dueAt = nextDutyAt(this.database);
		if (dueAt === null) return;
		const at = Math.max(dueAt, earliest);
		if (this.alarmAt !== null && this.alarmAt <= at) return;
		this.alarmAt = at;
		this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
	}
}
