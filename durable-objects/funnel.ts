import { LIMITS } from './protocol';

/**
 * Group commit: the first entry is committed at once; those that arrive while that is being made durable go out
 * together with the next commit, and share its rows. In a crowd the next commit waits for a turn of the clock besides, about
 * a millisecond, and more entries share a commit and its `fsync` (docs/decisions/0012).
 */
export class Funnel<Entry> {
	private entries: Entry[] = [];
	/** A commit runs or is being made durable; what comes meanwhile joins the next one. */
	private isBusy = false;
	private hasGathered = false;
	/** Commits until gathering is tried again. */
	private pause = 0;

	/** `commit` answers whether it wrote anything; `sync` resolves when what was written is durable; `turn` calls back at the clock's next turn. */
	constructor(
		private readonly commit: (group: readonly Entry[]) => boolean,
		private readonly sync: () => Promise<void>,
		private readonly turn: (next: () => void) => void = (next) => void setTimeout(next, 0),
	) {}

	/** Entries that enter together are committed together. */
	enter(...entries: readonly Entry[]): void {
		this.entries.push(...entries);
		if (!this.isBusy) this.drain();
	}

	private drain(): void {
		this.isBusy = true;
		while (this.entries.length > 0) {
			const group = this.entries.splice(0, LIMITS.commitCommands);
			if (!this.commit(group)) continue;
			const next = () => this.drain();
			const gather = () => this.turn(next);
			// When it fails the object is about to be reset; whoever waits is told by the runtime.
			void this.sync().then(this.isCrowded(group.length) ? gather : next, next);
			return;
		}
		this.isBusy = false;
	}

	/**
	 * Whether to gather before the next commit. Where a few were committed together it is tried; where that brings many, it goes on.
	 * Where it does not, a few callers wait for one another and would only wait longer: it is not tried for a while.
	 */
	private isCrowded(size: number): boolean {
		const isMany = size >= LIMITS.crowd;
		if (this.hasGathered && !isMany) this.pause = LIMITS.crowdPause;
		else if (this.pause > 0) this.pause--;
		this.hasGathered = isMany || (size >= LIMITS.crowdTrial && this.pause === 0);
		return this.hasGathered;
	}
}
