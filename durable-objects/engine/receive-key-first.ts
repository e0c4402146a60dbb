import { isRun, type Received } from '../protocol';
import type { Handout } from './handout';
import type { Lane } from './memory';
import { KEYLESS, Preference } from './preference';
import { takeFresh } from './receive-fresh';
import { takeKeys } from './receive-keys';

/**
 * Fills the answer from one key before another: what lags of it, then what the log has of it. Keys that are passed over
 * meanwhile lag from there, and come next; those that this very receive comes to cost no row. What has no key comes when no
 * key is ready. Where as much was passed over as may be, the rest comes in the order of the log.
 */
export function takeKeyByKey(handout: Handout, lane: Lane): void {
	const preference = new Preference();
	for (let goesOn = true; goesOn && !handout.isFull() && !handout.isTired(); ) {
		const taken = handout.parts.length;
		const { cursor } = lane;
		takeKeys(handout, lane, 1);
		preference.choose(keyOf(handout.parts[taken]));
		takeFresh(handout, lane, preference);
		if (handout.parts.length === taken) takeFresh(handout, lane, KEYLESS);
		goesOn = handout.parts.length > taken || lane.cursor > cursor;
	}
	takeFresh(handout, lane);
}

function keyOf(part: Received[number] | undefined): string | undefined {
	return part === undefined || isRun(part) ? undefined : part.key;
}
