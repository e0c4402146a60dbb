CREATE TABLE alias (
	id TEXT PRIMARY KEY,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dedup (
	dedup_id TEXT PRIMARY KEY,
	accepted_at INTEGER NOT NULL,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE held (
	key TEXT PRIMARY KEY,
	from_position INTEGER NOT NULL,
	ready_at INTEGER NOT NULL        -- a keyed message that is delayed holds its key until then
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
	source TEXT PRIMARY KEY,
	taken INTEGER NOT NULL
, generation INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

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

CREATE TABLE outbox (
	position INTEGER PRIMARY KEY,
	target TEXT NOT NULL,
	span INTEGER NOT NULL,
	heads TEXT NOT NULL,
	bodies TEXT NOT NULL
) STRICT;

CREATE TABLE receive_attempt (
	attempt_id TEXT PRIMARY KEY,
	received_at INTEGER NOT NULL,
	positions TEXT NOT NULL          -- JSON, in the order of the answer
) STRICT, WITHOUT ROWID;

CREATE TABLE scheduled (
	position INTEGER PRIMARY KEY,
	deliver_at INTEGER NOT NULL
) STRICT;

CREATE TABLE schema_version (number INTEGER NOT NULL) STRICT;

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

CREATE TABLE state (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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
, first_handed_out_at INTEGER) STRICT;

CREATE INDEX scheduled_due ON scheduled (deliver_at);

CREATE INDEX straggler_due ON straggler (keyed, leased, lane, visible_at);
