import { LIMITS } from '../protocol';

/** What a receive takes of the log first. */
export interface Choice {
	/** What becomes of a message of this key, which might be handed out. `stop`: it is not passed over either. */
	verdict(key: string | undefined): 'take' | 'pass' | 'stop';
}

/** The key that an answer is filled from, and what one receive passes over for the sake of such keys. */
export class Preference implements Choice {
	/** Those that the receive has handed out something of: what would lag of them had to wait for its end. */
	private readonly chosen = new Set<string>();
	private isOpen = true;
	private readonly passedKeys = new Set<string>();
	private passedMessages = 0;

	/** From here on it is this key; undefined: the first one that is met. */
	choose(key: string | undefined): void {
		this.isOpen = key === undefined;
		if (key !== undefined) this.chosen.add(key);
	}

	/** `stop`: it has no key, so that it cannot be passed over; or as much was passed over as may be. */
	verdict(key: string | undefined): 'take' | 'pass' | 'stop' {
		if (key === undefined) return 'stop';
		if (this.isOpen) this.choose(key);
		if (this.chosen.has(key)) return 'take';
		const isKnown = this.passedKeys.has(key);
		if (this.passedMessages >= LIMITS.passedMessages || (!isKnown && this.passedKeys.size >= LIMITS.passedKeys)) {
			return 'stop';
		}
		this.passedMessages++;
		this.passedKeys.add(key);
		return 'pass';
	}
}

/** Messages without a key, up to the next one that has one. */
export const KEYLESS: Choice = { verdict: (key) => (key === undefined ? 'take' : 'stop') };
