import type { Command } from '../../durable-objects/engine/commands';
import type { NewMessage, Queue, ReceiveCommand, SettleCommand } from '../../durable-objects/protocol';
import type { Action, Asking, Draft, Entry } from '../guarantees/script';
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
			return { kind: 'publish', queue, messages: action.messages.map((draft) => newMessage(draft, epoch)) };
		case 'receive':
			return { kind: 'receive', queue, command: receiveCommand(action) };
		case 'settle': {
			const command = settleCommand(action.entries, names);
			return command === null ? null : { kind: 'settle', queue, command };
		}
		case 'browse':
			return { kind: 'browse', queue, command: { state: action.state, after: 0, limit: 100 } };
		case 'look':
		case 'remove': {
			const known = names.named(action.name);
			return known === undefined ? null : { kind: action.verb, queue, id: known.id };
		}
		case 'redrive': {
			const ids = action.names?.map((name) => names.named(name)?.id) ?? null;
			if (ids?.includes(undefined)) return null;
			const command = { to: action.to ?? null, ids: ids as string[] | null, ratePerSecond: action.rate ?? null };
			return { kind: 'redrive', queue, command };
		}
		case 'purge':
		case 'figures':
		case 'tick':
			return { kind: action.verb, queue };
		default:
			return null;
	}
}

export function bodyOf(draft: Draft): string {
	return draft.bytes === undefined ? draft.name : draft.name.padEnd(draft.bytes, '.').slice(0, draft.bytes);
}

function newMessage(draft: Draft, epoch: number): NewMessage {
	const body = bodyOf(draft);
	return {
		body,
		size: body.length,
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
	return asking.leaseMs === undefined ? command : { ...command, visibilityTimeoutMs: asking.leaseMs };
}

/** The lists of a settle command, in the entries' order; null where a receipt names no message that is known. */
function settleCommand(entries: readonly Entry[], names: Names): SettleCommand | null {
	const command = { ack: [] as unknown[], retry: [] as unknown[], extend: [] as unknown[] };
	for (const entry of entries) {
		const receipt = names.receipt(entry.receipt);
		if (receipt === undefined) return null;
		const lease = { position: receipt.known.position, attempt: receipt.attempt };
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
