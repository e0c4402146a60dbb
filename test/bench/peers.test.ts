import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { finishedPerSecond, OUTSTANDING, perSecond } from '../../bench/peers/peer.ts';
import { Peers } from '../../bench/peers/peers.ts';

const { PATH, TMPDIR } = process.env;
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'sluice-peers-test-'));
	process.env.TMPDIR = folder;
});

afterEach(async () => {
	process.env.PATH = PATH;
	if (TMPDIR === undefined) delete process.env.TMPDIR;
	else process.env.TMPDIR = TMPDIR;
	await rm(folder, { recursive: true });
});

test('a machine that can install nothing says so, goes on, and keeps nothing', async () => {
	process.env.PATH = folder;
	const peers = new Peers();
	await peers.open();
	expect(peers.ready).toEqual([]);
	expect(peers.skipped).toEqual([expect.stringMatching(/^every peer was skipped: .*npm/)]);
	await peers.close();
	expect(await readdir(folder)).toEqual([]);
});

test('closed while it opens, it opens nothing and keeps nothing', async () => {
	const peers = new Peers();
	const refused = expect(peers.open()).rejects.toThrow('the benchmark is over');
	await peers.close();
	await refused;
	expect(await readdir(folder)).toEqual([]);
});

test('as many are always under way, and only what ended is counted', async () => {
	let underWay = 0;
	let most = 0;
	const rate = await perSecond(0.1, async () => {
		most = Math.max(most, ++underWay);
		await new Promise((resolve) => setTimeout(resolve, 10));
		underWay--;
	});
	expect(most).toBe(OUTSTANDING);
	expect(rate).toBeLessThanOrEqual(OUTSTANDING * 100);
});

test('what was finished counts until the queue is empty, and an empty queue is no result', async () => {
	let left = 1_000;
	await finishedPerSecond(10, 4, async () => {
		const taken = Math.min(left, 100);
		left -= taken;
		return taken;
	});
	expect(left).toBe(0);
	await expect(finishedPerSecond(10, 4, async () => 0)).rejects.toThrow('nothing to receive');
});
