import { demand } from '../model';
import type { Draft } from './script';

interface Output {
	readonly draft: Draft;
	readonly target: string;
	/** Null: not known yet. */
	isOwed: boolean;
	arrived: number;
}

/** What consumers publish by acknowledging: exactly once if they were acknowledged, else not at all. */
export class Handovers {
	private readonly outputs = new Map<string, Output>();
	private readonly lastOf = new Map<string, number>();

	/** How a settle came out. */
	settled(publish: readonly { to: string; messages: readonly Draft[] }[], isOwed: boolean): void {
		for (const { to, messages } of publish) {
			for (const draft of messages) this.outputs.set(`${to} ${draft.name}`, { draft, target: to, isOwed, arrived: 0 });
		}
	}

	/** It has come to an address, or was taken for a duplicate there. */
	arrive(draft: Draft, target: string, source: string, courierPosition: number): void {
		const output = this.outputs.get(`${target} ${draft.name}`);
		const told = () => `P10: ${draft.name} came to ${target}`;
		demand(output !== undefined, () => `${told()}, though nobody published it`);
		demand(output.isOwed, () => `${told()}, though its input was not acknowledged`);
		demand(++output.arrived === 1, () => `${told()} twice`);
		demand(JSON.stringify(output.draft) === JSON.stringify(draft), () => `${told()} with other content`);
		if (draft.key === undefined) return;
		const line = `${source} ${target} ${draft.key}`;
		const last = this.lastOf.get(line) ?? 0;
		demand(courierPosition > last, () => `${told()} behind ${last}, which has its key`);
		this.lastOf.set(line, courierPosition);
	}

	/** When nothing is on its way any more. */
	check(): void {
		for (const { draft, target, isOwed, arrived } of this.outputs.values()) {
			demand(arrived === Number(isOwed), () => `P10: ${draft.name} came to ${target} ${arrived} times`);
		}
	}
}
