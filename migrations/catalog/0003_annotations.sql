-- What a facade keeps, as JSON; NULL: nothing. None of it is told to the objects.
ALTER TABLE queue ADD COLUMN annotations TEXT;
ALTER TABLE topic ADD COLUMN annotations TEXT;
ALTER TABLE subscription ADD COLUMN annotations TEXT;
-- Only while sealing: what the queue has with the next layout.
ALTER TABLE duty ADD COLUMN annotations TEXT;

-- What every copy of the subscription carries; told to the topic's objects.
ALTER TABLE subscription ADD COLUMN mark TEXT;
