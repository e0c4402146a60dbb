import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bundle.ts';
import type { NewMessage } from './client.ts';

/** 2,000 flights, as vega-datasets brings them: a JSON array, keyed by the airport of origin. */
const flights = join(root, 'node_modules/vega-datasets/data/flights-2k.json');

/**
 * Reads records, one message each: the flights, or a file with a JSON object a line and the field that is the key.
 * Throws with the line where one is not an object or lacks the field.
 */
export function readInput(file: string | undefined, keyField: string): NewMessage[] {
	if (file === undefined)
		return (JSON.parse(readFileSync(flights, 'utf8')) as object[]).map((record) => message(record, keyField));
	const lines = readFileSync(file, 'utf8').split(/\r?\n/);
	return lines.flatMap((line, index) => {
		if (line.trim() === '') return [];
		try {
			return [message(JSON.parse(line), keyField)];
		} catch (error) {
			throw new Error(`${file}, line ${index + 1}: ${error instanceof Error ? error.message : error}`);
		}
	});
}

function message(record: unknown, keyField: string): NewMessage {
	const key = (record as Record<string, unknown> | null)?.[keyField];
	if (typeof key !== 'string' && typeof key !== 'number')
		throw new Error(`no text or number in the field "${keyField}"`);
	return { body: JSON.stringify(record), key: String(key) };
}
