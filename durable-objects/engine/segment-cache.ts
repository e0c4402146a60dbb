import { LIMITS } from '../protocol';
import type { Segment } from './segments';

/** The last few segments read or written, so that a segment consumed in pieces is parsed once. */
export class SegmentCache {
	private readonly segments = new Map<number, Segment>();
	private units = 0;
	/** The one asked for last. */
	private last: Segment | undefined;

	get(base: number): Segment | undefined {
		const segment = this.segments.get(base);
		this.last = segment ?? this.last;
		return segment;
	}

	/** A segment that holds this position: the one asked for last, or one that begins there. Others may be here too. */
	holding(position: number): Segment | undefined {
		const { last } = this;
		return last !== undefined && last.base <= position && position < last.end ? last : this.get(position);
	}

	put(segment: Segment): void {
		this.drop(segment.base);
		this.segments.set(segment.base, segment);
		this.units += cost(segment);
		for (const oldest of this.segments.values()) {
			if (this.units <= LIMITS.cachedSegmentUnits || oldest === segment) break;
			this.drop(oldest.base);
		}
	}

	drop(base: number): void {
		const segment = this.segments.get(base);
		if (segment === undefined) return;
		this.segments.delete(base);
		if (this.last === segment) this.last = undefined;
		this.units -= cost(segment);
	}

	clear(): void {
		this.segments.clear();
		this.last = undefined;
		this.units = 0;
	}
}

function cost(segment: Segment): number {
	return Math.max(segment.bodies.length, segment.bytes) + 200 * segment.span;
}
