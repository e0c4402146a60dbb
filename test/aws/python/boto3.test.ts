import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { isMissing, ran, script } from './python.ts';

/** Every function of the script that is a check, in its order. */
const checks = [...readFileSync(script('boto3_checks.py'), 'utf8').matchAll(/^def (check_\w+)/gm)].map(
	([, name = '']) => name,
);

describe.skipIf(isMissing('python3-boto3'))('boto3 in the Query protocol', () => {
	const failures = new Map<string, string | null>();

	beforeAll(async () => {
		const { output, errors, code } = await ran(script('checks.py'), 'boto3_checks');
		if (code !== 0) throw new Error(errors);
		for (const line of output.trim().split('\n')) {
			const { check, failure } = JSON.parse(line) as { check: string; failure: string | null };
			failures.set(check, failure);
		}
	});

	test('has checks', () => expect(checks.length).toBeGreaterThan(10));

	test.each(checks)('%s', (check) => {
		const failure = failures.get(check);
		if (failure !== null) throw new Error(failure ?? 'it did not run');
	});
});
