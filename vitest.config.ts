import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { mutantsPlugin } from './test/simulation/mutants.plugin.ts';

/** The bearer key of the tests that run inside the Worker. */
const rootKey = 'test-root-key-0123456789abcdef';

/**
 * An object that is nothing but a database (`test/scratch.ts`). Its storage, like that of every object here, is
 * on disk: an alarm that fires on in-memory storage can crash workerd (issue 7191).
 */
const scratch = { SCRATCH: { className: 'Scratch', useSQLite: true } };

export default defineConfig({
	test: {
		projects: [
			{
				// The engine alone, on real object storage: it needs nothing of the edge, not even that it compiles.
				plugins: [
					mutantsPlugin(),
					cloudflareTest({
						main: './test/scratch.ts',
						miniflare: {
							bindings: { SEEDS: process.env.SEEDS ?? '' },
							compatibilityDate: '2026-10-23',
							durableObjects: scratch,
							modulesRules: [{ type: 'Text', include: ['**/*.sql'] }],
						},
					}),
				],
				test: {
					name: 'engine',
					include: ['test/{engine,simulation,schema}/**/*.test.ts'],
					testTimeout: 120_000,
				},
			},
			{
				// The real Worker and its objects, in workerd.
				plugins: [
					cloudflareTest({
						main: './test/worker.ts',
						wrangler: { configPath: './wrangler.toml' },
						miniflare: { bindings: { SLUICE_ROOT_KEY: rootKey }, durableObjects: scratch },
					}),
				],
				test: {
					name: 'workers',
					include: ['test/{http,catalog,guarantees,aws-wire}/**/*.test.ts'],
					testTimeout: 60_000,
				},
			},
			{
				// AWS's own clients, against one served Sluice.
				test: {
					name: 'aws',
					include: ['test/aws/*.test.ts'],
					globalSetup: ['test/aws/setup.ts'],
					testTimeout: 30_000,
				},
			},
			{
				// Those in Python, which the set-up fetches.
				test: {
					name: 'python',
					include: ['test/aws/python/*.test.ts'],
					globalSetup: ['test/aws/setup.ts', 'test/aws/python/setup.ts'],
					testTimeout: 30_000,
					hookTimeout: 60_000,
				},
			},
			{
				// Plain Node: reads the source, starts servers.
				test: {
					name: 'node',
					include: ['test/architecture.test.ts', 'test/{examples,newcomer,bench,fuzz,load,torture}/**/*.test.ts'],
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
