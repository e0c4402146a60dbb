import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One TypeScript file, as much of it as the rules look at. */
export interface Source {
	/** From the repository's root, with slashes: `src/app.ts`. */
	readonly path: string;
	readonly text: string;
	/** Of every import, type imports and re-exports too: a path from the root without its ending, or a package. */
	readonly imports: readonly string[];
	/** Texts of string literals and of templates (each piece). */
	readonly strings: readonly string[];
	/** What this file gives a name to: functions, classes, types, variables, parameters, members. */
	readonly declared: readonly string[];
	/** `Date.now`, `await`, `setTimeout`: what it uses that is not a function of its input. */
	readonly impurities: readonly string[];
	/** Lines of the longest function, and its first line. */
	readonly longestFunction: { readonly lines: number; readonly at: number };
}

interface Node {
	readonly type: string;
	readonly start: number;
	readonly end: number;
	readonly [field: string]: unknown;
}

/** Every .ts file below these folders of the repository. */
export function readSources(folders: readonly string[]): Source[] {
	return folders.flatMap(filesBelow).map((path) => parse(path, readFileSync(join(root, path), 'utf8')));
}

function filesBelow(folder: string): string[] {
	return readdirSync(join(root, folder)).flatMap((name) => {
		const path = posix.join(folder, name);
		if (statSync(join(root, path)).isDirectory()) return name.startsWith('.') ? [] : filesBelow(path);
		return name.endsWith('.ts') && !name.endsWith('.d.ts') ? [path] : [];
	});
}

export function parse(path: string, text: string): Source {
	const imports: string[] = [];
	const strings: string[] = [];
	const declared: string[] = [];
	const impurities: string[] = [];
	let longestFunction = { lines: 0, at: 1 };
	walk(parseAst(text, { lang: 'ts' }) as unknown as Node, (node) => {
		const source = node.source as Node | null | undefined;
		if (typeof source?.value === 'string') imports.push(resolved(path, source.value));
		else if (node.type === 'Literal' && typeof node.value === 'string') strings.push(node.value);
		if (node.type === 'TemplateElement') strings.push((node.value as { cooked: string }).cooked);
		declared.push(...namesIn(node));
		impurities.push(...impurityOf(node));
		if (node.type.includes('Function') && node.body) {
			const lines = text.slice(node.start, node.end).split('\n').length;
			if (lines > longestFunction.lines) longestFunction = { lines, at: text.slice(0, node.start).split('\n').length };
		}
	});
	return { path, text, imports, strings, declared, impurities, longestFunction };
}

function walk(node: Node, visit: (node: Node) => void): void {
	visit(node);
	for (const value of Object.values(node)) {
		for (const child of Array.isArray(value) ? value : [value]) {
			if (typeof child === 'object' && child !== null && 'type' in child) walk(child as Node, visit);
		}
	}
}

function resolved(from: string, specifier: string): string {
	if (!specifier.startsWith('.')) return specifier;
	return posix.join(posix.dirname(from), specifier).replace(/(\/index)?(\.ts)?$/, '');
}

/** Declarations have an `id` or a `key`; parameters and patterns are met as they are walked. */
function namesIn(node: Node): string[] {
	const named = [node.id, node.key, ...((node.params as unknown[] | undefined) ?? [])] as (Node | null | undefined)[];
	return named.flatMap((name) => (typeof name?.name === 'string' ? [name.name] : []));
}

const CLOCKS = [
	'setTimeout',
	'setInterval',
	'queueMicrotask',
	'performance',
	'crypto',
	'scheduler',
	'Promise',
	'fetch',
];

function impurityOf(node: Node): string[] {
	if (node.type === 'AwaitExpression' || node.async === true) return ['await'];
	if (node.type === 'Identifier' && CLOCKS.includes(node.name as string)) return [node.name as string];
	if (node.type === 'NewExpression') {
		const now = (node.callee as Node).name === 'Date' && (node.arguments as unknown[]).length === 0;
		return now ? ['new Date()'] : [];
	}
	if (node.type !== 'MemberExpression') return [];
	const member = `${(node.object as Node).name}.${(node.property as Node).name}`;
	return member === 'Date.now' || member === 'Math.random' ? [member] : [];
}
