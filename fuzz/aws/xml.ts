import { SaxesParser } from 'saxes';

/** An element: its name, its text, what is in it. */
export interface Element {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	text: string;
	readonly children: Element[];
}

/** Reads XML 1.0 strictly, characters included; throws on what is not well-formed. */
export function readXml(text: string): Element {
	const parser = new SaxesParser();
	const open: Element[] = [];
	let root: Element | undefined;
	parser.on('error', (error) => {
		throw error;
	});
	parser.on('opentag', ({ name, attributes }) => {
		const element: Element = { name, attributes: attributes as Record<string, string>, text: '', children: [] };
		open.at(-1)?.children.push(element);
		root ??= element;
		open.push(element);
	});
	parser.on('text', (more) => {
		const at = open.at(-1);
		if (at !== undefined) at.text += more;
	});
	parser.on('closetag', () => {
		open.pop();
	});
	parser.write(text).close();
	if (root === undefined) throw new Error('there is no element');
	return root;
}

export function childOf(element: Element | undefined, name: string): Element | undefined {
	return element?.children.find((child) => child.name === name);
}
