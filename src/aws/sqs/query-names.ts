import type { Tree, XmlNames } from '../facade';
import { listOf } from '../query';

// Names of the Query protocol that differ from those of the service model (and of AWS JSON), there and back.

/** The element of a list: the list. A map has no names but its own, whatever clients call their parameters. */
const LISTS: ReadonlyMap<string, string> = new Map(
	Object.entries({
		AttributeName: 'AttributeNames',
		MessageAttributeName: 'MessageAttributeNames',
		MessageSystemAttributeName: 'MessageSystemAttributeNames',
		AWSAccountId: 'AWSAccountIds',
		ActionName: 'Actions',
		TagKey: 'TagKeys',
		SendMessageBatchRequestEntry: 'Entries',
		DeleteMessageBatchRequestEntry: 'Entries',
		ChangeMessageVisibilityBatchRequestEntry: 'Entries',
	}),
);

const LIST_NAMES: ReadonlySet<string> = new Set(LISTS.values());

/** The element of a map: the map, and what its keys and values are called. */
const MAPS: ReadonlyMap<string, readonly [map: string, key: string, value: string]> = new Map(
	Object.entries({
		Attribute: ['Attributes', 'Name', 'Value'],
		MessageAttribute: ['MessageAttributes', 'Name', 'Value'],
		MessageSystemAttribute: ['MessageSystemAttributes', 'Name', 'Value'],
		Tag: ['Tags', 'Key', 'Value'],
	}),
);

/** Parameters in the form of the service model: `Attribute.1.Name=a&Attribute.1.Value=b` is `{Attributes: {a: 'b'}}`. */
export function parametersOf(query: Tree): Record<string, unknown> {
	const parameters: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(query)) {
		const list = LISTS.get(name);
		const map = MAPS.get(name);
		// An empty list is told under the name of the list.
		if (value === '' && LIST_NAMES.has(name)) parameters[name] = [];
		else if (list !== undefined) parameters[list] = listOf(value).map(inner);
		else if (map !== undefined) parameters[map[0]] = mapOf(value, map[1], map[2]);
		else parameters[name] = inner(value);
	}
	return parameters;
}

function inner(value: string | Tree): unknown {
	return typeof value === 'string' ? value : parametersOf(value);
}

function mapOf(value: string | Tree, key: string, content: string): Record<string, unknown> {
	const entries = listOf(value).flatMap((entry) => {
		const name = typeof entry === 'string' ? undefined : entry[key];
		return typeof entry === 'string' || typeof name !== 'string' ? [] : [[name, inner(entry[content] ?? '')] as const];
	});
	return Object.fromEntries(entries);
}

const ENTRIES: Readonly<Record<string, string>> = {
	Messages: 'Message',
	QueueUrls: 'QueueUrl',
	queueUrls: 'QueueUrl',
	Failed: 'BatchResultErrorEntry',
};

const XML_MAPS: Readonly<Record<string, readonly [string, string, string]>> = {
	Attributes: ['Attribute', 'Name', 'Value'],
	MessageAttributes: ['MessageAttribute', 'Name', 'Value'],
	Tags: ['Tag', 'Key', 'Value'],
};

const WITHOUT_RESULT: ReadonlySet<string> = new Set([
	'AddPermission',
	'ChangeMessageVisibility',
	'DeleteMessage',
	'DeleteQueue',
	'PurgeQueue',
	'RemovePermission',
	'SetQueueAttributes',
	'TagQueue',
	'UntagQueue',
]);

/** All lists and maps are flattened: their entries stand where the list would. */
export const xml: XmlNames = {
	entry: (field, action) =>
		ENTRIES[field] ?? (/^(Successful|Results)$/.test(field) ? `${action}ResultEntry` : undefined),
	hasResult: (action) => !WITHOUT_RESULT.has(action),
	map: (field) => XML_MAPS[field],
};
