const second = 1_000;
const day = 86_400 * second;
const KiB = 1_024;
const MiB = 1_024 * KiB;

/**
 * Every bound of Sluice, in one place. The edge builds its schemas from it and the engine enforces it, so
 * neither can drift from the other.
 */
export const LIMITS = Object.freeze({
	/** Bytes of one message's body plus its attributes: the bound SQS has, and a base64 of it still fits a row. */
	messageBytes: 1 * MiB,
	/** Messages in one batch, one receive or one settle list: keeps a transaction in the low milliseconds. */
	batchMessages: 100,
	/** Bytes of all bodies of one batch: a batch crosses RPC as one value (32 MiB at most) and is buffered whole. */
	batchBytes: 4 * MiB,
	/** Bytes of a request body: a batch whose bodies are JSON escaped or base64, with room for its other fields. */
	requestBytes: 12 * MiB,
	/** Stored bytes of one segment row. A row holds 2 MB at most (Durable Objects, platform limits). */
	segmentBytes: 1_000_000,
	/** Bytes of all attribute names and values of a message: they are stored as JSON, which may escape 1 byte to 6. */
	attributeBytes: 64 * KiB,
	attributes: 64,
	/** As SQS has it. */
	attributeNameLength: 256,
	/** Bytes of all annotations of a message as JSON: with the largest body, attributes and history they still fit a row. */
	messageAnnotationBytes: 256 * KiB,
	/** Bytes of all names and values of the annotations of one queue, topic or subscription: rows of the catalog. */
	annotationBytes: 64 * KiB,
	/** Of a subscription's mark: every copy that it brings carries it. */
	markLength: 128,
	/** Keys and deduplication ids are row keys and cross RPC with every message. */
	keyLength: 256,
	dedupIdLength: 256,
	reasonLength: 1_024,
	/** Names of receives: rows, like deduplication ids. SQS's bound. */
	attemptIdLength: 128,
	/** Failures that a message carries: the first, and the newest of the others. */
	failuresKept: 10,
	/** Queue, topic, subscription and key names: SQS's alphabet, so that the same name works on both wires. */
	nameLength: 80,
	partitions: 64,
	/** Message priorities are 0 to 9; each is a lane of the log. */
	priorities: 10,
	/** UTF-16 units of segments kept parsed in memory, so that one read in pieces is parsed once. */
	cachedSegmentUnits: 4 * MiB,
	/** Leased messages of one partition: they are what memory holds. */
	inFlight: 20_000,
	/** Keys of one partition that are read apart from the rest of the log; each is a row and a memory entry. */
	heldKeys: 100_000,
	/** Messages that one receive looks at without being able to hand them out, before it answers with what it has. */
	scannedMessages: 1_000,
	/** Messages and keys that a receive passes over to fill its answer from one key: each key may cost a row for a while. */
	passedMessages: 100,
	passedKeys: 10,
	/** What one commit hands out, in UTF-16 units of bodies, or bytes where these are more: it is in memory together, in several forms. */
	commitUnits: 16 * MiB,
	/** Burials of one commit that no receive asked for. */
	buriedMessages: 100,
	/** Stored bytes that one receive hands out; one message more than that is always given. */
	receiveBytes: 8 * MiB,
	/** Messages in one page of a browse, and the bytes of their bodies. */
	browseMessages: 100,
	/** Messages that one browse looks at; with a state filter a page may then be short and say where to go on. */
	browsedMessages: 10_000,
	browseBytes: 4 * MiB,
	/** Bytes of a partition's database beyond which it accepts nothing: an object ends at 10 GB, and must still be able to hand out. */
	databaseBytes: 8_000 * MiB,
	/** A long poll: SQS clients ask for 20 s; beyond 30 s proxies start to cut idle connections. */
	waitMs: 30 * second,
	visibilityTimeoutMs: 12 * 3_600 * second,
	/** How long a receive that was given a name can be asked again: as long as in SQS. */
	receiveAttemptMs: 300 * second,
	retentionMs: 365 * day,
	minimumRetentionMs: 60 * second,
	dedupWindowMs: 30 * day,
	backoffMs: 1 * day,
	maxReceives: 1_000,
	/** Long polls parked on one object; each costs memory and a place in the queue. */
	waiters: 10_000,
	/** Queues of one deployment: the catalog answers them a page at a time. */
	queues: 10_000,
	topics: 10_000,
	/** Characters of annotations and filters in one page of a list: beyond them the page is short. It crosses RPC as one value. */
	pageUnits: 4 * MiB,
	/** Subscriptions of one topic: all of them, filters included, are told to its objects in one call. */
	subscriptions: 1_000,
	/** Stored bytes of all filters of one topic. */
	filterBytes: 4 * MiB,
	keys: 1_000,
	keyPatterns: 20,
	redriveRatePerSecond: 10_000,
	/** Redrives that a partition remembers, the newest: all are in one state row. */
	redrivesKept: 10,
	/** A redrive pauses while the courier owes so many, and looks again after this time. */
	redriveOwedMessages: 1_000,
	redriveStepMs: 100,
	redrivePauseMs: 60 * second,
	/** How long a woken waiter gets to take what it was woken for, before another one is woken. */
	wakeAgainMs: 100,
	/** Publishes of one object that wait to be durable, and their UTF-16 units: they are in memory, which ends at 128 MB. */
	waitingPublishes: 5_000,
	waitingUnits: 32 * MiB,
	overloadedRetryMs: 1 * second,
	/** Commands of one commit: they share its rows, and all wait for it. */
	commitCommands: 256,
	/** Messages of one courier call out of an outbox; their stored bytes are a segment's at most. */
	courierMessages: 100,
	/** The same out of a topic's log, where what lags is packed already: fewer calls catch up with it. */
	topicParcelMessages: 500,
	/** Courier calls of one object under way at once, so that a publish never waits behind all of them. */
	courierCallsAtOnce: 32,
	/** Parcels that one line sends in a row, so that no line keeps the others waiting. */
	courierParcelsInARow: 25,
	/** Courier calls that one request leads to; then the alarm goes on: the free plan allows 1,000 of one request. */
	courierCallsPerTurn: 500,
	/** A delivery that is not answered by then has failed: it is repeated, which the target notices. */
	courierTimeoutMs: 30 * second,
	/** While a topic is being published to, each of its subscriptions is sent to at most once in this time per subscription. */
	courierPaceMs: 5,
	/** The same for each message of its last parcel. */
	courierCopyPaceMs: 0.04,
	courierMaxPaceMs: 2 * second,
	/** Messages that have waited for so long are not paced any more. */
	courierPatienceMs: 5 * second,
	/** Messages that a courier may owe before a settle that publishes is refused. */
	owedMessages: 100_000,
	/** Messages that a filter lets by before the cursor is written for their sake alone. */
	unwrittenPasses: 1_000,
	/** A courier that is refused tries again after this, doubling up to the maximum. */
	courierInitialBackoffMs: 1 * second,
	courierMaxBackoffMs: 300 * second,
	/** A target that took a part only is tried again after this. */
	courierRefillMs: 200,
	/** How long a Worker trusts a cached queue or key; a revoked key or a changed setting is old news after it. */
	cacheMs: 5 * second,
	/** Rows that one alarm looks at while it sweeps, so that sweeping never holds up a publish. */
	sweptRows: 2_000,
	sweptBytes: 16 * MiB,
	/** The least time between two sweeps: each may cost a billed alarm. */
	sweepMs: 60 * second,
	/** A sweep that a bound cut short goes on after this. */
	sweepStepMs: 1 * second,
	/** Metrics that a crash may forget: totals are written at most this often, so that they cost no row per message. */
	totalsMs: 60 * second,
});
