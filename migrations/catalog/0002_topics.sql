-- A duty of a topic is named topic/NAME, with layout 1, and holds the topic where that of a queue holds the queue.

CREATE TABLE topic (
	name TEXT PRIMARY KEY,
	generation INTEGER NOT NULL,
	version INTEGER NOT NULL,        -- grows with every change, those of its subscriptions included
	heard INTEGER NOT NULL,          -- the newest version that all its partitions have been told; behind it: a duty
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,     -- of its settings
	settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The last generation of each topic name that was deleted.
CREATE TABLE retired_topic (
	name TEXT PRIMARY KEY,
	generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
	updated_at INTEGER NOT NULL,
	PRIMARY KEY (topic, name)
) STRICT, WITHOUT ROWID;
-- Which subscriptions feed a queue, asked when the queue is deleted: one row more per subscription, in the control plane only.
CREATE INDEX subscription_queue ON subscription (queue);

-- Deleted, while not all partitions of the topic have been told: what is answered to whoever deletes it again.
CREATE TABLE deleted_subscription (
	topic TEXT NOT NULL,
	name TEXT NOT NULL,
	subscription TEXT NOT NULL,      -- JSON
	PRIMARY KEY (topic, name)
) STRICT, WITHOUT ROWID;
