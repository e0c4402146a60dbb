import type { Plugin } from 'vite';
import { type Mutant, mutants } from './mutants';

const QUERY = /\?mutant=([\w-]+)$/;
const MUTATED = '/durable-objects/';

/**
 * Lets tests import a faulty variant of the real source: `durable-objects/engine/engine?mutant=unfenced` is the engine
 * and everything it imports from durable-objects/, with one text replaced. There is no hook in the source: the
 * replacement happens when the module is loaded, and fails loudly unless the text stands there exactly once.
 */
export function mutantsPlugin(): Plugin {
	return {
		name: 'sluice-mutants',
		enforce: 'pre',
		async resolveId(source, importer) {
			const name = importer?.match(QUERY)?.[1];
			if (name === undefined || importer === undefined || !source.startsWith('.')) return undefined;
			const resolved = await this.resolve(source, importer.replace(QUERY, ''), { skipSelf: true });
			if (resolved === null || !resolved.id.includes(MUTATED)) return resolved;
			return `${resolved.id}?mutant=${name}`;
		},
		transform(code, id) {
			const name = id.match(QUERY)?.[1];
			if (name === undefined) return undefined;
			const mutant = mutants.find((one) => one.name === name);
			if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
			return id.replace(QUERY, '').endsWith(MUTATED + mutant.file) ? mutate(code, mutant) : undefined;
		},
	};
}

export function mutate(code: string, { name, file, find, replace }: Mutant): string {
	const count = code.split(find).length - 1;
	if (count !== 1) throw new Error(`mutant ${name}: its text stands ${count} times in ${file}, not once`);
	return code.replace(find, () => replace);
}
