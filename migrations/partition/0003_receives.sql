-- Null in rows from before this column: then the last time stands for the first.
ALTER TABLE straggler ADD COLUMN first_handed_out_at INTEGER;

-- A receive that was given a name and handed out messages, while it holds every one of them as it got it: asked again, it
-- answers the same. The row goes with whatever happens to one of them.
CREATE TABLE receive_attempt (
	attempt_id TEXT PRIMARY KEY,
	received_at INTEGER NOT NULL,
	positions TEXT NOT NULL          -- JSON, in the order of the answer
) STRICT, WITHOUT ROWID;
