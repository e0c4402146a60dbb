import { formatPlace, formatSubscribe, formatTopicChange } from './parse-topic';
import { type Action, type Asking, DEFAULT_QUEUE, type Draft, type Entry, type Successor, seconds } from './script';
import { formatSettings } from './settings';

/** The text that `parse` reads as this event: how a failing simulation prints its script. */
export function formatLine(line: {
	at: number;
	joined: boolean;
	back?: boolean;
	queue: string;
	action: Action;
}): string {
	const on = line.queue === DEFAULT_QUEUE ? '' : ` on ${line.queue}`;
	const at = line.joined ? '&' : `${line.back ? '<' : ''}${seconds(line.at)}`;
	return `${at.padStart(10)}  ${formatAction(line.action)}${on}`;
}

function formatAction(action: Action): string {
	switch (action.verb) {
		case 'queue':
		case 'set':
			return `${action.verb} ${formatSettings(action.settings)}`.trimEnd();
		case 'publish':
			return `publish ${action.messages.map(formatDraft).join(', ')}`;
		case 'receive':
			return `receive ${action.max}${formatAsking(action)}`;
		case 'wait':
			return `wait ${action.name} ${seconds(action.forMs)} max ${action.max}${formatAsking(action)}`;
		case 'settle':
			return `settle ${[...action.entries.map(formatEntry), ...(action.publish ?? []).map(formatSuccessor)].join(', ')}`;
		case 'browse':
			return `browse${option('', action.state)}`;
		case 'look':
		case 'remove':
		case 'answer':
		case 'cancel':
		case 'unsubscribe':
		case 'lag':
			return `${action.verb} ${action.name}`;
		case 'courier':
			return `courier ${action.fault}`;
		case 'topic':
			return formatTopicChange(action.settings);
		case 'subscribe':
			return formatSubscribe(action);
		case 'seek':
			return `seek ${action.name} ${formatPlace(action.from)}`;
		case 'redrive':
			return `redrive${option('to ', action.to)}${option('only ', action.names?.join('+'))}${option('rate ', action.rate)}${option('as ', action.as)}`;
		case 'purge':
			return action.forget ? 'purge forget' : 'purge';
		default:
			return action.verb;
	}
}

function option(name: string, value: string | number | undefined): string {
	return value === undefined ? '' : ` ${name}${value}`;
}

function duration(name: string, ms: number | undefined): string {
	return ms === undefined ? '' : ` ${name} ${seconds(ms)}`;
}

function formatDraft(draft: Draft): string {
	const pairs = Object.entries(draft.attributes ?? {}).map((pair) => pair.join('='));
	return [
		draft.name,
		option('key ', draft.key),
		option('dedup ', draft.dedupId),
		duration('delay', draft.delayMs),
		duration('at', draft.deliverAt),
		duration('ttl', draft.ttlMs),
		option('priority ', draft.priority),
		option('bytes ', draft.bytes),
		pairs.length === 0 ? '' : ` attr "${pairs.join('+')}"`,
		draft.body === undefined ? '' : ` body '${draft.body}'`,
	].join('');
}

function formatSuccessor({ to, receipt, ...draft }: Successor): string {
	return `publish ${formatDraft(draft)} to ${to}${option('for ', receipt)}`;
}

function formatAsking(asking: Asking): string {
	return `${duration('lease', asking.leaseMs)}${option('by ', asking.by)}${option('as ', asking.as)}${asking.keyFirst ? ' key-first' : ''}`;
}

function formatEntry(entry: Entry): string {
	const reason = entry.reason === undefined ? '' : ` reason "${entry.reason}"`;
	return `${entry.kind} ${entry.receipt}${duration('delay', entry.delayMs)}${reason}${duration('lease', entry.leaseMs)}${entry.onlyLeased ? ' only leased' : ''}`;
}
