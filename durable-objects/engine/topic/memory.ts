import type { Matcher, Subject } from '../../filter/filter';
import type { CarriedMessage, FilterPolicy, Parcel, Target, Topic } from '../../protocol';
import type { LogMemory } from '../appender';
import type { Segment } from '../segments';
import type { Interval } from './seen';

/** Which queue, filter and mark hold for messages from a sequence number on. */
export interface Term {
	readonly from: number;
	/** Of the subscription, when it was told so. */
	readonly version: number;
	readonly queue: string;
	readonly queueGeneration: number;
	readonly filter: FilterPolicy | null;
	readonly mark?: string;
}

/** A subscription's place in the log, and what it has come to. */
export interface Reader {
	readonly name: string;
	readonly generation: number;
	/** Where this generation began to read. */
	readonly begunAt: number;
	/** What generations before it came by: what is delivered of it again is marked. */
	readonly seen: readonly Interval[];
	/** At least one, by `from`; the first holds at the cursor. */
	terms: Term[];
	/** Of the first term's queue. */
	route: Target | undefined;
	/** The next message to look at. */
	position: number;
	/** Messages from there on that were taken already, by other partitions of the target. */
	ahead: ReadonlySet<number>;
	delivered: number;
	filtered: number;
	missed: number;
	/** What the row says of position and filtered: passing what a filter lets by is not worth a row each time. */
	written: { readonly position: number; readonly filtered: number };
	/** The first term's filter, made ready when it is first asked, and how much work it is for each unit of a message. */
	matcher: { readonly matches: Matcher; readonly weight: number } | undefined;
}

/** Messages of the log on their way to a subscription's queue. */
export interface TopicParcel extends Parcel {
	readonly subscription: string;
	/** Where the subscription's cursor stood. */
	readonly from: number;
	/** Where it will stand when all messages are taken; what lies between and is no message was filtered, taken or missed. */
	readonly through: number;
	readonly missed: number;
}

/** A message as it leaves, and the bytes that it will take up. */
export interface LeavingCopy {
	readonly message: CarriedMessage;
	readonly stored: number;
}

/** What reading a segment came to, shared by all subscriptions for as long as the segment is cached. */
export interface ReadMessages {
	readonly subjects: (Subject | undefined)[];
	readonly leaving: (LeavingCopy | undefined)[];
}

/** Everything derived from the rows of a topic's object. Thrown away and rebuilt when a transaction throws. */
export interface TopicMemory extends LogMemory {
	readonly tag: string;
	topic: Topic | undefined;
	topicDirty: boolean;
	destroyed: boolean;
	/** The topic's version when the subscriptions were told. */
	configuredVersion: number;
	readonly tally: { nextSequence: number };
	/** The newest segment's instant: the log's clock does not run backwards. */
	lastWrittenAt: number;
	readonly readers: Map<string, Reader>;
	/** Readers whose cursor row is to be written with this commit. */
	readonly moved: Set<Reader>;
	readonly read: WeakMap<Segment, ReadMessages>;
	hasDedup: boolean;
	duplicates: number;
	readonly sweep: { dedupAfter: string; nextAt: number | undefined };
}
