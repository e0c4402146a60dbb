import { expect, test } from 'vitest';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import type { EngineFigures } from '../../durable-objects/engine/figures';
import {
	type AcceptedRun,
	LIMITS,
	type NewMessage,
	pack,
	type QueueSettings,
	unpack,
} from '../../durable-objects/protocol';
import { atDesk, type Desk, numbered, publishing, text } from './bounds';

/** Calls of one commit, by what each publishes. */
type Calls = readonly (readonly NewMessage[])[];

/** What a commit of these calls answers and leaves behind, each call as it crosses RPC or message by message. */
async function outcome(settings: Partial<QueueSettings>, calls: Calls, isPacked: boolean) {
	return atDesk(settings, (desk) => {
		const messagesOf = (call: readonly NewMessage[]) => (isPacked ? unpack(pack(call)) : call);
		const { results, dueAt } = desk.commit(calls.map((call) => ({ kind: 'publish', messages: messagesOf(call) })));
		const figures = desk.run<EngineFigures>({ kind: 'figures' });
		return { results, dueAt, figures, segments: segmentsOf(desk), received: desk.receive(1_000) };
	});
}

function segmentsOf(desk: Desk) {
	return desk.site.database.all<{ heads: string; span: number; messages: number; bytes: number }>(
		'SELECT * FROM segment ORDER BY base',
	);
}

/** Asserts that it makes no difference, and answers what came of it. */
async function alike(settings: Partial<QueueSettings>, ...calls: Calls) {
	const together = await outcome(settings, calls, true);
	expect(together).toEqual(await outcome(settings, calls, false));
	return together;
}

const plain = (count: number, bytes = 5) =>
	numbered(count, (index) => text(String(index).padEnd(bytes, '.').slice(0, bytes)));

test('a plain batch is answered as one', () =>
	atDesk({}, ({ site, queue, now }) => {
		const engine = new PartitionEngine(site.database, 'tag');
		const commands = [3, 1].map((count) => ({ kind: 'publish', queue, messages: unpack(pack(plain(count))) }) as const);
		const expected: AcceptedRun[] = [
			{ first: 1, count: 3 },
			{ first: 4, count: 1 },
		];
		expect(site.transaction(() => engine.commit(commands, [], now)).results).toEqual(expected);
	}));

test('several plain batches and single messages of one commit share a row, which is as it always was', async () => {
	const { segments } = await alike({}, plain(3), [text('k', { key: 'k' })], plain(1), [
		...plain(1),
		text('é', { size: 2 }),
	]);
	expect(segments).toMatchObject([
		{ span: 7, heads: '[5,5,5,{"length":1,"size":1,"key":"k"},5,5,{"length":1,"size":2}]' },
	]);
	expect(await alike({}, plain(2, 256))).toMatchObject({ segments: [{ heads: '[256,256]', messages: 2, bytes: 512 }] });
	expect(await alike({}, plain(2, 0))).toMatchObject({ segments: [{ heads: '[0,0]', bytes: 0 }] });
});

test('what is delayed, or of another priority, stands between two plain batches', async () => {
	const calls = [plain(2), [text('later', { delayMs: 1_000 })], plain(2), [text('first', { priority: 3 })], plain(2)];
	const { segments } = await alike({}, ...calls);
	expect(segments.map(({ span }) => span)).toEqual([2, 2, 2, 1]);
	expect(await alike({ delayMs: 1_000 }, plain(3))).toMatchObject({ segments: [], received: [] });
});

test('where not all of a plain batch has room, each of it is refused for itself', async () => {
	const refused = { refused: 'backlog_full' };
	const byCount = await alike({ maxBacklog: 4 }, plain(3), plain(3));
	expect(byCount.results[1]).toMatchObject([{ sequence: 4 }, refused, refused]);
	const sizes = [300, 300, 100].map((bytes) => text('.'.repeat(bytes)));
	expect((await alike({ maxBacklogBytes: 500 }, sizes)).results[0]).toMatchObject([
		{ sequence: 1 },
		refused,
		{ sequence: 2 },
	]);
	expect((await alike({ maxBacklogBytes: 700 }, sizes, plain(1))).results[1]).toMatchObject([refused]);
	expect(byCount.figures.totals).toMatchObject({ published: 4, refused: { backlog_full: 2 } });
});

test('a row holds no more than a segment may, whole batches at a time', async () => {
	const hundredth = LIMITS.segmentBytes / 100;
	const rows = (...calls: Calls) => outcome({}, calls, true).then(({ segments }) => segments.map(({ span }) => span));
	expect(await rows(plain(50, hundredth), plain(50, hundredth))).toEqual([50, 50]);
	expect(await rows(plain(50, hundredth), plain(46, hundredth))).toEqual([96]);
	// Too large for any row: as it always was.
	const { segments } = await alike({}, plain(100, hundredth));
	expect(segments.map(({ span }) => span)).toEqual([96, 4]);
});

test('a plain batch is there after a restart, and the next follows it', () =>
	atDesk({}, (desk) => {
		desk.commit([{ kind: 'publish', messages: unpack(pack(plain(3))) }]);
		const before = desk.site.engine.snapshot();
		desk.site.restart();
		expect(desk.site.engine.snapshot()).toEqual(before);
		expect(desk.run(publishing(text('next')))).toMatchObject([{ sequence: 4 }]);
		expect(desk.receive(10).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
	}));
