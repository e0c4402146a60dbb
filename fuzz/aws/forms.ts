import type { AwsOperation, Parameters } from './actions.ts';
import { encoded, type Pair } from './signer.ts';

// Parameters as the Query protocol has them: `{Attributes: {a: 'b'}}` is `Attribute.1.Name=a&Attribute.1.Value=b`.

/** What SQS calls an entry of a list or map; SNS has `member` and `entry` instead. */
const SINGULAR: Readonly<Record<string, string>> = {
	AttributeNames: 'AttributeName',
	MessageAttributeNames: 'MessageAttributeName',
	MessageSystemAttributeNames: 'MessageSystemAttributeName',
	AWSAccountIds: 'AWSAccountId',
	Actions: 'ActionName',
	TagKeys: 'TagKey',
	Attributes: 'Attribute',
	MessageAttributes: 'MessageAttribute',
	MessageSystemAttributes: 'MessageSystemAttribute',
	Tags: 'Tag',
	tags: 'Tag',
};
const MAPS = /^(Attributes|MessageAttributes|MessageSystemAttributes|[Tt]ags)$/;

/** Names and values, whatever has become of the parameters. */
export function pairsOf(operation: AwsOperation, parameters: unknown): Pair[] {
	const pairs: Pair[] = [
		['Action', operation.name],
		['Version', operation.api === 'sqs' ? '2012-11-05' : '2010-03-31'],
	];
	const add = operation.api === 'sqs' ? addOfSqs : addOfSns;
	if (typeof parameters === 'object' && parameters !== null) {
		for (const [name, value] of Object.entries(parameters as Parameters)) add(pairs, operation, '', name, value);
	}
	return pairs;
}

export function formOf(pairs: readonly Pair[]): string {
	return pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
}

type Add = (pairs: Pair[], operation: AwsOperation, at: string, name: string, value: unknown) => void;

const addOfSqs: Add = (pairs, operation, at, name, value) => {
	if (typeof value !== 'object' || value === null) {
		pairs.push([at + name, String(value)]);
		return;
	}
	const singular = name === 'Entries' ? `${operation.name}RequestEntry` : (SINGULAR[name] ?? name);
	if (MAPS.test(name) && !Array.isArray(value)) {
		const [key, content] = singular === 'Tag' ? ['Key', 'Value'] : ['Name', 'Value'];
		for (const [index, [each, inner]] of Object.entries(value).entries()) {
			pairs.push([`${at}${singular}.${index + 1}.${key}`, each]);
			addOfSqs(pairs, operation, `${at}${singular}.${index + 1}.`, content, inner);
		}
		return;
	}
	for (const [each, inner] of numbered(value)) addOfSqs(pairs, operation, `${at}${singular}.`, each, inner);
};

const addOfSns: Add = (pairs, operation, at, name, value) => {
	if (typeof value !== 'object' || value === null) {
		pairs.push([at + name, String(value)]);
		return;
	}
	if (MAPS.test(name) && !Array.isArray(value)) {
		const [key, content] = name === 'Attributes' ? ['key', 'value'] : ['Name', 'Value'];
		for (const [index, [each, inner]] of Object.entries(value).entries()) {
			pairs.push([`${at}${name}.entry.${index + 1}.${key}`, each]);
			addOfSns(pairs, operation, `${at}${name}.entry.${index + 1}.`, content, inner);
		}
		return;
	}
	const inside = Array.isArray(value) ? `${at}${name}.member.` : `${at}${name}.`;
	for (const [each, inner] of numbered(value)) addOfSns(pairs, operation, inside, each, inner);
};

/** Lists count from 1. */
function numbered(value: object): [name: string, value: unknown][] {
	if (!Array.isArray(value)) return Object.entries(value);
	// An entry that was left out is a hole.
	return Array.from(value, (entry, index) => [String(index + 1), entry]);
}
