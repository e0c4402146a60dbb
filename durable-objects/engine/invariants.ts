/**
 * What must hold between commits, as queries that must return no row. The simulation runs them after every step;
 * anybody can run them on a copy of a partition's database.
 */
export const invariants: readonly { readonly name: string; readonly sql: string }[] = [
	{
		name: 'segments of a lane do not overlap',
		sql: `SELECT a.base FROM segment a JOIN segment b ON b.base > a.base AND b.base < a.base + a.span`,
	},
	{
		name: 'a segment has one head per position, and counts those that are no holes',
		sql: `SELECT base FROM segment WHERE json_array_length(heads) != span
			OR messages != (SELECT count(*) FROM json_each(heads) WHERE type != 'null')`,
	},
	{
		name: 'the heads of a segment account for its bodies and its bytes',
		// The head of a plain message is its size.
		sql: `SELECT base FROM segment WHERE bytes !=
			(SELECT coalesce(sum(iif(type = 'integer', value, value ->> 'size')), 0) FROM json_each(heads))`,
	},
	{
		name: 'segments do not cross a lane',
		sql: `SELECT base FROM segment WHERE base / 281474976710656 != (base + span - 1) / 281474976710656`,
	},
	{
		name: 'a message behind every cursor is leased, parked or finished: a segment behind the cursor has one of the first two',
		sql: `SELECT base FROM segment s WHERE base + span <= (SELECT max(cursor) FROM lease WHERE lane = s.base / 281474976710656)
			AND NOT EXISTS (SELECT 1 FROM lease l, json_each(l.runs) r
				WHERE (r.value ->> 0) < s.base + s.span AND (r.value ->> 0) + (r.value ->> 1) > s.base)
			AND NOT EXISTS (SELECT 1 FROM held h, json_each(s.heads) m
				WHERE (m.value ->> 'key') = h.key AND s.base + m.key >= h.from_position)`,
	},
	{
		name: 'no position is both a member of a lease in a live segment and a straggler',
		sql: `SELECT t.position FROM straggler t JOIN segment s ON t.position >= s.base AND t.position < s.base + s.span
			JOIN lease l, json_each(l.runs) r
			WHERE t.position >= (r.value ->> 0) AND t.position < (r.value ->> 0) + (r.value ->> 1)`,
	},
	{
		name: 'no lease names a position twice',
		sql: `SELECT a.id FROM lease a, json_each(a.runs) x JOIN lease b, json_each(b.runs) y
			WHERE (a.id < b.id OR (a.id = b.id AND x.key < y.key))
			AND (x.value ->> 0) < (y.value ->> 0) + (y.value ->> 1) AND (y.value ->> 0) < (x.value ->> 0) + (x.value ->> 1)
			AND EXISTS (SELECT 1 FROM segment s WHERE s.base <= max(x.value ->> 0, y.value ->> 0)
				AND s.base + s.span > max(x.value ->> 0, y.value ->> 0))`,
	},
	{
		name: 'lease members lie behind the cursor',
		sql: `SELECT l.id FROM lease l, json_each(l.runs) r
			WHERE (r.value ->> 0) + (r.value ->> 1) > (SELECT max(cursor) FROM lease WHERE lane = l.lane)`,
	},
	{
		name: 'a held key starts behind the cursor of lane 0',
		sql: `SELECT key FROM held WHERE from_position >= (SELECT max(cursor) FROM lease WHERE lane = 0)`,
	},
	{
		name: 'the tally of waiting messages is right',
		sql: `SELECT 1 FROM (SELECT (SELECT count(*) FROM straggler WHERE keyed = 0 AND leased = 0) AS rows,
			coalesce((SELECT value ->> 'waitingMessages' FROM state WHERE name = 'tally'), 0) AS tally) WHERE rows != tally`,
	},
	{
		name: 'the tally of scheduled messages is right',
		sql: `SELECT 1 FROM (SELECT (SELECT count(*) FROM scheduled) AS rows,
			coalesce((SELECT value ->> 'scheduledMessages' FROM state WHERE name = 'tally'), 0) AS tally) WHERE rows != tally`,
	},
	{
		name: 'the tally of owed messages is right',
		sql: `SELECT 1 FROM (SELECT (SELECT count(*) FROM outbox, json_each(outbox.heads) h WHERE h.type != 'null') AS rows,
			coalesce((SELECT value ->> 'owedMessages' FROM state WHERE name = 'tally'), 0) AS tally) WHERE rows != tally`,
	},
	{
		name: 'every alias leads to a message',
		sql: `SELECT id FROM alias a WHERE NOT EXISTS (SELECT 1 FROM segment s WHERE a.position >= s.base AND a.position < s.base + s.span)
			AND NOT EXISTS (SELECT 1 FROM straggler t WHERE t.position = a.position)`,
	},
	{
		name: 'a receive that can be repeated has its messages under a lease',
		sql: `SELECT attempt_id FROM receive_attempt a, json_each(a.positions) p
			WHERE NOT EXISTS (SELECT 1 FROM straggler t WHERE t.position = p.value AND t.leased = 1)
			AND NOT EXISTS (SELECT 1 FROM segment s JOIN lease l, json_each(l.runs) r
				WHERE p.value >= s.base AND p.value < s.base + s.span
				AND p.value >= (r.value ->> 0) AND p.value < (r.value ->> 0) + (r.value ->> 1))`,
	},
	{
		name: 'a message belongs to one receive that can be repeated',
		sql: 'SELECT p.value FROM receive_attempt a, json_each(a.positions) p GROUP BY p.value HAVING count(*) > 1',
	},
	{
		name: 'courier positions of the outbox do not overlap and were given',
		sql: `SELECT a.position FROM outbox a WHERE EXISTS (SELECT 1 FROM outbox b WHERE b.position > a.position
			AND b.position < a.position + a.span) OR a.position + a.span > (SELECT value ->> 'nextOutboxPosition' FROM state WHERE name = 'tally')`,
	},
];
