import { DurableObject } from 'cloudflare:workers';

/** A Durable Object without a life of its own: tests borrow its database through `runInDurableObject`. */
export class Scratch extends DurableObject {}

export default {
	fetch: () => new Response('the tests have no Worker here', { status: 404 }),
} satisfies ExportedHandler;
