import { XmlNode, XmlText } from '@aws-sdk/xml-builder';
import { readable } from './characters';
import type { AwsError } from './errors';
import type { Answer, Facade, XmlNames } from './facade';

const TYPE = 'text/xml';

/** A success as the Query protocol answers it. */
export function xmlAnswer(facade: Facade, action: string, answer: Answer, requestId: string): Response {
	const root = new XmlNode(`${action}Response`).addAttribute('xmlns', facade.namespace);
	const fields = fieldsOf(answer, facade.xml, action);
	if (facade.xml.hasResult(action)) root.addChildNode(new XmlNode(`${action}Result`, fields));
	root.addChildNode(new XmlNode('ResponseMetadata', [leaf('RequestId', requestId)]));
	return xml(root, 200, requestId);
}

export function xmlError(facade: Facade, error: AwsError, requestId: string): Response {
	const { code, status, queryMessage = error.message } = error.kind;
	const parts = [
		leaf('Type', error.isSenders ? 'Sender' : 'Receiver'),
		leaf('Code', code),
		leaf('Message', queryMessage),
	];
	const root = new XmlNode('ErrorResponse').addAttribute('xmlns', facade.namespace);
	root.addChildNode(new XmlNode('Error', [...parts, new XmlNode('Detail')]));
	root.addChildNode(leaf('RequestId', requestId));
	return xml(root, status, requestId);
}

function xml(root: XmlNode, status: number, requestId: string): Response {
	const headers = { 'content-type': TYPE, 'x-amzn-requestid': requestId };
	return new Response(`<?xml version="1.0"?>${root}`, { status, headers });
}

function leaf(name: string, text: unknown): XmlNode {
	return new XmlNode(name, [new XmlText(readable(String(text)))]);
}

function fieldsOf(structure: object, names: XmlNames, action: string): XmlNode[] {
	return Object.entries(structure).flatMap(([field, value]) => nodesOf(field, value, names, action));
}

function nodesOf(field: string, value: unknown, names: XmlNames, action: string): XmlNode[] {
	if (value === undefined || value === null) return [];
	if (typeof value !== 'object') return [leaf(field, value)];
	if (Array.isArray(value)) return listNodes(field, value, names, action);
	const map = names.map(field);
	if (map === undefined) return [new XmlNode(field, fieldsOf(value, names, action))];
	const [entry, key, content] = map;
	const isWrapped = names.entry(field, action) === undefined && entry === 'entry';
	const entries = Object.entries(value).map(
		([name, inner]) => new XmlNode(entry, [leaf(key, name), ...nodesOf(content, inner, names, action)]),
	);
	return isWrapped ? [new XmlNode(field, entries)] : entries;
}

function listNodes(field: string, values: readonly unknown[], names: XmlNames, action: string): XmlNode[] {
	const entry = names.entry(field, action);
	const nodes = values.flatMap((value) => nodesOf(entry ?? 'member', value, names, action));
	return entry === undefined ? [new XmlNode(field, nodes)] : nodes;
}
