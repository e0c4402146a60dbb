import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../torture/checker/violation.ts';
import { deliveryFaults } from './delivery-faults.ts';
import { brokenIn } from './journals.ts';
import { passageFaults } from './passage-faults.ts';

const planted = [...deliveryFaults, ...passageFaults];

describe('the checker sees a planted fault:', () => {
	for (const [property, fault, entries] of planted) {
		test(`${property}: ${fault}`, () => expect(brokenIn(entries)).toEqual([property]));
	}

	test('undrained: something is left', () => expect(brokenIn([], ['q: 1 visible'])).toEqual(['undrained']));

	test('there is one for every property', () => {
		const seen = new Set<string>([...planted.map(([property]) => property), 'undrained']);
		expect([...seen].toSorted()).toEqual(Object.keys(PROPERTIES).toSorted());
	});
});
