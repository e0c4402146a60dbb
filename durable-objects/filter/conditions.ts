import { type AddressRange, addressOf, isWithin } from './address';
import { isScalar, type Scalar, someWithin } from './json';

/** Whether one value passes; `number` is what it means as a number, also where it is an attribute's text. */
export type Test = (value: Scalar, number: number | undefined) => boolean;

/** One value of a policy's array, read. */
export type Condition =
	| { readonly kind: 'equals'; readonly value: Scalar }
	| { readonly kind: 'equalsIgnoreCase'; readonly text: string }
	| { readonly kind: 'exists'; readonly isPresent: boolean }
	| { readonly kind: 'cidr'; readonly range: AddressRange }
	/** `values` is how many values of a list it stands for, `wildcards` how many of these are patterns. */
	| { readonly kind: 'test'; readonly test: Test; readonly values?: number; readonly wildcards?: number };

/** All conditions of one key: one of them must hold. Those that a lookup can answer cost one, however many they are. */
export class Conditions {
	/** What the rule of combinations counts. */
	values = 0;
	/** Patterns that each read a whole text. */
	wildcards = 0;
	private readonly equal = new Set<Scalar>();
	private readonly folded = new Set<string>();
	private readonly exists = new Set<boolean>();
	private readonly ranges: AddressRange[] = [];
	private readonly tests: Test[] = [];

	add(condition: Condition): void {
		const { values = 1, wildcards = 0 } = condition.kind === 'test' ? condition : {};
		this.values += values;
		this.wildcards += wildcards;
		if (condition.kind === 'equals') this.equal.add(condition.value);
		else if (condition.kind === 'equalsIgnoreCase') this.folded.add(condition.text.toLowerCase());
		else if (condition.kind === 'exists') this.exists.add(condition.isPresent);
		else if (condition.kind === 'cidr') this.ranges.push(condition.range);
		else this.tests.push(condition.test);
	}

	/**
	 * Whether a key with this value fits: the value itself or, where it is an array, any element. Undefined is an
	 * absent key, and an object counts as one: conditions are for leaves. `number` is only for an attribute's text.
	 */
	hold(value: unknown, number?: number): boolean {
		if (this.exists.size > 0 && this.exists.has(isPresent(value))) return true;
		return someWithin(value, (leaf) => isScalar(leaf) && this.accepts(leaf, numberOf(leaf) ?? number));
	}

	private accepts(value: Scalar, number: number | undefined): boolean {
		if (this.equal.has(value) || (number !== undefined && this.equal.has(number))) return true;
		if (typeof value === 'string' && (this.isFolded(value) || this.isInRange(value))) return true;
		for (const test of this.tests) if (test(value, number)) return true;
		return false;
	}

	private isFolded(text: string): boolean {
		return this.folded.size > 0 && this.folded.has(text.toLowerCase());
	}

	private isInRange(text: string): boolean {
		const address = this.ranges.length > 0 ? addressOf(text) : undefined;
		return address !== undefined && this.ranges.some((range) => isWithin(address, range));
	}
}

function numberOf(value: Scalar): number | undefined {
	return typeof value === 'number' ? value : undefined;
}

/** "The key must have a non-null and non-empty value" (Amazon SNS, "Key matching"), and be a leaf. */
function isPresent(value: unknown): boolean {
	return someWithin(value, (leaf) => isScalar(leaf) && leaf !== null && leaf !== '');
}
