import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Two servers on one state would each keep their own leases in memory over the same databases, and SQLite's locks
 * notice it only now and then. So the state names the process that serves it.
 */
function ownerFile(stateDirectory: string): string {
	return join(stateDirectory, 'server.pid');
}

/** Throws where a running server has this state. A pid left by a crash does not count. */
export function assertUnowned(stateDirectory: string): void {
	const file = ownerFile(stateDirectory);
	if (!existsSync(file)) return;
	const pid = Number(readFileSync(file, 'utf8'));
	if (!serves(pid, stateDirectory)) return;
	throw new Error(`The state in ${resolve(stateDirectory)} is served already, by process ${pid}: stop that one first.`);
}

export function own(stateDirectory: string, pid: number): void {
	writeFileSync(ownerFile(stateDirectory), `${pid}\n`);
}

function serves(pid: number, stateDirectory: string): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	// After a reboot the number may be anybody's. Where the system tells, ask what that process runs.
	const commandLine = `/proc/${pid}/cmdline`;
	return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(`state=${resolve(stateDirectory)}\0`);
}
