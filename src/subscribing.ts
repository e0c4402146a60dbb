import type { z } from '@hono/zod-openapi';
import { filterFaults } from '../durable-objects/filter/filter';
import type { FilterPolicy, Start, Subscription, SubscriptionFigures, Topic } from '../durable-objects/protocol';
import { iso } from './answers';
import { ageSeconds, courierAnswer } from './figures';
import type { SeekBody, SubscriptionBody } from './schemas/subscriptions';
import { topicSettingsAnswer } from './schemas/topics';
import { fieldFault, invalid } from './validation';

// Topics and subscriptions between the words of HTTP and those of the catalog.

/** Refuses a policy that is not one, and says at which places. */
export function filterOf({ filter, scope }: z.output<typeof SubscriptionBody>): FilterPolicy | null {
	if (filter === undefined || filter === null) {
		if (scope === 'attributes') return null;
		throw invalid([fieldFault(['scope'], 'is that of a filter, and there is none')]);
	}
	const faults = filterFaults(filter, scope).map(({ path, rule }) => fieldFault(['filter', ...path], rule));
	if (faults.length > 0) throw invalid(faults);
	return { scope, policy: filter as FilterPolicy['policy'] };
}

/** `field`: where in the body it stands. */
export function startOf(start: z.output<typeof SeekBody>['to'], field: string, now: number): Start {
	if (typeof start === 'object') return { from: 'sequence', sequence: start.sequence };
	if (start === 'now') return { from: start, at: now };
	if (start === 'earliest') return { from: start };
	const at = Date.parse(start);
	if (at > now) throw invalid([fieldFault([field], 'is in the future: "now" begins with what comes next')]);
	return { from: 'instant', at };
}

export function topicAnswer({ name, createdAt, updatedAt, version, settings }: Topic) {
	return {
		name,
		createdAt: iso(createdAt),
		updatedAt: iso(updatedAt),
		version,
		settings: topicSettingsAnswer(settings),
	};
}

export function subscriptionAnswer(topic: string, { name, queue, filter, createdAt, updatedAt }: Subscription) {
	return {
		name,
		topic,
		queue,
		filter: filter?.policy ?? null,
		scope: filter?.scope ?? 'attributes',
		createdAt: iso(createdAt),
		updatedAt: iso(updatedAt),
	};
}

export function subscriptionFiguresAnswer(figures: SubscriptionFigures, now: number) {
	return {
		lag: figures.lag,
		lagSeconds: ageSeconds(figures.oldestPublishedAt, now) ?? 0,
		delivered: figures.delivered,
		filtered: figures.filtered,
		missed: figures.missed,
		courier: courierAnswer(figures),
	};
}
