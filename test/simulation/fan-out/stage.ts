import type { TopicEngineFigures } from '../../../durable-objects/engine/topic/figures';
import { type BrowseResult, isRefusal, LIMITS } from '../../../durable-objects/protocol';
import { EPOCH } from '../../guarantees/answers';
import { demand } from '../model';
import { Prng } from '../prng';
import { Actor } from './actor';
import { Checker } from './checker';
import { type Classes, SimulatedPartition, SimulatedTopic } from './objects';
import type { Event, Setting } from './script';
import { World } from './world';

/** Longer than any backoff of a courier, and than what comes after it: then nothing may be on its way. */
const REST_MS = 2 * LIMITS.courierMaxBackoffMs + 100_000;

/** Plays a story on a world whose every step is checked. */
export class Stage {
	readonly checker: Checker;
	private readonly world: World;
	private readonly actor: Actor;
	private latest = EPOCH;

	constructor(storage: DurableObjectStorage, classes: Classes, setting: Setting) {
		this.checker = new Checker(
			() => this.world.catalog,
			() => this.world.now,
		);
		this.world = new World(storage, classes, setting, EPOCH, this.checker);
		this.actor = new Actor(this.world, this.checker);
		this.actor.begin();
	}

	/** Since the story began. */
	get elapsed(): number {
		return this.world.now - EPOCH;
	}

	async play({ at, held, action, steps, seed }: Event): Promise<void> {
		const { world } = this;
		const prng = new Prng(seed);
		await world.advance(EPOCH + at, held, prng);
		this.latest = Math.max(this.latest, world.now);
		if (action.verb === 'rest') await this.rest(prng);
		else this.actor.act(action);
		await world.settle(prng, steps ?? undefined);
		this.checkFigures(false);
	}

	/** Everything that is owed arrives once nothing fails any more. */
	async rest(prng: Prng): Promise<void> {
		const { world } = this;
		this.actor.mend();
		await world.advance(Math.max(world.now, this.latest) + REST_MS, false, prng);
		this.latest = world.now;
		this.checkFigures(true);
		this.checker.handovers.check();
		const shown: { id: string; on: SimulatedPartition }[] = [];
		for (const object of world.objects.values()) {
			demand([...object.owed()].length === 0, () => `${object.name} still owes something`);
			if (object instanceof SimulatedPartition) shown.push(...this.browse(object));
		}
		this.checker.lives.check(shown);
		this.actor.begin();
	}

	private browse(on: SimulatedPartition): { id: string; on: SimulatedPartition }[] {
		const { queue } = on.engine;
		if (queue === undefined) return [];
		const result = this.world.call(on, { kind: 'browse', queue, command: { after: 0, limit: 1_000 } });
		return isRefusal(result) ? [] : (result as BrowseResult).messages.map(({ id }) => ({ id, on }));
	}

	private checkFigures(atRest: boolean): void {
		for (const object of this.world.objects.values()) {
			const topic = object instanceof SimulatedTopic ? object.engine.topic : undefined;
			if (topic === undefined) continue;
			const figures = this.world.call(object, { kind: 'figures', topic, subscription: null }) as TopicEngineFigures;
			this.checker.modelOf(object as SimulatedTopic).check(figures, atRest, this.world.now);
		}
	}
}
