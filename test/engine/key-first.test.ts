import { expect, test } from 'vitest';
import { LIMITS, type ReceivedMessage } from '../../durable-objects/protocol';
import { atDesk, type Desk, numbered, publishing, text } from './bounds';

/** Publishes `a1 b1 …` in one batch: the first letter is the key. */
function publish(desk: Desk, names: string): void {
	desk.commit([publishing(...names.split(' ').map((name) => text(name, { key: name[0] as string })))]);
}

function receive(desk: Desk, max: number): string {
	const command = { max, consumer: 'w', keyFirst: true } as const;
	const [messages] = desk.commit([{ kind: 'receive', command }]).results as [ReceivedMessage[]];
	return messages.map(({ body }) => body).join(' ');
}

test('an answer is filled from one key before another', () =>
	atDesk({}, (desk) => {
		publish(desk, 'a1 b1 c1 a2 b2 c2 a3 b3');
		expect(receive(desk, 2)).toBe('a1 a2');
		expect(receive(desk, 3)).toBe('b1 b2 b3');
		expect(receive(desk, 10)).toBe('c1 c2');
		expect(receive(desk, 10)).toBe('');
	}));

test('a key that does not fill it is followed by the next, and later messages wait behind their own', () =>
	atDesk({}, (desk) => {
		publish(desk, 'a1 b1 a2 c1 b2');
		expect(receive(desk, 4)).toBe('a1 a2 b1 b2');
		publish(desk, 'a3 c2');
		expect(receive(desk, 10)).toBe('c1 c2');
		desk.site.restart();
		expect(receive(desk, 10)).toBe('');
	}));

test('what was passed over is passed over after a restart as well', () =>
	atDesk({}, (desk) => {
		publish(desk, 'a1 b1 a2');
		expect(receive(desk, 2)).toBe('a1 a2');
		expect(desk.first('SELECT key FROM held')).toEqual({ key: 'b' });
		desk.site.restart();
		expect(receive(desk, 10)).toBe('b1');
	}));

test('no more keys are passed over than may cost a row', () =>
	atDesk({}, (desk) => {
		const others = numbered(LIMITS.passedKeys + 5, (index) => text(`${index}`, { key: `k${index}` }));
		desk.commit([publishing(text('a1', { key: 'a' }), ...others, text('a2', { key: 'a' }))]);
		expect(receive(desk, 2)).toBe('a1 0');
		expect(desk.first('SELECT count(*) AS held FROM held')).toEqual({ held: LIMITS.passedKeys - 1 });
	}));

test('nor more messages', () =>
	atDesk({}, (desk) => {
		const others = numbered(LIMITS.passedMessages, (index) => text(`b${index}`, { key: 'b' }));
		desk.commit([publishing(text('a1', { key: 'a' }), ...others, text('a2', { key: 'a' }))]);
		expect(receive(desk, 2)).toBe('a1 a2');
		const more = [...others, text('one more', { key: 'b' })];
		desk.commit([publishing(text('c1', { key: 'c' }), ...more, text('c2', { key: 'c' }))]);
		expect(receive(desk, LIMITS.passedMessages)).toBe(others.map(({ body }) => body).join(' '));
	}));

test('a message without a key cannot be passed over: it comes when no key is ready', () =>
	atDesk({}, (desk) => {
		const keyed = (name: string) => text(name, { key: name[0] as string });
		desk.commit([
			publishing(keyed('a1'), keyed('b1'), keyed('a2'), text('plain'), keyed('c1'), keyed('d1'), keyed('c2')),
		]);
		expect(receive(desk, 7)).toBe('a1 a2 b1 plain c1 c2 d1');
	}));
