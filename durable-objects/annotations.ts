import type { Target } from './topics';

/**
 * What a facade keeps with a message, queue, topic or subscription: Sluice stores and returns it, and reads none of it.
 * Absent means none. Those of queues, topics and subscriptions stay in the catalog.
 */
export type Annotations = Readonly<Record<string, string>>;

/** A change of annotations, name by name: null removes one. */
export type AnnotationPatch = Readonly<Record<string, string | null>>;

const encoder = new TextEncoder();

/** UTF-8 bytes of all names and values: what LIMITS.annotationBytes bounds, and what a message counts in its `size`. */
export function annotationBytes(annotations: Annotations): number {
	let bytes = 0;
	for (const [name, value] of Object.entries(annotations)) {
		bytes += encoder.encode(name).byteLength + encoder.encode(value).byteLength;
	}
	return bytes;
}

/** A queue or topic as its objects are told it, with every call. */
export type Told<T extends Target> = T & { readonly annotations?: undefined };

/** The only way to say to an object what it is of: annotations are nothing to it, and would travel with every call. */
export function told<T extends Target>(target: T): Told<T> {
	if (target.annotations === undefined) return target as Told<T>;
	const { annotations: _, ...rest } = target;
	return rest as unknown as Told<T>;
}
