import type { TestProject } from 'vitest/node';
import { Served } from '../examples/served.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** Where the one Sluice listens that all clients of the run talk to; `served.ts` in ../examples has its root key. */
		sluiceUrl: string;
	}
}

/** One server for all suites: each makes queues and topics of its own, under names that nobody else has. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const sluice = await Served.start();
	project.provide('sluiceUrl', sluice.url);
	return () => sluice.stop();
}
