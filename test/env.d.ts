/** What `import { env, exports } from 'cloudflare:workers'` gives a test that runs inside the Worker. */
declare namespace Cloudflare {
	interface Env extends Readonly<import('../durable-objects/env').Env> {
		/** How many seeds the simulation runs; empty for its default. */
		readonly SEEDS?: string;
		readonly SCRATCH: DurableObjectNamespace<import('./scratch').Scratch>;
	}
	interface GlobalProps {
		mainModule: typeof import('./worker');
	}
}
