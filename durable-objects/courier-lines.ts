import { LIMITS } from './protocol';

export interface Lateness {
	/** Since it last took something. */
	readonly attempts: number;
	readonly nextAt: number;
	readonly error: string;
}

/** The target took a part of a parcel and has no room for the rest: as soon as somebody consumes there is some again. */
export class PartlyTaken extends Error {}

/** What a courier remembers of its lines: which is late and why, which pauses until when, and which was served last. */
export class Lines {
	private readonly late = new Map<string, Lateness>();
	private readonly pausedUntil = new Map<string, number>();
	private readonly servedIn = new Map<string, number>();
	private served = 0;

	/** Whether its pause is over, and its delay if it failed. */
	mayGo(line: string, now: number): boolean {
		const until = this.waitsUntil(line) ?? 0;
		// One that is further away than any delay was named before the clock was set back.
		return until <= now || until - now > LIMITS.courierMaxBackoffMs;
	}

	/** Until when it waits; undefined when it waits for nothing. */
	waitsUntil(line: string): number | undefined {
		return this.late.get(line)?.nextAt ?? this.pausedUntil.get(line);
	}

	begin(line: string): void {
		this.servedIn.set(line, ++this.served);
		this.pausedUntil.delete(line);
	}

	pause(line: string, until: number): void {
		this.pausedUntil.set(line, until);
	}

	isPaused(line: string): boolean {
		return this.pausedUntil.has(line);
	}

	/** What they paused for is over. */
	endPauses(): void {
		this.pausedUntil.clear();
	}

	/** Its target is there, or took a part: one that has no room for all of a parcel is slow, not away. */
	succeed(line: string): void {
		this.late.delete(line);
	}

	fail(line: string, error: unknown, now: number): void {
		const attempts = error instanceof PartlyTaken ? 0 : (this.late.get(line)?.attempts ?? 0) + 1;
		const backoffMs = Math.min(LIMITS.courierMaxBackoffMs, LIMITS.courierInitialBackoffMs * 2 ** (attempts - 1));
		const delayMs = error instanceof PartlyTaken ? LIMITS.courierRefillMs : backoffMs;
		const message = error instanceof Error ? error.message : String(error);
		this.late.set(line, { attempts, nextAt: now + delayMs, error: `${line}: ${message}` });
		// From here on the delay counts: a pause besides could be the longer one if the clock was set back.
		this.pausedUntil.delete(line);
	}

	/** It was changed: what made it late counts no more. */
	forgive(line: string): void {
		this.late.delete(line);
		this.pausedUntil.delete(line);
	}

	latenessOf(line: string): Lateness | undefined {
		return this.late.get(line);
	}

	/** Of the line that has failed most often. */
	latest(): Lateness | undefined {
		return [...this.late.values()].sort((a, b) => b.attempts - a.attempts)[0];
	}

	/** Those that were served longest ago first: where there are more than a turn serves, none is always the last. */
	inTurn(lines: string[]): string[] {
		if (lines.length <= LIMITS.courierCallsAtOnce) return lines;
		return lines.sort((a, b) => (this.servedIn.get(a) ?? 0) - (this.servedIn.get(b) ?? 0));
	}

	/** Nothing is remembered of lines that are gone, or that have nothing to carry and no pause to keep. */
	prune(owed: readonly string[], now: number): void {
		if (this.late.size + this.servedIn.size + this.pausedUntil.size <= 3 * owed.length) return;
		const lines = new Set(owed);
		for (const line of this.late.keys()) if (!lines.has(line)) this.late.delete(line);
		for (const line of this.servedIn.keys()) if (!lines.has(line)) this.servedIn.delete(line);
		for (const [line, until] of this.pausedUntil) if (until <= now) this.pausedUntil.delete(line);
	}
}
