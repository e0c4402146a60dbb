import type { Handout } from './handout';
import type { Lane } from './memory';
import { Preference } from './preference';
import { takeFresh } from './receive-fresh';
import { takeKeys } from './receive-keys';

/**
 * Fills the answer from one key before another: what lags of it, then what the log has of it. Keys that are passed over
 * meanwhile lag from there, and come next; those that this very receive comes to cost no row.
 */
export function takeKeyByKey(handout: Handout, lane: Lane): void {
	const preference = new Preference();
	for (let taken = -1; taken < handout.messages.length && !handout.isFull() && !handout.isTired(); ) {
		taken = handout.messages.length;
		takeKeys(handout, lane, 1);
		preference.key = handout.messages[taken]?.key;
		takeFresh(handout, lane, preference);
	}
	takeFresh(handout, lane);
}
