/** Orders as a pipeline: topic orders → validate → charge → announce → topic orders-done → archive. Yours goes here. */

interface Order {
	readonly id: string;
	readonly item: string;
	readonly quantity: number;
	readonly total?: number;
}

interface Message {
	readonly key: string | null;
	readonly body: string;
}

/** In the order in which they are made. PUT is idempotent, so every start can make them. */
export const resources: readonly (readonly [path: string, settings: object])[] = [
	['topics/orders', {}],
	['queues/orders-validate', {}],
	['queues/orders-charge', {}],
	['queues/orders-announce', {}],
	['topics/orders-done', {}],
	['queues/orders-done-archive', {}],
	['topics/orders/subscriptions/validate', { queue: 'orders-validate', filter: { kind: ['order'] } }],
	['topics/orders-done/subscriptions/archive', { queue: 'orders-done-archive' }],
];

const prices: Readonly<Record<string, number>> = { apple: 2, pear: 3 };

/** One stage further, under the same key: that keeps the order of a customer's orders. */
function onward({ key, body }: Message) {
	return { key: key ?? undefined, body };
}

/**
 * A stage per queue. What it returns is published by the acknowledgement of its message: both happen, once, or neither.
 * What it throws becomes the reason of a retry, and after `maxReceives` that of a dead letter.
 */
export const stages = {
	'orders-validate': async (message: Message) => {
		const order: Order = JSON.parse(message.body);
		if (!(order.item in prices)) throw new Error(`there is no ${order.item}`);
		if (!(order.quantity > 0)) throw new Error('the quantity must be more than 0');
		return [{ queue: 'orders-charge', messages: [onward(message)] }];
	},

	'orders-charge': async (message: Message) => {
		const order: Order = JSON.parse(message.body);
		const total = order.quantity * (prices[order.item] as number);
		// Work can run twice, what it returns counts once: so a payment made here takes order.id as its idempotency key.
		const body = JSON.stringify({ ...order, total });
		return [{ queue: 'orders-announce', messages: [onward({ ...message, body })] }];
	},

	'orders-announce': async (message: Message) => {
		const { total = 0 }: Order = JSON.parse(message.body);
		const attributes = { size: total >= 100 ? 'large' : 'small' };
		return [{ topic: 'orders-done', messages: [{ ...onward(message), attributes }] }];
	},
};
