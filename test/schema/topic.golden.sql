CREATE TABLE cursor (
	name TEXT PRIMARY KEY,
	position INTEGER NOT NULL,       -- the next message to look at
	ahead TEXT NOT NULL,             -- JSON: messages from there on that were taken already, by other partitions of the target
	delivered INTEGER NOT NULL,
	filtered INTEGER NOT NULL,
	missed INTEGER NOT NULL          -- gone by retention before it came to them
) STRICT, WITHOUT ROWID;

CREATE TABLE dedup (
	dedup_id TEXT PRIMARY KEY,
	accepted_at INTEGER NOT NULL,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
	source TEXT PRIMARY KEY,
	taken INTEGER NOT NULL,
	generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE schema_version (number INTEGER NOT NULL) STRICT;

CREATE TABLE segment (
	base INTEGER PRIMARY KEY,        -- sequence number of the first message
	span INTEGER NOT NULL,
	messages INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	messages_through INTEGER NOT NULL,
	bytes_through INTEGER NOT NULL,
	written_at INTEGER NOT NULL,     -- never before the segment's predecessor: replay looks instants up by halving
	retained_from INTEGER NOT NULL,
	heads TEXT NOT NULL,
	bodies TEXT NOT NULL
) STRICT;

CREATE TABLE state (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription (
	name TEXT PRIMARY KEY,
	generation INTEGER NOT NULL,     -- of its source: a seek begins a new one
	begun_at INTEGER NOT NULL,       -- sequence number at which this generation began
	seen TEXT NOT NULL,              -- JSON: what generations before it came by: their copies are repeats
	terms TEXT NOT NULL,             -- JSON: [{from, version, queue, filter}], each from its sequence number on
	route TEXT                       -- JSON: the target of the terms that hold, fixed before anything is sent to it
) STRICT, WITHOUT ROWID;
