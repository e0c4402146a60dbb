import { describe, test } from 'vitest';
import { EnginePlayer } from './engine-player';
import { HttpPlayer } from './http-player';
import { parse } from './parse';
import { type Player, play } from './play';

/**
 * States a promise as a script, and plays it on the engine and through HTTP. `only` is for scripts that make no
 * sense on the other one, e.g. a clock that is set back.
 */
export function promise(title: string, script: string, options: { readonly only?: 'engine' | 'http' } = {}): void {
	const lines = parse(script);
	const on = (name: 'engine' | 'http', make: () => Player) => {
		if (options.only !== undefined && options.only !== name) return;
		test(name, async () => {
			const player = make();
			try {
				await play(lines, player);
			} finally {
				await player.close();
			}
		});
	};
	describe(title, () => {
		on('engine', () => new EnginePlayer());
		on('http', () => new HttpPlayer());
	});
}
