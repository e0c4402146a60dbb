import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readInput } from '../../scripts/demo/input.ts';
import { Journal } from '../../scripts/demo/journal.ts';
import { Npm } from './npm.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-demo-input-'));
const input = join(folder, 'orders.ndjson');
const customers = ['ada', 'bob', 'cyd'];
const records = Array.from({ length: 300 }, (_, order) => ({ order, customer: customers[order % 3] }));
writeFileSync(input, records.map((record) => JSON.stringify(record)).join('\n'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('npm run demo takes any file, and every message of it is finished once, in order per key', async () => {
	// By one: then what is received is exactly what failed and what did not, with nothing given back for the order's sake.
	const demo = new Npm('run', 'demo', '--', '--input', input, '--key', 'customer', '--batch', '1');
	expect(await demo.ends(), demo.output).toBe(0);
	expect(demo.output).toMatch(/^published +300 messages, \S+\/s$/m);
	// One in 20 fails once, one in 500 always: the message 250 is handed out five times, and buried.
	expect(demo.output).toMatch(/^received +319 times, by 4 long-polling workers$/m);
	expect(demo.output).toMatch(/^acknowledged +299, \S+\/s$/m);
	expect(demo.output).toMatch(/^retried +19$/m);
	expect(demo.output).toMatch(/^dead-lettered +1$/m);
	expect(demo.output).toMatch(/^order +kept for each of 3 keys$/m);
	expect(demo.output).toContain('Every message was finished once.');
});

test('its default input is the 2,000 flights, keyed by the airport of origin', () => {
	const flights = readInput(undefined, 'origin');
	expect(flights).toHaveLength(2_000);
	expect(flights[0]?.key).toBe('LAX');
});

test('a line that is no record is named', () => {
	const broken = join(folder, 'broken.ndjson');
	writeFileSync(broken, '{"customer": "ada"}\n\n{"customer": null}\n');
	expect(() => readInput(broken, 'customer')).toThrow(/line 3: no text or number in the field "customer"/);
});

test('its check of the order can fail', () => {
	const messages = [0, 1, 2].map((order) => ({ key: 'ada', body: `${order}` }));
	const journal = new Journal(messages);
	for (const index of messages.keys()) journal.published(index, `m${index}`);
	const settle = (index: number) => {
		const rest = { sequence: index + 1, attempt: 1, receipt: `r${index}` };
		journal.settled({ id: `m${index}`, key: 'ada', body: `${index}`, ...rest }, 'acked');
	};
	settle(0);
	settle(2);
	expect(journal.order().broken).toEqual([]);
	settle(1);
	expect(journal.order().broken).toEqual(['ada: record 1 after 2']);
	expect(journal.complete.aborted).toBe(true);
});
