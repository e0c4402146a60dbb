CREATE TABLE access_key (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	actions TEXT NOT NULL,
	patterns TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE deleted_subscription (
	topic TEXT NOT NULL,
	name TEXT NOT NULL,
	subscription TEXT NOT NULL,      -- JSON
	PRIMARY KEY (topic, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE duty (
	name TEXT NOT NULL,
	generation INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('configure', 'seal', 'unseal', 'destroy')),
	-- The queue as the partitions are told, as JSON.
	queue TEXT NOT NULL,
	-- Only while sealing: the settings of the next layout, as JSON.
	wanted TEXT CHECK ((wanted IS NOT NULL) = (kind = 'seal')),
	attempts INTEGER NOT NULL,
	due_at INTEGER NOT NULL, annotations TEXT,
	PRIMARY KEY (name, generation, layout)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
	name TEXT PRIMARY KEY,
	generation INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	version INTEGER NOT NULL,
	paused INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	settings TEXT NOT NULL
, annotations TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE retired (
	name TEXT PRIMARY KEY,
	generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE retired_topic (
	name TEXT PRIMARY KEY,
	generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE schema_version (number INTEGER NOT NULL) STRICT;

CREATE TABLE subscription (
	topic TEXT NOT NULL,
	name TEXT NOT NULL,
	queue TEXT NOT NULL,
	queue_generation INTEGER NOT NULL,
	filter TEXT,                     -- JSON
	version INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	start TEXT NOT NULL,             -- JSON
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL, annotations TEXT, mark TEXT,
	PRIMARY KEY (topic, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE topic (
	name TEXT PRIMARY KEY,
	generation INTEGER NOT NULL,
	version INTEGER NOT NULL,        -- grows with every change, those of its subscriptions included
	heard INTEGER NOT NULL,          -- the newest version that all its partitions have been told; behind it: a duty
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,     -- of its settings
	settings TEXT NOT NULL
, annotations TEXT) STRICT, WITHOUT ROWID;

CREATE INDEX subscription_queue ON subscription (queue);
