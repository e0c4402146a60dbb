/** What must hold of a topic's rows between commits, as queries that must return no row. */
export const topicInvariants: readonly { readonly name: string; readonly sql: string }[] = [
	{
		name: 'the log has no gap',
		sql: `SELECT a.base FROM segment a WHERE EXISTS (SELECT 1 FROM segment b WHERE b.base > a.base)
			AND NOT EXISTS (SELECT 1 FROM segment b WHERE b.base = a.base + a.span)`,
	},
	{
		name: 'a segment has one head per position',
		sql: 'SELECT base FROM segment WHERE json_array_length(heads) != span OR messages != span',
	},
	{
		name: "the log's instants do not run backwards",
		sql: 'SELECT a.base FROM segment a JOIN segment b ON b.base > a.base AND b.written_at < a.written_at',
	},
	{
		name: 'a cursor lies within the log',
		sql: 'SELECT name FROM cursor WHERE position < 1 OR position > (SELECT max(base + span) FROM segment)',
	},
	{
		name: 'what was taken ahead lies between the cursor and the end of the log, and is no part of what the cursor is at',
		sql: `SELECT name FROM cursor, json_each(cursor.ahead) a
			WHERE a.value <= position OR a.value >= (SELECT max(base + span) FROM segment)`,
	},
	{
		name: 'every subscription has a cursor, and every cursor a subscription',
		sql: `SELECT name FROM subscription WHERE name NOT IN (SELECT name FROM cursor)
			UNION ALL SELECT name FROM cursor WHERE name NOT IN (SELECT name FROM subscription)`,
	},
	{
		name: 'the first terms hold at the cursor, and terms follow one another',
		sql: `SELECT name FROM subscription JOIN cursor USING (name) WHERE (terms ->> '$[0].from') > position
			OR EXISTS (SELECT 1 FROM json_each(terms) a JOIN json_each(terms) b ON b.key = a.key + 1
				WHERE (b.value ->> 'from') <= (a.value ->> 'from') OR (b.value ->> 'version') < (a.value ->> 'version'))`,
	},
	{
		name: 'a route leads to the queue of the first terms',
		sql: `SELECT name FROM subscription WHERE route IS NOT NULL AND (route ->> 'name') != (terms ->> '$[0].queue')`,
	},
];
