/** One thing wrong with a policy, and where. */
export interface FilterFault {
	/** From the policy's root, e.g. `['price', 0, 'numeric', 1]`. */
	readonly path: readonly (string | number)[];
	/** Continues the sentence "<path> …", e.g. "must be a number". */
	readonly rule: string;
}

/** Faults reported of one policy: enough to mend it in a few rounds, whatever its size. */
const FAULTS = 20;

/** Where in a policy a reader stands, and the faults found so far: all places of one policy share them. */
export class Place {
	constructor(
		private readonly path: FilterFault['path'] = [],
		readonly faults: FilterFault[] = [],
	) {}

	at(...steps: FilterFault['path']): Place {
		return new Place([...this.path, ...steps], this.faults);
	}

	/** Notes a fault here. Answers undefined, so that what reads a value can return it. */
	refuse(rule: string): undefined {
		if (this.faults.length < FAULTS) this.faults.push({ path: this.path, rule });
		return undefined;
	}
}
