import type { Backoff, Queue, QueueSettings } from './protocol';

// What crosses RPC between the edge and the catalog, beside the queues themselves.

export type AccessAction = 'publish' | 'consume' | 'manage';

/** What a scoped key may do. Its secret is derived from the root key at the edge; nothing secret is stored. */
export interface AccessKey {
	readonly id: string;
	readonly name: string;
	readonly actions: readonly AccessAction[];
	/** Of queue and topic names; their meaning is the edge's. */
	readonly patterns: readonly string[];
	readonly createdAt: number;
}

export type NewAccessKey = Omit<AccessKey, 'createdAt'>;

/** Absent or undefined keeps what is; `backoff` is merged field by field. */
export type QueuePatch = Partial<Omit<QueueSettings, 'backoff'>> & { readonly backoff?: Partial<Backoff> };

export interface QueuePut {
	readonly queue: Queue;
	readonly created: boolean;
}

export interface QueuePage {
	/** By name. */
	readonly queues: readonly Queue[];
	/** The name to go on after, or null at the end. */
	readonly next: string | null;
}

export interface QueueDeleted {
	/** The queues that have lost their dead-letter queue by force. */
	readonly cut: readonly string[];
}
