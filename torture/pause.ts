import { setTimeout } from 'node:timers/promises';

/** Resolves after so many ms, or as soon as the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
	await setTimeout(Math.max(0, ms), undefined, signal && { signal }).catch(() => undefined);
}
