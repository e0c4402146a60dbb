import { LIMITS } from './protocol';

/**
 * Group commit: the first entry is committed at once; those that arrive while that is being made durable go out
 * together with the next commit, and share its rows.
 */
export class Funnel<Entry> {
	private entries: Entry[] = [];
	/** A commit runs or is being made durable; what comes meanwhile joins the next one. */
	private isBusy = false;

	/** `commit` answers whether it wrote anything; `sync` resolves when what was written is durable. */
	constructor(
		private readonly commit: (group: readonly Entry[]) => boolean,
		private readonly sync: () => Promise<void>,
	) {}

	/** Entries that enter together are committed together. */
	enter(...entries: readonly Entry[]): void {
		this.entries.push(...entries);
		if (!this.isBusy) this.drain();
	}

	private drain(): void {
		this.isBusy = true;
		while (this.entries.length > 0) {
			if (!this.commit(this.entries.splice(0, LIMITS.commitCommands))) continue;
			// When it fails the object is about to be reset; whoever waits is told by the runtime.
			const next = () => this.drain();
			void this.sync().then(next, next);
			return;
		}
		this.isBusy = false;
	}
}
