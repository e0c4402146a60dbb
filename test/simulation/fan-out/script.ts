/** A message as a story has it. The colour decides what filters on attributes let through, the size those on bodies. */
export interface Draft {
	readonly name: string;
	readonly key?: string;
	readonly dedupId?: string;
	readonly colour?: 'red' | 'blue';
	readonly size?: number;
	/** What a facade keeps with it. */
	readonly note?: string;
}

export const FILTERS = ['all', 'red', 'big', 'none'] as const;
export type Filter = (typeof FILTERS)[number];

export type From = 'now' | 'earliest' | { readonly instant: number } | { readonly sequence: number };

/** What goes wrong with one delivery between two objects. */
export type Fault =
	/** Its call is lost; its answer is lost; it arrives twice. */
	| { readonly kind: 'before' | 'after' | 'twice' }
	/** It fails for the sender, and arrives later; or it arrives, and does so again later. */
	| { readonly kind: 'late' | 'again'; readonly ms: number };

export type Action =
	| { readonly verb: 'publish'; readonly topic: string; readonly messages: readonly Draft[] }
	| Settle
	| OfQueue
	| OfSubscription
	/** The topic hears of its subscriptions again, as they are or as they were. */
	| { readonly verb: 'tell'; readonly stale: boolean }
	/** A queue that was deleted is made again. */
	| { readonly verb: 'create'; readonly queue: string; readonly partitions: number }
	/** No delivery reaches the queue. */
	| { readonly verb: 'cut'; readonly queue: string; readonly ms: number }
	| { readonly verb: 'fault'; readonly of: string; readonly fault: Fault }
	| { readonly verb: 'restart'; readonly of: string }
	| { readonly verb: 'rest' };

/** What is done with a queue that is there. */
export type OfQueue = { readonly queue: string } & (
	| { readonly verb: 'receive'; readonly index: number; readonly max: number; readonly leaseMs: number }
	| { readonly verb: 'bound'; readonly maxBacklog: number | null }
	| { readonly verb: 'redrive' | 'seal' }
	/** Also where subscriptions feed it: they end. */
	| { readonly verb: 'delete'; readonly told: boolean }
	/** It is emptied, and gets other partitions where that could be done. */
	| { readonly verb: 'layout'; readonly partitions: number }
);

/** What is done with a subscription of the topic; `told`: the topic hears of it at once. */
export type OfSubscription = { readonly name: string; readonly told: boolean } & (
	| {
			readonly verb: 'subscribe';
			readonly queue: string;
			readonly filter: Filter;
			readonly mark?: string;
			readonly from: From;
	  }
	| { readonly verb: 'unsubscribe' }
	| { readonly verb: 'seek'; readonly from: From }
);

/** All acknowledgements are one handover, where something is published by them. */
export interface Settle {
	readonly verb: 'settle';
	readonly acks: readonly string[];
	readonly retries: readonly string[];
	readonly publish: readonly { readonly to: string; readonly messages: readonly Draft[] }[];
}

export interface Event {
	/** Milliseconds since the story's beginning; before the event before where the clock was set back. */
	readonly at: number;
	/** Couriers stand still while the time passes. */
	readonly held: boolean;
	readonly action: Action;
	/** How many steps couriers make afterwards; null: as many as there are. */
	readonly steps: number | null;
	/** Decides whose step is next. */
	readonly seed: number;
}

/** How a story's world is set up. */
export interface Setting {
	readonly retentionMs: number;
	readonly dedupWindowMs: number;
	readonly paceMs: number;
	/** Of the queues b and c. */
	readonly partitions: number;
}

export interface Story {
	readonly setting: Setting;
	readonly events: readonly Event[];
}

/** As it can be pasted into `replay`. */
export function printed({ setting, events }: Story): string {
	const lines = events.map((event) => `\t${JSON.stringify(event)},`);
	return `{ setting: ${JSON.stringify(setting)}, events: [\n${lines.join('\n')}\n] }`;
}
