import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { root } from '../../scripts/bundle.ts';

/** `npm run …` as a newcomer types it, with what it has printed so far. */
export class Npm {
	readonly #child: ChildProcess;
	readonly #closed: Promise<number>;
	#output = '';
	#printed = () => {};

	constructor(...command: readonly string[]) {
		this.#child = spawn('npm', [...command], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		for (const stream of [this.#child.stdout, this.#child.stderr]) {
			stream?.on('data', (chunk) => {
				this.#output += chunk;
				this.#printed();
			});
		}
		this.#closed = new Promise((resolve) => this.#child.once('close', (code) => resolve(code ?? -1)));
	}

	get output(): string {
		return this.#output;
	}

	/** Resolves once this has been printed; throws where the command ends without. */
	async prints(text: string): Promise<void> {
		const printed = new Promise<void>((resolve) => {
			this.#printed = () => this.#output.includes(text) && resolve();
			this.#printed();
		});
		const ended = this.#closed.then((code) => {
			if (!this.#output.includes(text)) throw new Error(`npm ended with ${code}:\n${this.#output}`);
		});
		await Promise.race([printed, ended]);
	}

	/** The exit code, once it and everything that it started have ended: they share its output. */
	ends(): Promise<number> {
		return this.#closed;
	}

	/** As Ctrl-C does: the terminal tells npm and everything below it. */
	async interrupt(): Promise<void> {
		process.kill(-(this.#child.pid ?? 0), 'SIGINT');
		await this.#closed;
	}

	/** As a process supervisor does: only npm is told. */
	async terminate(): Promise<void> {
		this.#child.kill('SIGTERM');
		await this.#closed;
	}
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const trial = createServer();
		trial.once('error', reject);
		trial.listen(0, '127.0.0.1', () => {
			const address = trial.address();
			trial.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}
