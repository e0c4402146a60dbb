-- A position is lane * 2^48 + sequence: one integer key orders every lane's log (a lane is a priority).

-- One row per batch of messages that became durable together, in order, of one lane.
CREATE TABLE segment (
	base INTEGER PRIMARY KEY,        -- position of the first message
	span INTEGER NOT NULL,           -- positions it covers; a removed message leaves a hole
	messages INTEGER NOT NULL,       -- without holes
	bytes INTEGER NOT NULL,          -- sizes of these
	messages_through INTEGER NOT NULL, -- messages ever appended to the lane, these included: so that no count is a scan
	bytes_through INTEGER NOT NULL,
	written_at INTEGER NOT NULL,
	retained_from INTEGER NOT NULL,  -- retention counts from here: written_at, or the latest deliverAt within
	heads TEXT NOT NULL,             -- JSON: a head per message, null for a hole
	bodies TEXT NOT NULL             -- the bodies, one after the other; a head knows its body's length
) STRICT;

-- One row per commit that handed out fresh messages of a lane. The row with the highest number also says how far
-- the lane has been read. A member whose segment is gone is finished: the row need not be rewritten for it.
CREATE TABLE lease (
	id INTEGER PRIMARY KEY,          -- a slot: a row with no member left is overwritten by the next lease
	number INTEGER NOT NULL,
	lane INTEGER NOT NULL,
	cursor INTEGER NOT NULL,         -- everything at or after it has never been looked at
	passed_messages INTEGER NOT NULL, -- of messages_through: behind the cursor or removed
	passed_bytes INTEGER NOT NULL,
	parked_messages INTEGER NOT NULL, -- behind the cursor and never handed out: waiting behind their key
	parked_bytes INTEGER NOT NULL,
	handed_out_at INTEGER NOT NULL,
	runs TEXT NOT NULL               -- JSON: [from, count, expires_at, consumer] per run of positions
) STRICT;

-- One row per message off the straight path: delayed, retried, or handed out again.
CREATE TABLE straggler (
	position INTEGER PRIMARY KEY,
	keyed INTEGER NOT NULL,
	leased INTEGER NOT NULL,
	lane INTEGER NOT NULL,
	visible_at INTEGER NOT NULL,     -- due instant; while leased, the lease's expiry
	attempts INTEGER NOT NULL,
	handed_out_at INTEGER NOT NULL,
	consumer TEXT NOT NULL,
	written_at INTEGER NOT NULL,
	retained_from INTEGER NOT NULL,
	failures TEXT NOT NULL,
	head TEXT NOT NULL,
	body TEXT NOT NULL
) STRICT;
-- One more row per insert and move: the price of finding one due message among millions of delayed ones, and the
-- leased and keyed ones, which memory holds, without reading the others.
CREATE INDEX straggler_due ON straggler (keyed, leased, lane, visible_at);

-- A key that lags behind the cursor: its messages from here on wait in their segments.
CREATE TABLE held (
	key TEXT PRIMARY KEY,
	from_position INTEGER NOT NULL,
	ready_at INTEGER NOT NULL        -- a keyed message that is delayed holds its key until then
) STRICT, WITHOUT ROWID;

-- Keyed messages that are delayed stay in the log, in order; this says how many and when, for the figures.
CREATE TABLE scheduled (
	position INTEGER PRIMARY KEY,
	deliver_at INTEGER NOT NULL
) STRICT;
CREATE INDEX scheduled_due ON scheduled (deliver_at);

CREATE TABLE dedup (
	dedup_id TEXT PRIMARY KEY,
	accepted_at INTEGER NOT NULL,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that came by courier keep the id they had: where they are now.
CREATE TABLE alias (
	id TEXT PRIMARY KEY,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last courier position taken per source: what makes a repeated delivery harmless.
CREATE TABLE inbox (
	source TEXT PRIMARY KEY,
	taken INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the courier owes, packed like segments; one target queue a row.
CREATE TABLE outbox (
	position INTEGER PRIMARY KEY,
	queue TEXT NOT NULL,
	span INTEGER NOT NULL,
	heads TEXT NOT NULL,
	bodies TEXT NOT NULL
) STRICT;

-- Single values: the newest settings seen, tallies, totals, routes, a running redrive, tombstone, seal.
CREATE TABLE state (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
