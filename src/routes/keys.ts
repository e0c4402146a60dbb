import type { AccessKey } from '../../durable-objects/catalog-protocol';
import { LIMITS } from '../../durable-objects/protocol';
import { iso } from '../answers';
import { accessKey, forgetKey } from '../auth';
import { catalogOf } from '../catalog';
import { type App, created, endpoint, ok } from '../endpoint';
import { orProblem } from '../problems';
import { KeyAnswer, KeyBody, KeyPath, KeysAnswer, NewKeyAnswer } from '../schemas/control';

const ID_BYTES = 12;
const ROOT_ONLY = 'With the root key only.';

/** Scoped access keys: make, list, delete. */
export function keyRoutes(app: App): void {
	makeKey(app);
	listKeys(app);
	deleteKey(app);
}

function makeKey(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/keys',
			tag: 'Keys',
			summary: 'Make a scoped key',
			description: `${ROOT_ONLY} The key is shown this once; its secret part is derived from the root key and stored nowhere.`,
			access: 'root',
			body: KeyBody,
			answers: { 201: { description: 'The key.', schema: NewKeyAnswer } },
			problems: ['too_many_keys'],
		},
		async ({ env, body }) => {
			const id = randomId();
			const actions = [...new Set(body.actions)];
			const patterns = [...new Set(body.patterns)];
			const record = orProblem(await catalogOf(env).putKey({ id, name: body.name, actions, patterns }));
			return created({ ...keyAnswer(record), ...accessKey(id, env) });
		},
	);
}

function listKeys(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/keys',
			tag: 'Keys',
			summary: 'List the scoped keys',
			description: ROOT_ONLY,
			access: 'root',
			answers: { 200: { description: 'All of them, without their secrets.', schema: KeysAnswer } },
		},
		async ({ env }) => ok({ keys: (await catalogOf(env).listKeys()).map(keyAnswer) }),
	);
}

function deleteKey(app: App): void {
	endpoint(
		app,
		{
			method: 'delete',
			path: '/v1/keys/{id}',
			tag: 'Keys',
			summary: 'Delete a key',
			description: `${ROOT_ONLY} It is refused everywhere within ${LIMITS.cacheMs / 1_000} seconds.`,
			access: 'root',
			params: KeyPath,
			answers: { 200: { description: 'The key that was deleted.', schema: KeyAnswer } },
			problems: ['key_not_found'],
		},
		async ({ env, params }) => {
			const record = orProblem(await catalogOf(env).getKey(params.id));
			orProblem(await catalogOf(env).deleteKey(params.id));
			forgetKey(params.id);
			return ok(keyAnswer(record));
		},
	);
}

function keyAnswer({ id, name, actions, patterns, createdAt }: AccessKey) {
	return { id, name, actions, patterns, createdAt: iso(createdAt) };
}

function randomId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
