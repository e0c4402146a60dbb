import { isRefusal } from '../../durable-objects/protocol';
import { EPOCH } from './answers';
import { call } from './http-client';
import type { Action, Place } from './script';

/** What only topics are asked. `path`: the topic's. */
export async function askTopic(path: string, action: Action, nameOf: (queue: string) => string): Promise<unknown> {
	switch (action.verb) {
		case 'topic': {
			const entries = Object.entries(action.settings).map(([name, ms]) => [`${name.slice(0, -2)}Seconds`, ms / 1_000]);
			return call('PUT', path, Object.fromEntries(entries));
		}
		case 'subscribe': {
			const { name, to, filter, from } = action;
			return call('PUT', `${path}/subscriptions/${name}`, {
				queue: nameOf(to),
				...(filter === undefined ? {} : { filter: filter.policy, scope: filter.scope }),
				...(from === undefined ? {} : { from: placeOf(from) }),
			});
		}
		case 'seek':
			return call('POST', `${path}/subscriptions/${action.name}/seek`, { to: placeOf(action.from) });
		case 'unsubscribe':
			return call('DELETE', `${path}/subscriptions/${action.name}`);
		case 'lag':
			return lag(`${path}/subscriptions/${action.name}`);
		case 'courier':
			throw new Error('the courier cannot be disturbed through HTTP');
		default:
			throw new Error(`"${action.verb}" is not for topics`);
	}
}

function placeOf(place: Place): unknown {
	if (place.from === 'instant') return new Date(EPOCH + place.at).toISOString();
	return place.from === 'sequence' ? { sequence: place.sequence } : place.from;
}

/** The live figures; the oldest as an instant. */
async function lag(path: string): Promise<unknown> {
	const answer = await call('GET', path);
	if (isRefusal(answer)) return answer;
	const { figures } = answer as {
		figures: { lag: number; lagSeconds: number; courier?: { error: string; nextAttemptAt?: number } };
	};
	return {
		...figures,
		oldestPublishedAt: figures.lag === 0 ? null : Date.now() - Math.round(figures.lagSeconds * 1_000),
		courierError: figures.courier?.error ?? null,
		courierNextAttemptAt: figures.courier?.nextAttemptAt ?? null,
	};
}
