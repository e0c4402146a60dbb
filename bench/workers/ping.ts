import { DurableObject } from 'cloudflare:workers';

interface PingEnv {
	readonly PING: DurableObjectNamespace<Ping>;
}

/** The least that any request through an object costs: it stores nothing. */
export class Ping extends DurableObject<PingEnv> {
	private count = 0;

	ping(): { pong: boolean; count: number } {
		this.count++;
		return { pong: true, count: this.count };
	}
}

export default {
	async fetch(_request, env) {
		return Response.json(await env.PING.getByName('ping').ping());
	},
} satisfies ExportedHandler<PingEnv>;
