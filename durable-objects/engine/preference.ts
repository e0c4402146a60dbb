import { LIMITS } from '../protocol';

/** The key that an answer is filled from, and what one receive passes over for the sake of such keys. */
export class Preference {
	/** Undefined: the first one that is met. */
	key: string | undefined;
	private readonly passedKeys = new Set<string>();
	private passedMessages = 0;

	/** What becomes of a message of this key, which might be handed out: `stop` where as much was passed over as may be. */
	verdict(key: string): 'take' | 'pass' | 'stop' {
		this.key ??= key;
		if (key === this.key) return 'take';
		const isKnown = this.passedKeys.has(key);
		if (this.passedMessages >= LIMITS.passedMessages || (!isKnown && this.passedKeys.size >= LIMITS.passedKeys)) {
			return 'stop';
		}
		this.passedMessages++;
		this.passedKeys.add(key);
		return 'pass';
	}
}
