-- Topics deliver here too, and a seek makes their positions begin anew; what is owed may go to a topic.
ALTER TABLE inbox ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox RENAME COLUMN queue TO target;
