import type { Command } from '../../durable-objects/engine/commands';
import {
	type Handover,
	type NewMessage,
	pack,
	packSettle,
	type Queue,
	type ReceiveCommand,
	type SettleCommand,
	unpack,
	unpackSettle,
} from '../../durable-objects/protocol';
import type { Action, Asking, Draft, Entry, Successor } from '../guarantees/script';
import type { Names } from './names';

/** The engine's command for a line, or null where the line names a message that is not there. */
export function commandOf(action: Action, queue: Queue, names: Names, epoch: number): Command | null {
	switch (action.verb) {
		case 'queue':
		case 'set':
		case 'pause':
		case 'resume':
			return { kind: 'configure', queue };
		case 'publish':
			// As it crosses RPC: plain messages are accepted as one.
			return {
				kind: 'publish',
				queue,
				messages: unpack(pack(action.messages.map((draft) => newMessage(draft, epoch)))),
			};
		case 'receive':
			return { kind: 'receive', queue, command: receiveCommand(action) };
		case 'settle': {
			const command = settleCommand(action.entries, names, queue.name);
			if (command === null) return null;
			const handovers = handoversOf(action, epoch);
			// As it crosses RPC: what stands one after the other is acknowledged as one.
			return { kind: 'settle', queue, command: unpackSettle(packSettle({ ...command, handovers })) };
		}
		case 'browse':
			return { kind: 'browse', queue, command: { state: action.state, after: 0, limit: 100 } };
		case 'look':
		case 'remove': {
			const known = names.named(action.name, queue.name);
			return known === undefined ? null : { kind: action.verb, queue, id: known.id };
		}
		case 'redrive': {
			const ids = action.names?.map((name) => names.named(name, queue.name)?.id) ?? null;
			if (ids?.includes(undefined)) return null;
			const command = {
				id: action.as ?? 'redrive',
				to: action.to ?? null,
				ids: ids as string[] | null,
				ratePerSecond: action.rate ?? null,
			};
			return { kind: 'redrive', queue, command };
		}
		case 'cancel':
			return { kind: 'cancelRedrive', queue, id: names.redriveId(action.name) };
		case 'purge':
			return { kind: 'purge', queue, forgetDedup: action.forget };
		case 'redrives':
		case 'figures':
		case 'tick':
			return { kind: action.verb, queue };
		case 'delete':
			return { kind: 'destroy', queue };
		default:
			return null;
	}
}

export function bodyOf(draft: Draft): string {
	if (draft.body !== undefined) return draft.body;
	return draft.bytes === undefined ? draft.name : draft.name.padEnd(draft.bytes, '.').slice(0, draft.bytes);
}

export function newMessage(draft: Draft, epoch: number): NewMessage {
	const body = bodyOf(draft);
	const attributes = Object.entries(draft.attributes ?? {});
	return {
		body,
		size: body.length + attributes.reduce((sum, [name, value]) => sum + name.length + value.length, 0),
		...(attributes.length === 0 ? {} : { attributes: draft.attributes }),
		...(draft.key === undefined ? {} : { key: draft.key }),
		...(draft.dedupId === undefined ? {} : { dedupId: draft.dedupId }),
		...(draft.delayMs === undefined ? {} : { delayMs: draft.delayMs }),
		...(draft.deliverAt === undefined ? {} : { deliverAt: epoch + draft.deliverAt }),
		...(draft.ttlMs === undefined ? {} : { ttlMs: draft.ttlMs }),
		...(draft.priority === undefined ? {} : { priority: draft.priority }),
	};
}

export function receiveCommand(asking: Asking): ReceiveCommand {
	const command = { max: asking.max, consumer: asking.by ?? 'somebody' };
	return {
		...command,
		...(asking.leaseMs === undefined ? {} : { visibilityTimeoutMs: asking.leaseMs }),
		...(asking.as === undefined ? {} : { attemptId: asking.as }),
		...(asking.keyFirst ? { keyFirst: true } : {}),
	};
}

/** The lists of a settle command, in the entries' order; null where a receipt names no message that is known. */
function settleCommand(entries: readonly Entry[], names: Names, queue: string): SettleCommand | null {
	const command = { ack: [] as unknown[], retry: [] as unknown[], extend: [] as unknown[] };
	for (const entry of entries) {
		const receipt = names.receipt(entry.receipt, queue);
		if (receipt === undefined) return null;
		const strict = entry.onlyLeased ? { onlyLeased: true } : {};
		const lease = { position: receipt.known.position, attempt: receipt.attempt, ...strict };
		if (entry.kind === 'ack') command.ack.push(lease);
		else if (entry.kind === 'extend') command.extend.push({ ...lease, visibilityTimeoutMs: entry.leaseMs ?? 0 });
		else {
			const delay = entry.delayMs === undefined ? {} : { delayMs: entry.delayMs };
			const reason = entry.reason === undefined ? {} : { reason: entry.reason };
			command.retry.push({ ...lease, ...delay, ...reason });
		}
	}
	return command as unknown as SettleCommand;
}

/** What a settle publishes, as it is handed over: side by side what goes to one target by one receipt. */
export function bundlesOf(publish: readonly Successor[]): Successor[][] {
	const bundles: Successor[][] = [];
	for (const successor of publish) {
		const last = bundles.at(-1);
		const isSame = last?.[0]?.to === successor.to && last[0].receipt === successor.receipt;
		if (isSame) last.push(successor);
		else bundles.push([successor]);
	}
	return bundles;
}

function handoversOf({ entries, publish }: Action & { verb: 'settle' }, epoch: number): Handover[] | undefined {
	if (publish === undefined) return undefined;
	const acks = entries.filter(({ kind }) => kind === 'ack').map(({ receipt }) => receipt);
	const owed = (receipt: string | undefined) =>
		bundlesOf(publish.filter((one) => one.receipt === receipt)).map((bundle) => ({
			to: (bundle[0] as Successor).to,
			messages: bundle.map((draft) => newMessage(draft, epoch)),
		}));
	if (publish[0]?.receipt === undefined) return [{ acks: [...acks.keys()], publish: owed(undefined) }];
	return acks.map((receipt, index) => ({ acks: [index], publish: owed(receipt) }));
}
