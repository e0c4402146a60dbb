import type { Delivery, NewMessages, Subscription, Target, Topic } from '../../protocol';
import type { TopicParcel } from './memory';

/** What a topic's object can be asked. Each carries the topic as its caller knows it; the newest version counts. */
export type TopicCommand = { readonly topic: Topic } & (
	| { readonly kind: 'configure'; readonly subscriptions: readonly Subscription[] }
	| { readonly kind: 'publish'; readonly messages: NewMessages }
	| { readonly kind: 'deliver'; readonly delivery: Delivery }
	| { readonly kind: 'passed'; readonly parcel: TopicParcel; readonly positions: ReadonlySet<number> }
	/** Where the courier takes a subscription's messages: fixed before the first is sent, so that repeats meet. Answers whether it may. */
	| { readonly kind: 'route'; readonly parcel: TopicParcel; readonly route: Target }
	/** The queue of a subscription's messages is gone: answers whether other terms hold for them. */
	| { readonly kind: 'skipTerm'; readonly parcel: TopicParcel }
	| { readonly kind: 'figures'; readonly subscription: string | null }
	| { readonly kind: 'tick' | 'destroy' }
);

export interface TopicCommit {
	/** One per command, in the order of the commands. */
	readonly results: readonly unknown[];
	/** When the engine must be called again even if nobody calls; null: never. May be early. */
	readonly dueAt: number | null;
}

/** Commands arrived at the same time, so any order is as true as another: the log grows before anybody reads it. */
export const PHASES: Record<TopicCommand['kind'], number> = {
	configure: 0,
	publish: 1,
	deliver: 1,
	passed: 2,
	route: 2,
	skipTerm: 2,
	tick: 3,
	figures: 4,
	destroy: 5,
};
