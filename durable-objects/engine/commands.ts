import type * as protocol from '../protocol';
import type { Queue, Received, Target } from '../protocol';
import type { OutboxParcel } from './outbox';

/** What a partition can be asked. Each carries the queue as its caller knows it; the newest version counts. */
export type Command = { readonly queue: Queue } & (
	| { readonly kind: 'publish'; readonly messages: protocol.NewMessages }
	| { readonly kind: 'deliver'; readonly delivery: protocol.Delivery }
	| { readonly kind: 'settle'; readonly command: protocol.SettleCommand }
	| { readonly kind: 'receive'; readonly command: protocol.ReceiveCommand }
	| { readonly kind: 'browse'; readonly command: protocol.BrowseCommand }
	| { readonly kind: 'look' | 'remove' | 'cancelRedrive'; readonly id: string }
	| { readonly kind: 'redrive'; readonly command: protocol.RedriveCommand }
	| { readonly kind: 'purge'; readonly forgetDedup?: boolean }
	| { readonly kind: 'redrives' | 'configure' | 'figures' | 'seal' | 'unseal' | 'destroy' | 'tick' }
	| { readonly kind: 'taken'; readonly parcel: OutboxParcel; readonly positions: ReadonlySet<number> }
	/** There is no such queue: what was redriven comes back into this one. */
	| { readonly kind: 'giveBack'; readonly parcel: OutboxParcel }
	/** Where the courier takes the messages for an address: fixed before the first is sent, so that repeats meet. */
	| { readonly kind: 'route'; readonly parcel: OutboxParcel; readonly route: Target }
);

export interface Commit {
	/** One per command, in the order of the commands. */
	readonly results: readonly unknown[];
	/** What the waiting receives got, first come first served; those beyond go on waiting. */
	readonly served: readonly Received[];
	/** When the engine must be called again even if nobody calls; null: never. May be early. */
	readonly dueAt: number | null;
	/** When something may become visible by time alone; of interest only while somebody waits. */
	readonly visibleAt: number | null;
	/** There may be messages for who leases and waits, and no instant will tell: another commit should look at once. */
	readonly again: boolean;
}

/** The answer to a receive that has to wait for the next commit: this one hands out as much as it may. */
export const DEFERRED = Symbol('deferred');

/** Order within one commit. Its commands arrived at the same time, so any order is as true as another. */
export const PHASES: Record<Command['kind'], number> = {
	unseal: 0,
	configure: 0,
	publish: 1,
	deliver: 1,
	giveBack: 1,
	settle: 2,
	tick: 3,
	taken: 3,
	route: 3,
	redrive: 4,
	cancelRedrive: 4,
	remove: 4,
	purge: 4,
	browse: 5,
	look: 5,
	redrives: 5,
	seal: 6,
	receive: 7,
	figures: 8,
	destroy: 9,
};

/** The indexes of commands in the order in which one commit carries them out. */
export function inPhases(commands: readonly Command[]): number[] {
	const order = commands.map((_, index) => index);
	const phase = (index: number) => PHASES[(commands[index] as Command).kind];
	return order.length < 2 ? order : order.sort((a, b) => phase(a) - phase(b) || a - b);
}
