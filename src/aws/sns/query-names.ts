import type { Tree, XmlNames } from '../facade';
import { listOf } from '../query';

/** An empty one is told without `member`: as nothing. */
const LISTS: ReadonlySet<string> = new Set(['Tags', 'TagKeys', 'PublishBatchRequestEntries']);

/**
 * Parameters in the form of the service model. SNS marks its lists with `member` and its maps with `entry`:
 * `Tags.member.1.Key=k` is `{Tags: [{Key: 'k'}]}`, `Attributes.entry.1.key=a&Attributes.entry.1.value=b` is `{Attributes: {a: 'b'}}`.
 */
export function parametersOf(query: Tree): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(query).map(([name, value]) => [name, value === '' && LISTS.has(name) ? [] : inner(value)]),
	);
}

function inner(value: string | Tree): unknown {
	if (typeof value === 'string') return value;
	const { member, entry } = value;
	if (member !== undefined) return listOf(member).map(inner);
	return entry === undefined ? parametersOf(value) : mapOf(entry);
}

/** Of attributes the service model writes `key` and `value`, of messages' attributes `Name` and `Value`. */
function mapOf(entries: string | Tree): Record<string, unknown> {
	const pairs = listOf(entries).flatMap((entry) => {
		if (typeof entry === 'string') return [];
		const name = entry.key ?? entry.Name;
		return typeof name === 'string' ? [[name, inner(entry.value ?? entry.Value ?? '')] as const] : [];
	});
	return Object.fromEntries(pairs);
}

const WITHOUT_RESULT: ReadonlySet<string> = new Set([
	'AddPermission',
	'DeleteTopic',
	'RemovePermission',
	'SetSubscriptionAttributes',
	'SetTopicAttributes',
	'Unsubscribe',
]);

export const xml: XmlNames = {
	entry: () => undefined,
	hasResult: (action) => !WITHOUT_RESULT.has(action),
	map: (field) => (field === 'Attributes' ? ['entry', 'key', 'value'] : undefined),
};
