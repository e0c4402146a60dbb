import { beforeAll, describe, expect, it } from 'vitest';
import { fuzz, type Report } from '../../fuzz/run.ts';

// The short run of `npm run fuzz`, always of the same seed: a failure here is the same for everybody.

const REQUESTS = 2_500;
const SEED = 1;

describe(`${REQUESTS} hostile requests of seed ${SEED}`, () => {
	let report: Report;

	beforeAll(async () => {
		report = await fuzz({ requests: REQUESTS, seed: SEED, clients: 8, verbose: false });
	});

	it('bring nothing about that should not be, and leave the canary untouched', () => {
		expect(report.violations.map(({ fault, request }) => `${fault}\n${request}`)).toEqual([]);
		expect(report.sent).toBeGreaterThanOrEqual(REQUESTS);
	});

	it('reach every route of the document and every action of AWS, and each is answered with success too', () => {
		expect(report.coverage.counts.size).toBeGreaterThan(100);
		expect([...report.coverage.counts].filter(([, { asked }]) => asked === 0)).toEqual([]);
		expect(report.coverage.missed()).toEqual([]);
	});

	it('are twisted in every way that there is', () => {
		const kinds = ['value', 'text', 'bytes', 'size', 'compressed', 'receipt', 'body', 'header', 'key', 'path', 'query'];
		const ofAws = ['signature', 'signed', 'form', 'forged', 'target'];
		expect([...report.coverage.twists.keys()]).toEqual(
			expect.arrayContaining([...kinds, ...ofAws, 'method', 'framing']),
		);
	});
});
